"""What a crowd says of itself never holds up a report, over a real broker, and a lost broker is found again."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from bench.city import make_city
from bench.fleet import Fleet, until
from structlog.testing import capture_logs
from tests.integration.node.fault_proxy import FaultProxy

from kentongan_broker import Broker, enrol, start
from kentongan_server.outbound.mqtt.arrivals import READ_AT_ONCE
from kentongan_server.outbound.mqtt.broker_link import BrokerLink

pytestmark = pytest.mark.real

MASTER = bytes(range(32))
CITY = make_city(60, kentongan=1, residents=0)
MORE_THAN_THE_BROKER_SENDS_UNACKNOWLEDGED = 1_200


class Reader:
    """Takes what the link hands over, and never comes to the end of a state."""

    def __init__(self) -> None:
        self.topics: list[str] = []

    def take(self, topic: str, _payload: bytes, _retained: bool, acknowledge: Callable[[], None]) -> None:
        self.topics.append(topic)
        if topic.endswith("/report"):
            acknowledge()

    def count(self, kind: str) -> int:
        return sum(topic.endswith(f"/{kind}") for topic in self.topics)


@pytest.fixture
def enrolled(mosquitto_path: Path, tmp_path: Path) -> Iterator[Broker]:
    enrolment = enrol(CITY.description)
    with start(tmp_path / "broker", enrolment, kind="mosquitto") as broker:
        yield broker


@pytest.fixture
async def fleet(enrolled: Broker) -> AsyncIterator[Fleet]:
    crowd = Fleet(CITY, MASTER, enrolled.enrolment.nodes, sealed=True, heartbeat_s=600.0)
    await crowd.open(enrolled.host, enrolled.port)
    yield crowd
    await crowd.close()


async def test_a_press_is_read_while_a_crowd_of_states_is_not(enrolled: Broker, fleet: Fleet) -> None:
    reader = Reader()
    link = BrokerLink(enrolled.host, enrolled.port, "server", enrolled.enrolment.server_password)
    link.start(reader.take)
    try:
        nodes = list(fleet.nodes.values())
        assert await until(lambda: reader.count("state") == min(len(nodes), READ_AT_ONCE), 20.0)
        for _ in range(MORE_THAN_THE_BROKER_SENDS_UNACKNOWLEDGED // len(nodes)):
            for node in nodes:
                node.beat()
        nodes[7].press()
        assert await until(lambda: reader.count("report") == 1, 20.0)
        assert reader.count("state") <= READ_AT_ONCE
        assert link.behind() > 0
    finally:
        await link.stop()


async def test_a_broker_that_was_lost_is_found_again_and_heard(enrolled: Broker, fleet: Fleet) -> None:
    reader, wire = Reader(), FaultProxy((enrolled.host, enrolled.port))
    link = BrokerLink("127.0.0.1", wire.port, "server", enrolled.enrolment.server_password)
    link.start(reader.take)
    node = next(iter(fleet.nodes.values()))
    try:
        assert await until(lambda: link.connected, 20.0)
        wire.cut()
        assert await until(lambda: not link.connected, 20.0)
        assert await link.publish_all([("kentongan/v1/x/down/command", b"nobody takes it")]) == []
        assert await until(lambda: link.connected, 20.0)
        assert link.connected_for(time.monotonic()) < 20.0
        node.press()
        assert await until(lambda: reader.count("report") == 1, 20.0)
    finally:
        await link.stop()
        wire.close()
    assert not link.connected


async def test_leaving_while_there_is_no_broker_takes_no_time() -> None:
    link = BrokerLink("127.0.0.1", 1, "server", "none")
    link.start(Reader().take)
    await asyncio.sleep(0.1)
    async with asyncio.timeout(5.0):
        await link.stop()
    assert not link.connected


async def test_whatever_breaks_while_connecting_it_goes_on_trying() -> None:
    link = BrokerLink("x" * 80, 1883, "server", "none")  # no name of the net is so long, and that is no OSError
    with capture_logs() as logs:
        link.start(Reader().take)
        assert await until(lambda: sum(entry["event"] == "broker_link_failed" for entry in logs) >= 2, 20.0)
        await link.stop()
