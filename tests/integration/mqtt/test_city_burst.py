"""A city of a few hundred is told at once over a real broker, and the server's connection is cut in the middle of it."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from bench.city import make_city
from bench.fleet import Fleet, until
from tests.integration.database.furnished import opened
from tests.integration.node.fault_proxy import FaultProxy

from kentongan_broker import Broker, enrol, start
from kentongan_server.domain.incident import Source
from kentongan_server.domain.incident_kind import IncidentKind, Purpose
from kentongan_server.domain.place import NodeRole, Region, unheard_node
from kentongan_server.inbound.clock.relay import Relay
from kentongan_server.inbound.metrics import Metrics
from kentongan_server.inbound.mqtt.codebook_watch import CodebookWatch
from kentongan_server.inbound.mqtt.listener import Listener
from kentongan_server.outbound.database.transactions import DatabaseTransactions
from kentongan_server.outbound.mqtt.broker_link import BrokerLink
from kentongan_server.outbound.mqtt.signer import Signer
from kentongan_server.outbound.mqtt.sounder import MqttSounder
from kentongan_server.outbound.notify.pager import LogPager
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.alarming.spread_alarm import call_cities
from kentongan_server.use_cases.reporting.take_report import Said, take_report

pytestmark = [pytest.mark.real, pytest.mark.slow]

KOTA = "33.74"
EVERYBODY = 300
MASTER = bytes(range(32))
CITY = make_city(EVERYBODY, kentongan=1, residents=0)


class City:
    """The server's rooms that speak with kentongan, a proxy between them and the broker, and the kentongan beyond it."""

    def __init__(self, store: DatabaseTransactions, broker: Broker, fleet: Fleet) -> None:
        self.store = store
        self.fleet = fleet
        self.wire = FaultProxy((broker.host, broker.port))
        signer = Signer(MASTER)
        self.link = BrokerLink("127.0.0.1", self.wire.port, "server", broker.enrolment.server_password)
        self.sounder = MqttSounder(self.link, signer)
        metrics = Metrics()
        watch = CodebookWatch(store, self.sounder)
        self.listener = Listener(store, signer, self.sounder, metrics, lambda _: None, watch)
        self.relay = Relay(store, self.sounder, {}, LogPager(), metrics)
        store.listen(self.relay.committed)

    async def heard(self, incident: str, nodes: int) -> bool:
        commands = self.fleet.ears.commands
        return await until(lambda: len(commands.get(incident, {})) >= nodes, 60.0)

    async def sound(self) -> str:
        """Two people have agreed; the incident."""
        said = Said(
            id=f"city.{time.monotonic_ns()}",
            kind=IncidentKind.DISASTER,
            purpose=Purpose.ACTUAL,
            region=KOTA,
            person=None,
            node=None,
            text=None,
            position=None,
            happened_at=None,
            source=Source.CITY,
        )
        incident = (await self.store.run(lambda uow: take_report(uow, said))).incident
        while await self.store.run(call_cities):
            pass
        return incident


def _furnish(uow: UnitOfWork) -> None:
    uow.places.put_region(Region(KOTA, "Kota", -6.99, 110.42))
    uow.places.put_regions([Region(rt.code, rt.code, -6.99, 110.42) for rt in CITY.rts])
    uow.places.put_nodes([unheard_node(node, rt.code, NodeRole.KENTONGAN) for rt in CITY.rts for node in rt.nodes])


@pytest.fixture
async def city(mosquitto_path: Path, tmp_path: Path) -> AsyncIterator[City]:
    """Everybody is there, and the server knows it."""
    enrolment = enrol(CITY.description)
    with (
        start(tmp_path / "broker", enrolment, kind="mosquitto") as broker,
        opened(tmp_path / "city.sqlite3") as store,
    ):
        await store.run(_furnish)
        fleet = Fleet(CITY, MASTER, enrolment.nodes, sealed=True, heartbeat_s=8.0)
        found = City(store, broker, fleet)
        found.link.start(found.listener.receive)
        relay = asyncio.create_task(found.relay.run())
        try:
            await fleet.open(broker.host, broker.port)
            deadline = time.monotonic() + 60
            while any(n.nonce is None for n in await store.read(lambda uow: uow.places.nodes_of(None))):
                assert time.monotonic() < deadline, "not every kentongan was heard"
                await asyncio.sleep(0.1)
            yield found
        finally:
            await fleet.close()
            found.wire.close()
            await found.link.stop()
            assert await until(lambda: not found.listener._under_way, 60.0)
            relay.cancel()
            await asyncio.gather(relay, return_exceptions=True)


async def test_a_link_that_drops_in_the_middle_loses_nothing_and_sounds_nobody_twice(city: City) -> None:
    city.wire.delay(0.05)  # a few commands at a time, so that there is a middle
    incident = await city.sound()
    assert await city.heard(incident, 20)
    assert len(city.fleet.ears.commands[incident]) < EVERYBODY
    city.wire.heal()
    city.wire.cut()
    assert await city.heard(incident, EVERYBODY)
    await asyncio.sleep(3)  # repeats of what was heard already may still come
    assert set(city.fleet.ears.obeyed.values()) == {1}
    assert len(city.fleet.ears.obeyed) == EVERYBODY


async def test_a_whole_city_is_told_and_a_press_in_the_middle_is_heard(city: City) -> None:
    place = CITY.rts[7]
    incident = await city.sound()
    report, _ = city.fleet.nodes[place.nodes[0]].press()
    ears = city.fleet.ears
    assert await until(lambda: report in ears.receipts, 30.0)
    assert await until(lambda: ears.last_command(ears.receipts[report][0], place.nodes) is not None, 30.0)
    assert await city.heard(incident, EVERYBODY)
    assert ears.refused == 0
