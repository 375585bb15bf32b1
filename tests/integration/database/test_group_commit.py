"""Many jobs share one fsync; each is still a unit of its own, and none waits for another process's reader."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event
from tests.fakes.clock import FakeClock
from tests.fakes.identifiers import SequenceIdentifiers
from tests.integration.database.furnished import assert_whole, furnish, opened, report, rows
from tests.unit.server.town import RT1

from kentongan_server.domain.errors import KentonganError
from kentongan_server.domain.place import Presence
from kentongan_server.outbound.database.engine import migrate, open_database
from kentongan_server.outbound.database.transactions import BATCH, PATIENT_BATCH, DatabaseTransactions
from kentongan_server.ports.unit_of_work import Committed, UnitOfWork

pytestmark = pytest.mark.real


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "town.sqlite3"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[DatabaseTransactions]:
    """A town on a real file."""
    with opened(path) as transactions:
        await furnish(transactions)
        yield transactions


class Held:
    """Holds the writer inside a first job, so that what is asked meanwhile waits together."""

    def __init__(self, store: DatabaseTransactions) -> None:
        self._store = store
        self._inside = threading.Event()
        self._go_on = threading.Event()

    async def __aenter__(self) -> None:
        def hold(_: UnitOfWork) -> None:
            self._inside.set()
            assert self._go_on.wait(20)

        self._held = asyncio.ensure_future(self._store.run(hold))
        assert await asyncio.to_thread(self._inside.wait, 20)

    async def __aexit__(self, *_: object) -> None:
        self._go_on.set()
        await self._held


async def asked(store: DatabaseTransactions, *jobs: object) -> list["asyncio.Future[object]"]:
    """The jobs, waiting in the writer's queue."""
    tasks = [asyncio.ensure_future(store.run(job)) for job in jobs]
    await asyncio.sleep(0)
    return tasks


async def test_what_waits_together_is_committed_together(store: DatabaseTransactions) -> None:
    def wake(uow: UnitOfWork) -> None:
        for node in uow.places.nodes_of([RT1]):
            uow.places.heard(replace(node, presence=Presence.ONLINE, nonce="a" * 16), uow.now())

    await store.run(wake)
    commits = []
    event.listen(store._engine, "commit", lambda _: commits.append(1))
    told: list[Committed] = []
    store.listen(told.append)
    async with Held(store):
        tasks = [asyncio.ensure_future(report(store, f"r-{number}")) for number in range(50)]
        await asyncio.sleep(0)
    taken = await asyncio.gather(*tasks)
    assert len(commits) == 2
    assert len({one.incident for one in taken}) == 1
    assert len(told) == 2
    assert len(told[1].orders) == 3, "the orders of the whole group are handed over once it is durable"


async def test_one_bad_job_fails_alone(store: DatabaseTransactions, path: Path) -> None:
    def good(node: str):
        return lambda uow: uow.places.set_presence(node, Presence.ONLINE)

    def bad(uow: UnitOfWork) -> None:
        uow.places.set_presence("gw-1", Presence.ONLINE)
        raise KentonganError("no")

    def forbidden(uow: UnitOfWork) -> None:
        uow.places.set_presence("ktg-9", Presence.ONLINE)
        uow.places.put_node(replace(uow.places.node("ktg-9"), region="nowhere"))  # the database itself refuses

    async with Held(store):
        tasks = await asked(store, good("ktg-1"), bad, forbidden, good("ktg-2"))
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(one).__name__ for one in ended] == ["NoneType", "KentonganError", "IntegrityError", "NoneType"]
    online = {name for (name,) in rows(path, "SELECT id FROM nodes WHERE presence = 'online'")}
    assert online == {"ktg-1", "ktg-2"}


async def test_a_caller_who_left_does_not_disturb_the_others(store: DatabaseTransactions) -> None:
    async with Held(store):
        first, second = await asked(store, lambda _: "first", lambda _: "second")
        first.cancel()
    assert await second == "second"
    assert first.cancelled()


async def test_two_hundred_at_once(store: DatabaseTransactions, path: Path) -> None:
    taken = await asyncio.gather(*(report(store, f"r-{number}") for number in range(200)))
    assert len({one.report for one in taken}) == 200
    assert len({one.incident for one in taken}) == 1
    assert rows(path, "SELECT count(*) FROM reports") == [(200,)]
    assert_whole(path)


async def test_the_same_report_two_hundred_times_at_once(store: DatabaseTransactions, path: Path) -> None:
    taken = await asyncio.gather(*(report(store, "same") for _ in range(200)))
    assert sum(not one.repeated for one in taken) == 1
    assert rows(path, "SELECT count(*) FROM reports") == [(1,)]


async def test_more_than_a_group_is_several_groups(store: DatabaseTransactions) -> None:
    done: list[int] = []
    async with Held(store):
        jobs = [lambda _, number=number: done.append(number) for number in range(2 * BATCH + 10)]
        tasks = await asked(store, *jobs)
    await asyncio.gather(*tasks)
    assert done == list(range(2 * BATCH + 10)), "in the order in which they were asked"


