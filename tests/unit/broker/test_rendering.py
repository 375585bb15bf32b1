"""The rendered folder: private, without a password in clear, and with rules that fit the contract's topics."""

import itertools
import json
import stat

import pytest

from kentongan_broker import BrokerError, Enrolment, enrol, new_password, render
from kentongan_broker.access import Access, covers
from kentongan_broker.config import TEMPLATES, fits, hash_password
from kentongan_broker.enrolment import SERVERS
from kentongan_contract import topics

ENROLMENT = Enrolment(
    nodes={name: new_password() for name in ("ktg-a", "ktg-b", "gw-c")},
    relays={"gw-c": ("ktg-c1", "ktg-c2")},
)
CITY = {
    "regions": [
        {"nodes": [{"id": "ktg-a"}], "gateway": None},
        {"nodes": [{"id": "gw-c"}, {"id": "ktg-c1"}], "gateway": {"id": "gw-c", "serial_nodes": ["ktg-c1"]}},
        {"nodes": [{"id": "ktg-d"}]},
    ]
}
NAMES = ("ktg-a", "ktg-b", "gw-c", "ktg-c1", "ktg-c2", "server", "server-2", "probe")


@pytest.fixture
def folder(tmp_path):
    render(tmp_path / "broker", ENROLMENT, 1883)
    return tmp_path / "broker"


def every_topic():
    """(node, up or down, topic) for every topic the contract knows, of every name."""
    for name in NAMES:
        for kind in topics.UP_KINDS:
            yield name, "up", topics.up(name, kind)
        for kind in topics.DOWN_KINDS:
            yield name, "down", topics.down(name, kind)


def test_the_committed_rules_are_the_contracts_topics():
    lines = (TEMPLATES / "acl").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    servers = [
        rule
        for server in SERVERS
        for rule in (
            f"user {server}",
            f"topic deny {topics.ROOT}/{server}/#",
            f"topic read {topics.EVERY_UP}",
            f"topic write {topics.EVERY_UP.replace('/up/', '/down/')}",
        )
    ]
    assert rules == [
        f"pattern write {topics.ROOT}/%u/up/+",
        f"pattern read {topics.every_down('node').replace('/node/', '/%u/')}",
        *servers,
        "user probe",
        "topic deny #",
    ]


def test_a_node_says_and_hears_only_its_own(folder):
    access = Access(folder)
    for speaker in ("ktg-a", "ktg-b"):
        for name, direction, topic in every_topic():
            own = name == speaker
            assert access.allows(speaker, "write", topic) == (own and direction == "up")
            assert access.allows(speaker, "read", topic) == (own and direction == "down")


def test_a_gateway_speaks_and_hears_for_its_serial_nodes_too(folder):
    access = Access(folder)
    for name, direction, topic in every_topic():
        own = name in ("gw-c", "ktg-c1", "ktg-c2")
        assert access.allows("gw-c", "write", topic) == (own and direction == "up")
        assert access.allows("gw-c", "read", topic) == (own and direction == "down")


@pytest.mark.parametrize("server", SERVERS)
def test_a_server_hears_up_and_speaks_down(folder, server):
    access = Access(folder)
    for name, direction, topic in every_topic():
        others = name != server
        assert access.allows(server, "write", topic) == (others and direction == "down")
        assert access.allows(server, "read", topic) == (others and direction == "up")


def test_the_probe_neither_speaks_nor_hears(folder):
    access = Access(folder)
    for doing, (_, _, topic) in itertools.product(("read", "write"), every_topic()):
        assert not access.allows("probe", doing, topic)


def test_a_serial_node_has_no_login(folder):
    users = {line.split(":")[0] for line in (folder / "passwords").read_text(encoding="utf-8").splitlines()}
    assert users == {"server", "server-2", "ktg-a", "ktg-b", "gw-c"}


def test_nobody_else_can_read_it_and_no_password_stands_there(folder):
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for file in folder.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        text = file.read_text(encoding="utf-8")
        assert not any(password in text for password in ENROLMENT.users.values())


def test_rendering_again_replaces_what_was_there(folder):
    render(folder, Enrolment(nodes={"ktg-z": "x"}), 1884)
    assert "ktg-a:" not in (folder / "passwords").read_text(encoding="utf-8")
    assert "gw-c" not in (folder / "acl").read_text(encoding="utf-8")
    assert "listener 1884 127.0.0.1" in (folder / "mosquitto.conf").read_text(encoding="utf-8")


