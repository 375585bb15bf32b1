"""A board of no matter: contacts closed by a script, a siren and a lamp that keep a record. For CPython and unix."""

import asyncio
import os
import time

from kentongan_node.call_point import SAMPLE_MS
from kentongan_node.clock import sleep_ms, wait_ms


class TwinBoard:
    """`polled` samples every 5 ms like the hardware; otherwise every edge wakes the node, and a city costs little."""

    def __init__(self, tell, polled: bool = False):
        self._tell = tell
        self._polled = polled
        self._edge = asyncio.Event()
        self._panic = False
        self._silence = False
        self.strikes = 0
        self.striking = False
        self.lamp = None
        self.local_minute = None  # set it to give the twin a wall clock

    def close_panic(self, closed: bool) -> None:
        """Move the panic button's contact."""
        self._panic = closed
        self._tell("contact", closed=closed)
        self._edge.set()

    def close_silence(self, closed: bool) -> None:
        """Move the silence key's contact."""
        self._silence = closed
        self._edge.set()

    def panic_closed(self) -> bool:
        return self._panic

    def silence_closed(self) -> bool:
        return self._silence

    def siren(self, on: bool) -> None:
        self.striking = on
        if on:
            self.strikes += 1

    def light(self, colour: "str | None") -> None:
        self.lamp = colour

    def random(self, size: int) -> bytes:
        return os.urandom(size)

    def minute(self) -> "int | None":
        return self.local_minute

    def wall_seconds(self) -> int:
        return int(time.time())

    def battery_mv(self) -> "int | None":
        return None

    def mains(self) -> bool:
        return True

    def feed(self) -> None:
        """No watchdog to feed."""

    def nudge(self) -> None:
        """Something sounds or shows that did not before: look again."""
        self._edge.set()

    async def pause(self, ms: "int | None") -> None:
        """Until the next look is due."""
        if self._polled:
            await sleep_ms(SAMPLE_MS)
            return
        await wait_ms(self._edge, ms)
        self._edge.clear()
