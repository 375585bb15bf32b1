"""Two servers on one PostgreSQL take turns: one event stays one incident, and what must be sent is sent by one of them."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack

import psycopg
import pytest
from tests.fakes.pager import FakePager
from tests.fakes.responder import FakeResponder
from tests.fakes.sounder import FakeSounder
from tests.integration.database.cluster import Cluster
from tests.integration.database.furnished import furnish, opened, report

from kentongan_server.domain.forward import Forward
from kentongan_server.domain.place import Presence
from kentongan_server.inbound.clock.relay import Relay
from kentongan_server.inbound.metrics import Metrics
from kentongan_server.outbound.database.engine import DatabaseError, open_database, writing
from kentongan_server.outbound.database.transactions import DatabaseTransactions
from kentongan_server.ports.outbox import Channel, ItemState

pytestmark = pytest.mark.real


class SlowResponder(FakeResponder):
    """Takes its time, longer than the relays' look at the outbox."""

    async def deliver(self, forward: Forward) -> None:
        await asyncio.sleep(0.4)
        await super().deliver(forward)


Two = tuple[DatabaseTransactions, DatabaseTransactions]


@pytest.fixture
def address(postgresql: Cluster) -> str:
    return postgresql.emptied()


@pytest.fixture
async def two(address: str) -> AsyncIterator[Two]:
    with ExitStack() as doors:
        first, second = (doors.enter_context(opened(address)) for _ in range(2))
        await furnish(first)
        yield first, second


async def test_one_event_told_to_both_is_one_incident(two: Two) -> None:
    taken = await asyncio.gather(*(report(two[n % 2], f"r-{n}") for n in range(100)))
    assert len({one.incident for one in taken}) == 1
    assert len(await two[0].read(lambda uow: uow.incidents.reports_of(taken[0].incident))) == 100


async def test_the_same_report_told_to_both_is_taken_once(two: Two) -> None:
    taken = await asyncio.gather(*(report(two[n % 2], "same") for n in range(100)))
    assert sum(not one.repeated for one in taken) == 1


async def test_no_command_counter_is_given_twice(two: Two) -> None:
    jobs = [two[n % 2].run(lambda uow: uow.places.take_counters(["ktg-1"])["ktg-1"]) for n in range(100)]
    assert sorted(await asyncio.gather(*jobs)) == list(range(1, 101))


async def test_the_record_grows_at_its_end_only(two: Two) -> None:
    """Whoever follows the record by its numbers misses nothing that another server writes."""
    seen = [0]
    written = asyncio.Event()

    async def follow() -> None:
        while not written.is_set() or seen[-1] < await two[0].read(lambda uow: uow.timeline.last_seq()):
            seen.extend(entry.seq for entry in await two[0].read(lambda uow: uow.timeline.after(seen[-1], 10)))

    following = asyncio.ensure_future(follow())
    await asyncio.gather(*(report(two[n % 2], f"r-{n}") for n in range(100)))
    written.set()
    await asyncio.wait_for(following, 30)
    assert seen[1:] == [entry.seq for entry in await two[1].read(lambda uow: uow.timeline.after(0, 10_000))]


async def test_two_relays_send_each_document_once(two: Two) -> None:
    """Both find the same documents due; the recipient takes long enough for both to try."""
    responder = SlowResponder()
    responders = dict.fromkeys((Channel.POLICE_WEBHOOK, Channel.POLICE_CAP), responder)
    relays = [Relay(store, FakeSounder(), responders, FakePager(), Metrics()) for store in two]
    taken = await report(two[0], "r-1")
    running = [asyncio.ensure_future(relay.run()) for relay in relays]
    try:
        for _ in range(200):
            items = await two[0].read(lambda uow: uow.outbox.of_incidents([taken.incident]))
            if all(item.state is ItemState.ACCEPTED for item in items):
                break
            await asyncio.sleep(0.05)
        await asyncio.sleep(0.6)
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
    assert [(item.state, item.attempts) for item in items] == [(ItemState.ACCEPTED, 1)] * 2
    assert responder.attempts == 2
    assert sorted(responder.taken) == sorted(item.id for item in items)


async def test_a_server_that_stands_still_in_its_turn_does_not_hold_the_other_for_long(two: Two, address: str) -> None:
    engine = open_database(address)
    still = writing(engine)
    still.begin()
    assert still.exec_driver_sql("SHOW idle_in_transaction_session_timeout").scalar() == "10s"
    still.exec_driver_sql("SET idle_in_transaction_session_timeout = '500ms'")
    assert not (await asyncio.wait_for(report(two[1], "r-1"), 10)).repeated
    still.invalidate()
    engine.dispose()


async def test_capitals_do_not_get_past_the_wall(two: Two, address: str) -> None:
    taken = await report(two[0], "r-1")
    with psycopg.connect(address) as connection, pytest.raises(psycopg.errors.CheckViolation):
        connection.execute("UPDATE outbox SET channel = 'emergency_cap' WHERE incident = %s", [taken.incident])
    with psycopg.connect(address) as connection, pytest.raises(psycopg.errors.CheckViolation):
        connection.execute("UPDATE outbox SET channel = 'EMERGENCY_CAP' WHERE incident = %s", [taken.incident])


async def test_a_connection_that_was_cut_fails_no_later_job(two: Two, postgresql: Cluster) -> None:
    await two[0].run(lambda uow: uow.places.set_presence("ktg-1", Presence.ONLINE))
    postgresql.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'town%'")
    results = [await asyncio.gather(report(two[0], f"r-{n}"), return_exceptions=True) for n in range(2)]
    assert not isinstance(results[-1][0], Exception), "at most the group that was under way is refused"


def test_a_postgresql_that_forgets_is_refused(postgresql: Cluster) -> None:
    engine = open_database(postgresql.new())
    postgresql.execute("ALTER SYSTEM SET fsync = off")
    try:
        postgresql.execute("SELECT pg_reload_conf()")
        time.sleep(0.5)  # the reload is heard a moment later
        with pytest.raises(DatabaseError, match="fsync"):
            engine.connect()
    finally:
        postgresql.execute("ALTER SYSTEM RESET fsync")
        postgresql.execute("SELECT pg_reload_conf()")
        engine.dispose()
