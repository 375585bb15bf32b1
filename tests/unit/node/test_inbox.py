from kentongan_contract import codec, messages, seal
from kentongan_contract.freshness import Freshness
from kentongan_node.command_log import CommandLog
from kentongan_node.inbox import Inbox

SECRET = bytes(range(32))
KEY = seal.Key(SECRET)
NODE = "ktg-1"


class Door:
    """An inbox that has said one nonce, and the words of the server."""

    def __init__(self):
        self.freshness = Freshness()
        self.log = CommandLog()
        self.inbox = Inbox(NODE, KEY, self.freshness, self.log)
        self.nonce = self.say(0)

    def say(self, now):
        self.nonce = self.freshness.issue(bytes([now % 251]) * 8, now)
        return self.nonce

    def command(self, counter=1, id="c1", **changes):
        fields = {
            "id": id, "action": "sound", "incident": "i1", "class_": "crime", "purpose": "actual", "pattern": "titir",
            "beats": [90, 110], "rounds": 2, "duration_ms": 60_000, "colour": "red", "nonce": self.nonce,
            "counter": counter, "ttl_ms": 30_000,
        }  # fmt: skip
        fields.update(changes)
        return codec.encode(messages.Command(**fields))

    def take(self, body, kind="command", retained=False, now=10, key=KEY, purpose=None, node=NODE):
        return self.inbox.take(kind, seal.seal(key, purpose or kind, node, body), retained, now)


def test_a_fresh_command_is_handed_on():
    door = Door()
    verdict, command = door.take(door.command())
    assert verdict == "obey"
    assert (command.id, command.beats) == ("c1", [90, 110])
    assert door.inbox.refusals() == 0


def test_what_is_retained_is_refused_whatever_it_is():
    door = Door()
    assert door.take(door.command(), retained=True) == ("refused", "retained")
    assert door.take(door.command())[0] == "obey"


def test_a_seal_for_another_node_purpose_or_key_is_none():
    door = Door()
    body = door.command()
    for wrong in ({"node": "ktg-2"}, {"purpose": "receipt"}, {"purpose": "drill"}, {"key": seal.Key(bytes(32))}):
        assert door.take(body, **wrong) == ("refused", "seal")
    assert door.inbox.take("command", body, False, 10) == ("refused", "seal")
    assert door.inbox.take("command", b"", False, 10) == ("refused", "seal")
    assert door.inbox.refused == {"seal": 6}


def test_every_flipped_bit_is_refused():
    door = Door()
    sealed = seal.seal(KEY, "command", NODE, door.command())
    for at in range(len(sealed)):
        spoilt = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
        assert door.inbox.take("command", spoilt, False, 10)[0] == "refused"
    assert door.inbox.take("command", sealed, False, 10)[0] == "obey"


def test_a_sealed_message_that_is_none_is_counted_so():
    door = Door()
    for body in (b"{}", b"[]", b"\xff", b"null", door.command().replace(b'"sound"', b'"reboot"')):
        assert door.take(body) == ("refused", "message")


def test_other_kinds_have_no_business_here():
    door = Door()
    for kind in ("report", "state", "ota", ""):
        assert door.inbox.take(kind, b"x", False, 0) == ("refused", "kind")


def test_the_same_id_is_a_repeat_and_a_lower_counter_is_stale():
    door = Door()
    verdict, command = door.take(door.command(counter=5))
    door.log.move(command.id, "taken")
    assert door.take(door.command(counter=5))[0] == "repeat"
    assert door.take(door.command(counter=9))[0] == "repeat"
    assert door.inbox.repeats == 2
    assert door.take(door.command(counter=4, id="c2"))[0] == "expired"
    assert door.inbox.refused == {"counter": 1}


def test_a_command_dies_with_its_nonce_and_its_time():
    door = Door()
    first = door.command()
    for now in (10_000, 20_000):
        door.say(now)
    assert door.take(first, now=30_001)[0] == "expired"  # too late by its own word
    door.say(30_000)
    assert door.take(first, now=100)[0] == "expired"  # a nonce that is no longer remembered
    assert door.inbox.refused == {"late": 1, "nonce": 1}


def test_nothing_from_before_a_reboot_is_obeyed():
    before, after = Door(), Door()
    old = before.command()
    after.freshness = Freshness()
    after.inbox = Inbox(NODE, KEY, after.freshness, after.log)
    after.freshness.issue(b"12345678", 0)
    assert after.take(old)[0] == "expired"


def test_an_expired_command_sent_afresh_is_obeyed():
    door = Door()
    verdict, command = door.take(door.command(nonce="f" * 16))
    assert verdict == "expired"
    door.log.move(command.id, "stale")
    assert door.take(door.command(counter=2))[0] == "obey"


def test_a_receipt_needs_its_seal_alone():
    door = Door()
    body = codec.encode(messages.Receipt("ktg-1.1.0", "stored", None))
    verdict, receipt = door.take(body, kind="receipt")
    assert (verdict, receipt.report, receipt.stage) == ("receipt", "ktg-1.1.0", "stored")
    assert door.take(body, kind="receipt", purpose="command") == ("refused", "seal")
