"""What the brokers keep for later: states, and commands only as something that no node obeys.

Mosquitto can forbid retaining only for everybody at once, and states must be retained. So a command that lies there
needs the server's own password (no other role may write a down topic), and then changes nothing: it reaches a node
flagged as retained, which nodes refuse, and it names a nonce of the past. These tests hold the broker's half of that.
"""

import os

import pytest

from kentongan_contract import codec, messages, seal, topics
from kentongan_contract.errors import StaleError
from kentongan_contract.freshness import Freshness

pytestmark = pytest.mark.real

KEY = seal.Key(bytes(range(32)))


@pytest.fixture
def left_command(city):
    """Call it with a nonce: the server, misused by hand, leaves a genuine sealed command lying for ktg-a."""
    server = city.login("server")
    topic = topics.down("ktg-a", "command")

    def leave(nonce: str) -> bytes:
        command = messages.Command(
            id="cmd-1",
            action="sound",
            incident="inc-1",
            class_="crime",
            purpose="actual",
            pattern="titir",
            beats=[100, 100],
            rounds=2,
            duration_ms=60_000,
            colour="red",
            nonce=nonce,
            counter=7,
            ttl_ms=30_000,
        )
        sealed = seal.seal(KEY, "command", "ktg-a", codec.encode(command))
        server.say(topic, sealed, retain=True)
        return sealed

    yield leave
    server.say(topic, b"", retain=True)


def obey(freshness: Freshness, sealed: bytes, now_ms: int) -> None:
    command = codec.decode("command", seal.unseal(KEY, "command", "ktg-a", sealed))
    freshness.accept(command.nonce, command.counter, command.ttl_ms, now_ms)


def test_a_command_that_was_left_lying_is_flagged_and_dead(city, left_command):
    nonce_of_the_past = Freshness().issue(os.urandom(8), 0)
    sealed = left_command(nonce_of_the_past)

    node = city.login("ktg-a").listen(topics.every_down("ktg-a"))
    assert node.wait_for(sealed).retained
    after_reboot = Freshness()
    after_reboot.issue(os.urandom(8), 0)
    with pytest.raises(StaleError, match="nonce"):
        obey(after_reboot, sealed, 0)


def test_a_command_that_is_left_while_the_node_listens_counts_once(city, left_command):
    freshness = Freshness()
    nonce = freshness.issue(os.urandom(8), 0)
    node = city.login("ktg-a").listen(topics.every_down("ktg-a"))
    sealed = left_command(nonce)
    assert not node.wait_for(sealed).retained
    obey(freshness, sealed, 5)

    node.leave()
    again = city.login("ktg-a").listen(topics.every_down("ktg-a"))
    assert again.wait_for(sealed).retained
    with pytest.raises(StaleError, match="counter"):
        obey(freshness, sealed, 10)


def test_an_ordinary_command_is_never_flagged_nor_kept(city):
    server = city.login("server")
    node = city.login("ktg-a").listen(topics.every_down("ktg-a"))
    server.say(topics.down("ktg-a", "command"), b"now")
    assert not node.wait_for(b"now").retained
    node.leave()
    server.say(topics.down("ktg-a", "command"), b"nobody listens")
    later = city.login("ktg-a").listen(topics.every_down("ktg-a"))
    server.say(topics.down("ktg-a", "command"), b"later")
    later.wait_for(b"later")
    assert [heard.payload for heard in later.heard] == [b"later"]


def test_a_state_is_kept_for_a_server_that_comes_later(city):
    node = city.login("ktg-b")
    node.say(topics.up("ktg-b", "state"), b"first", retain=True)
    node.say(topics.up("ktg-b", "state"), b"second", retain=True)
    server = city.login("server").listen(topics.EVERY_UP)
    assert server.wait_for(b"second").retained
    assert b"first" not in [heard.payload for heard in server.heard]
    node.say(topics.up("ktg-b", "state"), b"", retain=True)
