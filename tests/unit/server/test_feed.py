"""The live feed: everything once, in order, from where the reader left off, and nobody waits for a slow one."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from tests.fakes.clock import FakeClock
from tests.fakes.identifiers import SequenceIdentifiers
from tests.fakes.unit_of_work import InMemoryTransactions
from tests.unit.server.waiting import running, until

from kentongan_server.domain.events import Noted
from kentongan_server.inbound.http.live import PAGE, SLOWEST, Feed
from kentongan_server.ports.timeline import Entry
from kentongan_server.ports.unit_of_work import UnitOfWork


class Reader:
    """Reads in a task of its own until it is let go."""

    def __init__(self, feed: Feed, after: int | None) -> None:
        self.read: list[int] = []
        self.ended = False
        self._entries: AsyncIterator[Entry] = feed.follow(after)

    async def run(self) -> None:
        async for entry in self._entries:
            self.read.append(entry.seq)
        self.ended = True
        await asyncio.Event().wait()


@pytest.fixture
def store() -> InMemoryTransactions:
    return InMemoryTransactions(FakeClock(), SequenceIdentifiers(), {})


@pytest.fixture
async def feed(store: InMemoryTransactions) -> AsyncIterator[Feed]:
    """A feed at work on a record of three entries."""
    note(store, 3)
    feed = Feed(store)
    store.listen(feed.committed)
    async with running(feed.run()):
        await asyncio.sleep(0)
        yield feed


def note(store: InMemoryTransactions, count: int = 1) -> None:
    for _ in range(count):
        store.do(lambda uow: uow.happened(Noted(None, None, what="something")))


async def test_from_now_on(feed: Feed, store: InMemoryTransactions) -> None:
    reader = Reader(feed, None)
    async with running(reader.run()):
        await asyncio.sleep(0)
        note(store, 2)
        await until(lambda: reader.read == [4, 5])


async def test_from_where_the_reader_left_off_and_on(feed: Feed, store: InMemoryTransactions) -> None:
    reader = Reader(feed, 1)
    async with running(reader.run()):
        await until(lambda: reader.read == [2, 3])
        note(store)
        await until(lambda: reader.read == [2, 3, 4])


async def test_from_the_beginning_through_many_pages_while_it_grows(feed: Feed, store: InMemoryTransactions) -> None:
    note(store, 2 * PAGE)
    reader = Reader(feed, 0)
    async with running(reader.run()):
        await asyncio.sleep(0)
        note(store, 10)
        await until(lambda: len(reader.read) >= 2 * PAGE + 13)
        assert reader.read == list(range(1, 2 * PAGE + 14)), "each once, in order"


class OneWaits(InMemoryTransactions):
    """Lets the reads of one task wait until the gate opens."""

    def __init__(self) -> None:
        super().__init__(FakeClock(), SequenceIdentifiers(), {})
        self.waiting: asyncio.Task[None] | None = None
        self.gate = asyncio.Event()

    async def read(self, query: Callable[[UnitOfWork], Any]) -> Any:
        if asyncio.current_task() is self.waiting:
            await self.gate.wait()
        return await super().read(query)


async def test_what_happens_while_a_reader_catches_up_comes_once() -> None:
    """It is on the page that the reader asks for, and was handed out to it as well."""
    store = OneWaits()
    feed = Feed(store)
    store.listen(feed.committed)
    note(store, 3)
    reader = Reader(feed, 0)
    async with running(feed.run()), running(reader.run()) as store.waiting:
        await until(lambda: feed._readers)
        (handed_out,) = feed._readers
        note(store, 2)
        await until(lambda: handed_out.qsize() == 2)
        store.gate.set()
        note(store)
        await until(lambda: len(reader.read) >= 6)
        assert reader.read == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("after", [4, 10_000, 99999999999999999999])
async def test_a_number_that_is_not_ours_yet_means_from_now_on(
    feed: Feed, store: InMemoryTransactions, after: int
) -> None:
    """After a restore the reader's number may lie ahead of the record; it must not wait for ever."""
    reader = Reader(feed, after)
    async with running(reader.run()):
        await asyncio.sleep(0)
        note(store)
        await until(lambda: reader.read == [4])


async def test_a_slow_reader_is_let_go_and_can_resume(feed: Feed, store: InMemoryTransactions) -> None:
    slow, quick = feed.follow(None), Reader(feed, None)
    first = asyncio.create_task(anext(slow))
    async with running(quick.run()):
        await asyncio.sleep(0)
        note(store)
        assert (await first).seq == 4
        for _ in range(SLOWEST // 100 + 2):
            note(store, 100)
            await until(lambda: quick.read[-1] == store.timeline.last_seq())
        got = [entry.seq async for entry in slow]
        assert got == list(range(5, 5 + len(got))), "what it was given has no gap"
        assert len(got) < SLOWEST
        again = Reader(feed, got[-1])
        async with running(again.run()):
            await until(lambda: again.read and again.read[-1] == store.timeline.last_seq())
            assert again.read[0] == got[-1] + 1
        assert not quick.ended


async def test_a_reader_that_leaves_is_forgotten(feed: Feed, store: InMemoryTransactions) -> None:
    reader = Reader(feed, None)
    async with running(reader.run()):
        await asyncio.sleep(0)
    await reader._entries.aclose()
    note(store)
    await until(lambda: not feed._readers)


async def test_a_record_that_cannot_be_read_is_read_later(feed: Feed, store: InMemoryTransactions) -> None:
    reader = Reader(feed, None)
    async with running(reader.run()):
        await asyncio.sleep(0)
        store.unreadable = True
        note(store)
        await asyncio.sleep(0.05)
        store.unreadable = False
        note(store)
        await until(lambda: reader.read == [4, 5])
