"""Time as the node knows it: a steady count of milliseconds, and two ways to let it pass."""

import asyncio
import sys
import time

MICROPYTHON = sys.implementation.name == "micropython"

if MICROPYTHON:
    from asyncio import sleep_ms  # pyright: ignore[reportAssignmentType] - the same shape, declared twice
    from time import ticks_diff, ticks_ms  # pyright: ignore[reportAssignmentType]
else:

    def ticks_ms() -> int:
        """A steady count of milliseconds."""
        return time.monotonic_ns() // 1_000_000  # pyright: ignore[reportAttributeAccessIssue] - CPython's

    def ticks_diff(later: int, earlier: int) -> int:
        """Milliseconds from `earlier` to `later`."""
        return later - earlier

    async def sleep_ms(ms: int) -> None:
        """Let other tasks run for `ms` milliseconds."""
        await asyncio.sleep(ms / 1000)


class Clock:
    """Milliseconds since it was made; never backwards, never wrapping. Ask it at least once in six days."""

    def __init__(self):
        self._ticks = ticks_ms()
        self._now = 0

    def now_ms(self) -> int:
        """MicroPython's own counter wraps after 12 days; this one does not."""
        ticks = ticks_ms()
        self._now += ticks_diff(ticks, self._ticks)
        self._ticks = ticks
        return self._now


async def wait_ms(event: asyncio.Event, ms: "int | None") -> bool:
    """True once `event` is set, False after `ms` milliseconds without it; None waits for ever."""
    if ms is None or event.is_set():
        await event.wait()
        return True
    try:
        await within_ms(event.wait(), max(0, ms))
    except asyncio.TimeoutError:
        return False
    return True


async def within_ms(work, ms: int):
    """The result of `work`, or asyncio.TimeoutError after `ms` milliseconds."""
    if MICROPYTHON:
        return await asyncio.wait_for(work, ms / 1000)
    async with asyncio.timeout(ms / 1000):  # CPython's `wait_for` may swallow a cancellation: the node would go on
        return await work
