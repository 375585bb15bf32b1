"""The rules of who may say and hear what, tried on the real brokers.

A broker acknowledges a forbidden message and drops it. So each test waits for a permitted message that was said later,
and only then looks at what was heard.
"""

import itertools

import pytest

from kentongan_broker import BrokerError, Enrolment
from kentongan_broker.enrolment import RESERVED, SERVERS
from kentongan_contract import topics

pytestmark = pytest.mark.real

STRAY = (
    "kentongan/v1/ktg-a",
    "kentongan/v1/ktg-a/up",
    "kentongan/v1/ktg-a/up/report/deeper",
    "kentongan/v1/ktg-a/sideways/report",
    "kentongan/v1/up/report",
    "kentongan/v2/ktg-a/up/report",
    "kentongan",
    "siren",
    "server",
    "/kentongan/v1/ktg-a/up/report",
    "Kentongan/v1/ktg-a/up/report",
    "kentongan/v1/KTG-A/up/report",
    "$SYS/broker/uptime",
)
_numbers = itertools.count()


def mark() -> bytes:
    return f"mark {next(_numbers)}".encode()


def settle(city, *speakers) -> None:
    """Return when the broker has dealt with all that these nodes have said so far."""
    server = city.login("server").listen(topics.EVERY_UP)
    for speaker in speakers:
        payload = mark()
        speaker.say(topics.up(speaker.name, "report"), payload)
        server.wait_for(payload)
    server.leave()


def heard_by(city, listener) -> list[str]:
    """The topics on which a node heard anything, up to a command sent to it now."""
    payload = mark()
    server = city.login("server")
    server.say(topics.down(listener.name, "command"), payload)
    listener.wait_for(payload)
    return [heard.topic for heard in listener.heard if heard.payload != payload]


def test_a_node_speaks_and_is_told(city):
    server = city.login("server").listen(topics.EVERY_UP)
    node = city.login("ktg-a").listen(topics.every_down("ktg-a"))
    for kind in topics.UP_KINDS:
        payload = mark()
        node.say(topics.up("ktg-a", kind), payload)
        assert server.wait_for(payload).topic == topics.up("ktg-a", kind)
    for kind in topics.DOWN_KINDS:
        payload = mark()
        server.say(topics.down("ktg-a", kind), payload)
        assert node.wait_for(payload).topic == topics.down("ktg-a", kind)


@pytest.mark.parametrize("kind", topics.UP_KINDS)
def test_a_node_that_speaks_as_another_is_dropped(city, kind):
    server = city.login("server").listen(topics.EVERY_UP)
    node = city.login("ktg-a")
    for victim in ("ktg-b", "gw-c", "ktg-c1", "server", "probe"):
        node.say(topics.up(victim, kind), b"forged", retain=kind == "state")
    last = mark()
    node.say(topics.up("ktg-a", kind), last)
    server.wait_for(last)
    assert b"forged" not in [heard.payload for heard in server.heard]


def test_a_node_that_speaks_downwards_is_dropped(city):
    victim = city.login("ktg-b").listen(topics.every_down("ktg-b"))
    itself = city.login("ktg-a").listen(topics.every_down("ktg-a"))
    for name, kind in itertools.product(("ktg-a", "ktg-b"), topics.DOWN_KINDS):
        itself.say(topics.down(name, kind), b"forged")
        itself.say(topics.down(name, kind), b"forged", retain=True)
    settle(city, itself)
    assert heard_by(city, victim) == []
    assert heard_by(city, itself) == []
    later = city.knock("ktg-b", city.broker.enrolment.nodes["ktg-b"]).listen(topics.every_down("ktg-b"))
    assert heard_by(city, later) == []


def test_a_node_on_a_stray_topic_is_dropped(mosquitto):
    observer = mosquitto.everything()
    node = mosquitto.login("ktg-a")
    for topic in STRAY:
        node.say(topic, b"stray")
        node.say(topic, b"stray", retain=True)
    last = mark()
    node.say(topics.up("ktg-a", "report"), last)
    observer.wait_for(last)
    assert [heard.topic for heard in observer.heard if heard.payload == b"stray"] == []


