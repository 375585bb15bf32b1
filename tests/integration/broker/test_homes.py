"""A household reads the states of its RT, by login and by bridge, and cannot say a word at the city's broker."""

import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.integration.broker.conftest import City, Talker
from tests.integration.broker.test_rules import mark

from kentongan_broker import BrokerError, Enrolment, enrol
from kentongan_contract import topics
from kentongan_server.outbound.mqtt.home_assistant import HomeAssistantView
from kentongan_server.ports.home_view import Shown

pytestmark = pytest.mark.real

SHOWN = [Shown("ktg-a", "Kentongan pos", "RT 01"), Shown("ktg-b", "Kentongan of another RT", "RT 02")]
WISHES = [topics.down("ktg-a", "command"), topics.up("ktg-a", "report"), topics.up("home-a", "report"), "siren"]


@dataclass(frozen=True)
class _Somewhere:
    """What a Talker needs to know of a broker."""

    host: str
    port: int


@pytest.fixture
def at_home(mosquitto: City, mosquitto_path: Path, tmp_path: Path) -> Iterator[_Somewhere]:
    """A household's own Mosquitto, which lets everybody do everything and has the bridge that we export."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    broker = mosquitto.broker
    bridge = HomeAssistantView().bridge(SHOWN, "home-a")
    bridge = bridge.replace("CITY_BROKER:8883", f"{broker.host}:{broker.port}")
    bridge = bridge.replace("ITS_PASSWORD", broker.enrolment.users["home-a"])
    lines = [line for line in bridge.splitlines() if not line.startswith("bridge_cafile")]
    config = tmp_path / "home.conf"
    config.write_text("\n".join([f"listener {port} 127.0.0.1", "allow_anonymous true", *lines, ""]))
    process = subprocess.Popen([str(mosquitto_path), "-c", str(config)], stderr=subprocess.DEVNULL)
    try:
        _wait_until_open(port)
        yield _Somewhere("127.0.0.1", port)
    finally:
        process.terminate()
        process.wait(10)


def _wait_until_open(port: int) -> None:
    deadline = time.monotonic() + 10
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert time.monotonic() < deadline, "the household's broker did not start"
            time.sleep(0.05)
        else:
            return


def test_a_home_hears_the_states_of_its_rt_and_nothing_else(city: City) -> None:
    home = city.login("home-a").listen(topics.up("ktg-a", "state"), topics.up("ktg-a", "report"))
    home.listen(topics.up("ktg-b", "state"), topics.every_down("ktg-a"), topics.every_down("home-a"), "#")
    server = city.login("server")
    server.say(topics.down("ktg-a", "command"), mark())
    for name in ("ktg-a", "ktg-b"):
        node = city.login(name)
        node.say(topics.up(name, "report"), mark())
        node.say(topics.up(name, "state"), payload := mark())
        if name == "ktg-a":
            last = payload
    home.wait_for(last)
    assert {heard.topic for heard in home.heard} == {topics.up("ktg-a", "state")}


def test_a_home_says_nothing(city: City) -> None:
    home = city.login("home-a")
    server = city.login("server").listen(topics.EVERY_UP)
    node = city.login("ktg-a").listen(topics.every_down("ktg-a"))
    for wish in WISHES:
        home.say(wish, b"from home", retain=True)
    city.login("ktg-b").say(topics.up("ktg-b", "report"), later := mark())
    server.wait_for(later)
    server.say(topics.down("ktg-a", "command"), payload := mark())
    node.wait_for(payload)
    assert [heard.topic for talker in (server, node) for heard in talker.heard if heard.payload == b"from home"] == []


def test_a_bridge_brings_the_states_home_and_takes_nothing_out(mosquitto: City, at_home: _Somewhere) -> None:
    node = mosquitto.login("ktg-a").listen(topics.every_down("ktg-a"))
    resident = Talker(at_home, None, None, client_id="home-assistant").listen("#")  # type: ignore[arg-type]
    node.say(topics.up("ktg-a", "state"), first := mark(), retain=True)
    server = mosquitto.login("server").listen(topics.EVERY_UP)
    try:
        assert resident.wait_for(first).topic == topics.up("ktg-a", "state")
        for wish in WISHES:
            resident.say(wish, b"from home", retain=True)
        node.say(topics.up("ktg-a", "state"), later := mark(), retain=True)
        resident.wait_for(later)  # what went the other way before has arrived by now, or never will
        server.wait_for(later)
        server.say(topics.down("ktg-a", "command"), order := mark())
        node.wait_for(order)
        heard = [*server.heard, *node.heard]
        assert [one.topic for one in heard if one.payload == b"from home"] == []
    finally:
        resident.leave()


def test_homes_are_enrolled_with_their_rt_s_nodes() -> None:
    regions = [{"nodes": [{"id": "ktg-1"}, {"id": "ktg-2"}], "homes": ["home-sari"]}, {"nodes": [{"id": "ktg-3"}]}]
    found = enrol({"regions": regions})
    assert found.readable == {"home-sari": ("ktg-1", "ktg-2")}
    assert found.users["home-sari"] == found.homes["home-sari"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"nodes": {"home-1": "x"}},
        {"nodes": {}, "homes": {"ktg-1": "x"}},
        {"nodes": {}, "homes": {"home-+": "x"}},
        {"nodes": {}, "homes": {}, "readable": {"server": ()}},
    ],
)
def test_a_home_is_called_as_no_node_is(wrong: dict) -> None:
    with pytest.raises(BrokerError, match="cannot be the name"):
        Enrolment(**wrong)
