"""What happens because time passes: decisions that wait, and figures that are gathered."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from structlog.testing import capture_logs
from tests.fakes.clock import START
from tests.fakes.telemetry import FakeTelemetry
from tests.unit.server.town import JOKO, Town
from tests.unit.server.waiting import running, until

from kentongan_server.domain.place import NodeRole, Presence, Region, unheard_node
from kentongan_server.inbound.clock import heartbeats as heartbeats_room
from kentongan_server.inbound.clock.heartbeats import Heartbeats
from kentongan_server.inbound.clock.ticker import SILENT_AFTER, Ticker
from kentongan_server.inbound.metrics import Metrics
from kentongan_server.ports.outbox import Channel
from kentongan_server.ports.telemetry import Heartbeat
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.alarming.raise_alarm import alarms_due
from kentongan_server.use_cases.forwarding.watch_forwards import page_for_unaccepted
from kentongan_server.use_cases.informing.tell_people import tell_due_waves


def a_heartbeat(number: int = 0) -> Heartbeat:
    at = START + timedelta(seconds=number)
    return Heartbeat("ktg-1", "33.74", at, number, refused=0, rssi_dbm=-60, battery_mv=None, mains=True)


async def test_gates_open_and_humans_are_paged_by_themselves(town: Town) -> None:
    gated = town.report(JOKO).incident
    async with running(Ticker(town.store, lambda: 0.0, every_s=0.01).run()):
        town.wait(15)
        await until(lambda: town.alarm(gated).state == "active")
        town.wait(45)
        await until(lambda: town.items(Channel.PAGER))


@pytest.mark.parametrize(("listening_for", "offline"), [(18.9, False), (19.1, True)])
async def test_nodes_are_silent_only_to_one_who_listened(town: Town, listening_for: float, offline: bool) -> None:
    town.wait(SILENT_AFTER.total_seconds() + 1)
    gated = town.report(JOKO).incident
    town.wait(15)
    async with running(Ticker(town.store, lambda: listening_for, every_s=0.01).run()):
        await until(lambda: town.alarm(gated).state == "active")
        town.wait(60)
        if offline:
            await until(lambda: town.store.places.nodes["ktg-1"].presence is Presence.OFFLINE)
        else:
            await until(lambda: town.items(Channel.PAGER))
    assert (town.store.places.nodes["ktg-1"].presence is Presence.OFFLINE) == offline


async def test_a_node_whose_word_waits_to_be_read_is_not_silent(town: Town) -> None:
    behind = 1_000.0
    gated = town.report(JOKO).incident
    async with running(Ticker(town.store, lambda: 60.0, every_s=0.01, behind=lambda: behind).run()):
        town.wait(SILENT_AFTER.total_seconds() + 5)
        await until(lambda: town.alarm(gated).state == "active")
        town.wait(60)
        await until(lambda: town.items(Channel.PAGER))  # so a whole round lies behind us
        assert town.store.places.nodes["ktg-1"].presence is Presence.ONLINE
        behind = 0.0
        await until(lambda: town.store.places.nodes["ktg-1"].presence is Presence.OFFLINE)


@pytest.mark.parametrize("decision", [tell_due_waves, alarms_due, page_for_unaccepted])
def test_of_a_crowd_a_few_are_decided_at_a_time_and_nobody_is_forgotten(decision: Callable[[UnitOfWork], int]) -> None:
    """What is decided together is one transaction, and a press waits for it."""
    town = Town(wide=True)
    codes = [f"33.74.09.1001/RW{n + 1:02d}/RT01" for n in range(40)]

    def furnish(uow: UnitOfWork) -> None:
        uow.places.put_regions([Region(code, code, -6.98, 110.41) for code in codes])
        uow.places.put_nodes([unheard_node(f"far-{n}", code, NodeRole.KENTONGAN) for n, code in enumerate(codes)])

    town.do(furnish)
    for number in range(len(codes)):
        town.press(f"far-{number}")
    town.wait(180)
    rounds = []
    while decided := town.do(decision):
        rounds.append(decided)
    assert sum(rounds) >= len(codes)
    assert max(rounds) <= len(codes) / 2


async def test_a_decision_that_fails_is_logged_and_asked_again(town: Town) -> None:
    gated = town.report(JOKO).incident
    town.wait(15)
    town.store.full = True
    with capture_logs() as logs:
        async with running(Ticker(town.store, lambda: 0.0, every_s=0.01).run()):
            await until(lambda: town.store.refused >= 2)
            town.store.full = False
            await until(lambda: town.alarm(gated).state == "active")
    assert {entry["event"] for entry in logs} == {"decision_failed"}


async def test_heartbeats_are_written_together() -> None:
    store, metrics = FakeTelemetry(), Metrics()
    room = Heartbeats(store, metrics, every_s=0.01)
    for number in range(100):
        room.add(a_heartbeat(number))
    async with running(room.run()):
        await until(lambda: len(store.kept) == 100)
        room.add(a_heartbeat(100))
        await until(lambda: len(store.kept) == 101)
    assert store.kept == [a_heartbeat(number) for number in range(101)]
    assert metrics.registry.get_sample_value("kentongan_telemetry_dropped_total") == 0


class BrokenTelemetry(FakeTelemetry):
    """Breaks in a way that no port speaks of."""

    async def write(self, heartbeats) -> None:
        if self.away:
            raise ZeroDivisionError
        await super().write(heartbeats)


@pytest.mark.parametrize("store", [FakeTelemetry(), BrokenTelemetry()], ids=["away", "broken"])
async def test_what_no_store_takes_is_dropped_and_counted(store: FakeTelemetry) -> None:
    metrics = Metrics()
    room = Heartbeats(store, metrics, every_s=0.01)
    store.away = True
    room.add(a_heartbeat(1))
    room.add(a_heartbeat(2))
    with capture_logs() as logs:
        async with running(room.run()):
            await until(lambda: metrics.registry.get_sample_value("kentongan_telemetry_dropped_total") == 2)
            store.away = False
            room.add(a_heartbeat(3))
            await until(lambda: store.kept == [a_heartbeat(3)])
    assert [entry["heartbeats"] for entry in logs] == [2]


async def test_a_flood_is_bounded_and_counted() -> None:
    metrics = Metrics()
    room = Heartbeats(FakeTelemetry(), metrics)
    for number in range(heartbeats_room.MOST + 7):
        room.add(a_heartbeat(number))
    assert metrics.registry.get_sample_value("kentongan_telemetry_dropped_total") == 7