@pytest.mark.parametrize(
    "wanted",
    ["#", "+/+/+/+/+", topics.EVERY_UP, topics.ROOT + "/+/down/#", topics.every_down("ktg-b"), "$SYS/#", "$share/x/#"],
)
def test_a_node_hears_nothing_but_its_own(city, wanted):
    other = city.login("ktg-b")
    other.say(topics.up("ktg-b", "state"), b"kept", retain=True)
    node = city.login("ktg-a")
    node.listen(wanted, topics.every_down("ktg-a"))
    other.say(topics.up("ktg-b", "report"), b"private")
    city.login("server").say(topics.down("ktg-b", "command"), b"private")
    settle(city, other)
    assert {topic for topic in heard_by(city, node) if not topic.startswith(topics.ROOT + "/ktg-a/down/")} == set()
    other.say(topics.up("ktg-b", "state"), b"", retain=True)


def test_a_newcomer_is_not_sent_what_others_asked_for(city):
    other = city.login("ktg-b")
    other.say(topics.up("ktg-b", "state"), b"kept", retain=True)
    city.login("server").listen(topics.EVERY_UP)
    newcomer = city.login("ktg-a")
    assert heard_by(city, newcomer.listen(topics.every_down("ktg-a"))) == []
    other.say(topics.up("ktg-b", "state"), b"", retain=True)


def test_two_servers_hear_everybody_side_by_side_and_neither_throws_the_other_out(city):
    servers = [city.login(name).listen(topics.EVERY_UP) for name in SERVERS]
    node = city.login("ktg-a").listen(topics.every_down("ktg-a"))
    payload = mark()
    node.say(topics.up("ktg-a", "report"), payload)
    for server in servers:
        server.wait_for(payload)
        told = mark()
        server.say(topics.down("ktg-a", "command"), told)
        node.wait_for(told)
        server.say(topics.up("ktg-a", "report"), b"forged")
    last = mark()
    node.say(topics.up("ktg-a", "report"), last)
    for server in servers:
        server.wait_for(last)
    assert not any(server.cut_off for server in servers)
    assert all(b"forged" not in [heard.payload for heard in server.heard] for server in servers)


def test_the_server_cannot_speak_as_a_node(city):
    server = city.login("server").listen(topics.EVERY_UP)
    for victim, kind in itertools.product(("ktg-a", "gw-c", "ktg-c1", "server"), topics.UP_KINDS):
        server.say(topics.up(victim, kind), b"forged")
        server.say(topics.up(victim, kind), b"forged", retain=True)
    server.say(topics.down("server", "command"), b"forged")
    last = mark()
    city.login("ktg-a").say(topics.up("ktg-a", "report"), last)
    server.wait_for(last)
    assert b"forged" not in [heard.payload for heard in server.heard]
    late = city.knock("server", city.broker.enrolment.server_password).listen(topics.EVERY_UP, "#")
    last = mark()
    city.login("ktg-a").say(topics.up("ktg-a", "report"), last)
    late.wait_for(last)
    assert b"forged" not in [heard.payload for heard in late.heard]


def test_a_gateway_speaks_and_hears_for_its_own_nodes(city):
    server = city.login("server").listen(topics.EVERY_UP)
    names = ("gw-c", "ktg-c1", "ktg-c2")
    gateway = city.login("gw-c").listen(*(topics.every_down(name) for name in names))
    for name in names:
        said, told = mark(), mark()
        gateway.say(topics.up(name, "report"), said)
        assert server.wait_for(said).topic == topics.up(name, "report")
        server.say(topics.down(name, "command"), told)
        assert gateway.wait_for(told).topic == topics.down(name, "command")


def test_a_gateway_neither_speaks_nor_hears_for_others(city):
    server = city.login("server").listen(topics.EVERY_UP)
    gateway = city.login("gw-c").listen("#", topics.every_down("ktg-d1"), topics.every_down("gw-c"))
    for victim in ("ktg-d1", "gw-d", "ktg-a"):
        gateway.say(topics.up(victim, "report"), b"forged")
    gateway.say(topics.down("ktg-c1", "command"), b"forged")
    for victim in ("ktg-d1", "gw-d", "ktg-a"):
        server.say(topics.down(victim, "command"), b"private")
    settle(city, gateway)
    assert heard_by(city, gateway) == []
    assert b"forged" not in [heard.payload for heard in server.heard]