async def test_a_reader_does_not_wait_for_the_writer_and_sees_only_what_is_durable(store: DatabaseTransactions) -> None:
    inside, go_on = threading.Event(), threading.Event()

    def slow(uow: UnitOfWork) -> None:
        uow.places.set_presence("ktg-1", Presence.ONLINE)
        inside.set()
        assert go_on.wait(20)

    writing = asyncio.ensure_future(store.run(slow))
    assert await asyncio.to_thread(inside.wait, 20)
    assert (await store.read(lambda uow: uow.places.node("ktg-1"))).presence is Presence.UNKNOWN
    go_on.set()
    await writing
    assert (await store.read(lambda uow: uow.places.node("ktg-1"))).presence is Presence.ONLINE


async def test_another_process_that_writes_meanwhile_fails_no_job(store: DatabaseTransactions, path: Path) -> None:
    """As `install-city` does while the server runs: a job that has read must still be able to write."""

    def write_elsewhere() -> None:
        with closing(sqlite3.connect(path, timeout=20)) as other, other:
            other.execute("UPDATE regions SET name = 'renamed'")

    def job(uow: UnitOfWork) -> str:
        region = uow.places.region(RT1)
        elsewhere.start()
        elsewhere.join(0.3)  # without the lock it would get through here
        uow.places.put_region(region)
        return "written"

    elsewhere = threading.Thread(target=write_elsewhere)
    assert await store.run(job) == "written"
    await asyncio.to_thread(elsewhere.join, 20)
    assert (await store.read(lambda uow: uow.places.region(RT1))).name == "renamed"


async def test_closing_finishes_what_waits(path: Path) -> None:
    engine = open_database(f"sqlite:///{path}")
    migrate(engine)
    store = DatabaseTransactions(engine, FakeClock(), SequenceIdentifiers(), {})
    await furnish(store)
    tasks = [asyncio.ensure_future(report(store, f"r-{number}")) for number in range(20)]
    await asyncio.sleep(0)
    await asyncio.to_thread(store.close)
    assert len(await asyncio.gather(*tasks)) == 20
    assert rows(path, "SELECT count(*) FROM reports") == [(20,)]


async def test_a_crowd_of_patient_jobs_keeps_nobody_waiting(store: DatabaseTransactions) -> None:
    """A press goes before all that wait patiently, but for the few that are being written already."""
    order: list[str] = []

    def job(name: str) -> Callable[[UnitOfWork], None]:
        return lambda _: order.append(name)

    async with Held(store):
        crowd = [asyncio.ensure_future(store.run(job("crowd"), patient=True)) for _ in range(5 * PATIENT_BATCH)]
        await asyncio.sleep(0)
        press = asyncio.ensure_future(store.run(job("press")))
        await asyncio.sleep(0)
    await asyncio.gather(press, *crowd)
    assert (order[0], len(order)) == ("press", 5 * PATIENT_BATCH + 1)


async def test_while_the_crowd_is_written_a_press_waits_for_one_small_group(store: DatabaseTransactions) -> None:
    order: list[str] = []
    presses: list[asyncio.Task[None]] = []
    loop = asyncio.get_running_loop()

    def crowd(_: UnitOfWork) -> None:
        order.append("crowd")
        if len(order) == 1:
            loop.call_soon_threadsafe(ask)
            assert asked.wait(20)

    def press(_: UnitOfWork) -> None:
        order.append("press")

    def ask() -> None:
        presses.append(loop.create_task(store.run(press)))
        begun.set()

    asked, begun = threading.Event(), asyncio.Event()
    waiting = [asyncio.ensure_future(store.run(crowd, patient=True)) for _ in range(10 * PATIENT_BATCH)]
    async with asyncio.timeout(20):
        await begun.wait()
    await asyncio.sleep(0)  # the press is in the queue now
    asked.set()
    await asyncio.gather(*waiting, *presses)
    assert order.index("press") <= 2 * PATIENT_BATCH


async def test_a_name_server_that_hangs_keeps_nobody_from_reading(store: DatabaseTransactions) -> None:
    """Look-ups of names run in the interpreter's common threads: all of them hang here."""
    loop, answered = asyncio.get_running_loop(), threading.Event()
    loop.set_default_executor(ThreadPoolExecutor(1))
    hanging = [loop.run_in_executor(None, answered.wait, 60) for _ in range(3)]
    try:
        async with asyncio.timeout(20):
            assert await store.read(lambda uow: uow.places.region(RT1)) is not None
    finally:
        answered.set()
        await asyncio.gather(*hanging)


async def test_readers_end_with_the_store(path: Path) -> None:
    others = set(threading.enumerate())

    def own() -> list[threading.Thread]:
        return [each for each in set(threading.enumerate()) - others if each.name.startswith("database-reader")]

    with opened(path) as transactions:
        await transactions.read(lambda uow: uow.places.region(RT1))
        assert own() != []
    assert own() == []
