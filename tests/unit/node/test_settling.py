import binascii
import json
import os

from kentongan_contract.claim import digest
from kentongan_node.claim import Claim
from kentongan_node.clock import Clock
from kentongan_node.provisioning import load
from kentongan_node.settings_store import SettingsStore
from kentongan_node.settling import Settling

GOOD = {"node": "ktg-1", "key": "07" * 32, "host": "h", "password": "p", "wifi": [{"ssid": "s", "password": "w"}]}


def changed(**fields):
    found = dict(GOOD)
    found.update(fields)
    return found


class Box:
    """A kentongan fresh from the workshop."""

    def __init__(self):
        self.folder = "/tmp/kentongan-settle-" + binascii.hexlify(os.urandom(6)).decode()
        os.mkdir(self.folder)
        with open(self.folder + "/claim.json", "w") as file:
            file.write(json.dumps({"hash": digest("CODE").decode()}))
        self.store = SettingsStore(self.folder + "/settings.json")
        self.again()

    def again(self):
        """The power was off."""
        self.settling = Settling(self.store, Claim(self.folder + "/claim.json", Clock()))

    def ask(self, verb, **fields):
        fields["do"] = verb
        return json.loads(self.settling.answer(json.dumps(fields).encode()))


def test_a_box_is_claimed_settled_and_shut():
    box = Box()
    hello = box.ask("hello")
    assert (hello["node"], hello["version"], hello["claimable"]) == (None, 0, True)
    assert "code" in box.ask("configure", version=0, settings=GOOD)["error"]
    assert box.ask("claim", code="code") == {"ok": True}
    assert box.ask("configure", version=0, settings=GOOD) == {"ok": True, "version": 1}
    assert box.settling.is_settled
    assert load(box.folder + "/settings.json").node == "ktg-1"
    box.again()
    assert box.ask("hello")["claimable"] is False
    assert "claimed already" in box.ask("claim", code="code")["error"]
    assert box.ask("show")["ok"] is False


def test_settings_that_cannot_be_used_change_nothing_and_leave_the_box_claimable():
    box = Box()
    box.ask("claim", code="CODE")
    for wrong in (
        {},
        changed(key="x"),
        changed(unknown=1),
        changed(wifi="x" * 5000),
    ):
        answer = box.ask("configure", version=0, settings=wrong)
        assert answer["error"].startswith("settings: ")
    assert box.ask("hello")["claimable"] is True
    assert box.store.read() == {}


def test_who_saw_older_settings_undoes_nobody():
    box = Box()
    box.ask("claim", code="CODE")
    box.ask("configure", version=0, settings=GOOD)
    assert "look again" in box.ask("configure", version=0, settings={"host": "other"})["error"]
    assert box.ask("configure", version=1, settings={"host": "other", "password": "q"})["version"] == 2
    assert box.store.read()["host"] == "other"
    assert box.store.read()["wifi"] == GOOD["wifi"]


def test_the_technician_comes_back_with_the_key_and_sees_no_secret():
    box = Box()
    box.ask("claim", code="CODE")
    box.ask("configure", version=0, settings=GOOD)
    box.again()
    assert box.ask("claim", key="07" * 32) == {"ok": True}
    shown = json.dumps(box.ask("show"))
    assert "ktg-1" in shown
    for secret in ("07" * 32, '"p"', '"w"'):
        assert secret not in shown


def test_noise_is_answered_and_harmless():
    box = Box()
    for line in (
        b"",
        b"\xff\xfe",
        b"[]",
        b"{",
        b"5",
        b'{"do": []}',
        b"{" * 5000,
        b"x" * 9000,
        b'{"do": "claim", "code": {}}',
    ):
        assert json.loads(box.settling.answer(line))["ok"] is False
