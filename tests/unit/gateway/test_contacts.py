"""Edges wake the sampler, levels decide, and a lost edge is found all the same."""

import asyncio
import contextlib
import time

from kentongan_gateway.contacts import LOST_EDGE_S, Contacts

HOLD_MS = 60


class Wires:
    """Two contacts and what came of them."""

    def __init__(self) -> None:
        self.button = self.key = False
        self.news: list[str] = []
        self.reads = 0
        self.changed = asyncio.Event()
        self.contacts = Contacts(
            asyncio.get_running_loop(),
            lambda: time.monotonic_ns() // 1_000_000,
            HOLD_MS,
            lambda: self._tell("press"),
            lambda: self._tell("key"),
        )

    def _tell(self, news: str) -> None:
        self.news.append(news)
        self.changed.set()

    def read_button(self) -> bool:
        self.reads += 1
        return self.button

    async def next_news(self) -> str:
        async with asyncio.timeout(10):
            await self.changed.wait()
        self.changed.clear()
        return self.news[-1]


@contextlib.asynccontextmanager
async def watched():
    wires = Wires()
    task = asyncio.create_task(wires.contacts.watch(wires.read_button, lambda: wires.key))
    try:
        yield wires
    finally:
        task.cancel()


async def test_a_press_is_told_once_after_its_hold():
    async with watched() as wires:
        began = time.monotonic()
        wires.button = True
        wires.contacts.edge()
        assert await wires.next_news() == "press"
        took_ms = (time.monotonic() - began) * 1000
        assert took_ms > HOLD_MS + 20 - 1  # the clock counts whole milliseconds
        wires.button = False
        wires.contacts.edge()
        wires.key = True
        wires.contacts.edge()
        assert await wires.next_news() == "key"
        assert wires.news == ["press", "key"]


async def test_a_lost_edge_is_found():
    async with watched() as wires:
        await asyncio.sleep(0)
        wires.key = True
        began = time.monotonic()
        assert await wires.next_news() == "key"
        assert time.monotonic() - began < LOST_EDGE_S + 1


async def test_an_edge_storm_wakes_the_loop_but_once_a_turn():
    async with watched() as wires:
        await asyncio.sleep(0)
        calls = []
        loop = asyncio.get_running_loop()
        wires.contacts._loop = type(
            "Counting",
            (),
            {"call_soon_threadsafe": lambda _self, action: calls.append(loop.call_soon_threadsafe(action))},
        )()
        for _ in range(100_000):
            wires.contacts.edge()
        assert len(calls) == 1


async def test_a_resting_contact_is_left_alone():
    async with watched() as wires:
        await asyncio.sleep(0.2)
        assert wires.reads <= 2