@pytest.mark.parametrize(
    ("name", "password"),
    [
        (None, None),
        ("ktg-a", None),
        ("ktg-a", ""),
        ("ktg-a", "password of ktg-b"),
        ("ktg-a", "password of ktg-a "),
        ("server", "password of ktg-a"),
        ("ktg-c1", "password of ktg-c1"),
        ("nobody", "password of nobody"),
        ("", ""),
    ],
)
def test_a_stranger_is_refused(city, name, password):
    assert not city.knock(name, password).let_in


def test_nobody_can_push_another_off_the_line(city):
    victim = city.login("ktg-a").listen(topics.every_down("ktg-a"))
    for name, password in (("ktg-b", "password of ktg-b"), ("ktg-a", "wrong"), (None, None)):
        city.knock(name, password, client_id="ktg-a")
    assert heard_by(city, victim) == []
    assert not victim.cut_off


def test_the_same_name_again_takes_over_its_own_line(city):
    dead = city.login("ktg-a")
    alive = city.login("ktg-a").listen(topics.every_down("ktg-a"))
    assert heard_by(city, alive) == []
    dead.wait_until_cut_off()


def test_a_name_with_a_wildcard_hears_and_says_nothing(mosquitto):
    """Nobody can enrol such a name; these got into the password file by another way."""
    observer = mosquitto.everything()
    server = mosquitto.login("server")
    for name in ("+", "#", "ktg-a/#", "+/up"):
        with pytest.raises(BrokerError):
            Enrolment(nodes={name: "x"})
        sneak = mosquitto.knock(name, "sneaked in")
        if not sneak.let_in:
            continue
        sneak.listen("#", topics.EVERY_UP, topics.ROOT + "/+/down/#", topics.every_down("ktg-a"))
        sneak.say(topics.up("ktg-a", "report"), b"forged")
        sneak.say("kentongan/v1/up/up/report", b"forged")
        node = mosquitto.login("ktg-a")
        server.say(topics.down("ktg-a", "command"), b"private")
        last = mark()
        node.say(topics.up("ktg-a", "report"), last)
        observer.wait_for(last)
        sneak._client.publish("nowhere", b"", qos=1).wait_for_publish(5)
        assert sneak.heard == []
    assert b"forged" not in [heard.payload for heard in observer.heard]


@pytest.mark.parametrize("name", [*RESERVED, "", "a/b", "Ktg", "a b", "a" * 33, "ktg\n"])
def test_a_name_that_could_mislead_a_rule_cannot_be_enrolled(name):
    with pytest.raises(BrokerError, match="cannot be the name of a node"):
        Enrolment(nodes={name: "x"})
    with pytest.raises(BrokerError, match="cannot be the name of a node"):
        Enrolment(nodes={"gw": "x"}, relays={"gw": (name,)})


def test_a_last_will_is_kept_for_who_comes_later(city):
    gone = mark()
    node = city.login("ktg-b", will=(topics.up("ktg-b", "state"), gone))
    server = city.login("server").listen(topics.EVERY_UP)
    node.vanish()
    assert server.wait_for(gone).topic == topics.up("ktg-b", "state")
    server.leave()
    late = city.login("server").listen(topics.EVERY_UP)
    assert late.wait_for(gone).retained
    city.login("ktg-b").say(topics.up("ktg-b", "state"), b"", retain=True)


@pytest.mark.parametrize("topic", [topics.up("ktg-a", "state"), topics.down("ktg-a", "command")])
def test_a_last_will_in_anothers_name_is_never_spoken(city, topic):
    server = city.login("server").listen(topics.EVERY_UP)
    gone = mark()
    forger = city.knock("ktg-b", city.broker.enrolment.nodes["ktg-b"], will=(topic, gone))
    if forger.let_in:
        forger.vanish()
        city.login("ktg-b")  # by now the broker has noticed
    victim = city.login("ktg-a").listen(topics.every_down("ktg-a"))
    assert heard_by(city, victim) == []
    settle(city, victim)
    assert gone not in [heard.payload for heard in server.heard]