def test_a_hash_fits_its_password_only():
    password = new_password()
    hashed = hash_password(password)
    assert hashed != hash_password(password)
    assert fits(password, hashed)
    for other in ("", password + " ", password[:-1], new_password()):
        assert not fits(other, hashed)
    with pytest.raises(BrokerError):
        fits(password, hashed.replace("$7$", "$6$"))


def test_passwords_are_long_and_never_the_same():
    made = {new_password() for _ in range(1000)}
    assert len(made) == 1000
    assert all(len(password) == 32 for password in made)


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(BrokerError, match="file/broker"):
        render(tmp_path / "file" / "broker", ENROLMENT, 1883)


def test_a_folder_that_mosquitto_would_misread_is_refused(tmp_path):
    with pytest.raises(BrokerError, match="folder of this name"):
        render(tmp_path / "a # b", ENROLMENT, 1883)


def test_a_city_is_enrolled_by_its_file():
    enrolment = enrol(CITY)
    assert set(enrolment.nodes) == {"ktg-a", "gw-c", "ktg-d"}
    assert enrolment.relays == {"gw-c": ("ktg-c1",)}
    assert len(set(enrolment.users.values())) == 5


def test_known_logins_are_kept_and_new_ones_added(tmp_path):
    logins = tmp_path / "logins.json"
    first = enrol(CITY, logins)
    assert stat.S_IMODE(logins.stat().st_mode) == 0o600
    assert json.loads(logins.read_text(encoding="utf-8")) == first.users
    grown = {"regions": [*CITY["regions"], {"nodes": [{"id": "ktg-e"}]}]}
    second = enrol(grown, logins)
    assert second.users == {**first.users, "ktg-e": second.nodes["ktg-e"]}
    assert enrol(grown, logins) == second


@pytest.mark.parametrize("text", ["{", "[]", '{"ktg-a": 1}', "\x00"])
def test_a_spoilt_file_of_logins_is_never_overwritten(tmp_path, text):
    logins = tmp_path / "logins.json"
    logins.write_text(text, encoding="utf-8")
    with pytest.raises(BrokerError, match=r"logins\.json"):
        enrol(CITY, logins)
    assert logins.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("regions", "complaint"),
    [
        ([{"nodes": [{"id": "a"}, {"id": "a"}]}], "twice: a"),
        ([{"nodes": [{"id": "a"}]}, {"nodes": [{"id": "a"}]}], "twice: a"),
        ([{"nodes": [{"id": "server"}]}], "'server' cannot be"),
        ([{"nodes": [{"id": "a"}], "gateway": {"id": "gw", "serial_nodes": []}}], "gw is not enrolled"),
        (
            [
                {"nodes": [{"id": "g"}], "gateway": {"id": "g", "serial_nodes": ["s"]}},
                {"nodes": [{"id": "h"}], "gateway": {"id": "h", "serial_nodes": ["s"]}},
            ],
            "both g and h",
        ),
    ],
)
def test_a_city_that_contradicts_itself_is_refused(regions, complaint):
    with pytest.raises(BrokerError, match=complaint):
        enrol({"regions": regions})


def test_a_node_with_a_login_cannot_hang_on_a_gateway():
    with pytest.raises(BrokerError, match="cannot have a login"):
        Enrolment(nodes={"g": "x", "s": "y"}, relays={"g": ("s",)})


@pytest.mark.parametrize(
    ("rule", "topic", "taken_in"),
    [
        ("a/+/b", "a/x/b", True),
        ("a/+/b", "a/x/y/b", False),
        ("a/+/b", "a//b", True),
        ("a/+", "a", False),
        ("a/#", "a/b/c", True),
        ("a/#", "a", True),
        ("#", "a/b", True),
        ("a/b", "a/b", True),
        ("a/b", "a/c", False),
        ("a/b", "a/b/c", False),
        ("a/+", "a/+", True),
        ("a/+", "a/#", False),
        ("a/#", "a/#", True),
        ("a/#", "a/+/c", True),
        ("a/x", "a/+", False),
        ("a/#", "#", False),
    ],
)
def test_what_a_rule_takes_in(rule, topic, taken_in):
    assert covers(rule, topic) == taken_in


def test_a_rule_that_is_not_understood_stops_the_embedded_broker(folder):
    with (folder / "acl").open("a", encoding="utf-8") as acl:
        acl.write("grant everything\n")
    with pytest.raises(BrokerError, match="grant everything"):
        Access(folder)
