"""A board of no matter: contacts closed by a script, a siren and a lamp that keep a record. For CPython and unix.

`wires` outlive the power: panic, tamper (`normal`, `cut`, `short`) and siren (`whole`, `silent`, `cut`).
"""

import asyncio
import os
import time

from kentongan_node.call_point import SAMPLE_MS
from kentongan_node.clock import sleep_ms, ticks_diff, ticks_ms, wait_ms


class TwinBoard:
    """`polled` samples every 5 ms like the hardware; otherwise every edge wakes the node, and a city costs little."""

    def __init__(self, tell, polled: bool = False, wires: "dict | None" = None):
        self._tell = tell
        self._polled = polled
        self._edge = asyncio.Event()
        self._panic = False
        self._edges = []
        self._silence = False
        self.test_pressed = False
        self.strikes = 0
        self.striking = False
        self.lamp = None
        self.beacon_on = False
        self.wires = {"panic": "normal", "tamper": "normal", "siren": "whole"} if wires is None else wires
        self.reset_word = "power_on"
        self.longest_unfed_ms = 0
        self._fed_at = None
        self.local_minute = None  # set it to give the twin a wall clock
        self._told = None  # (unix second, offset in minutes, our ticks then)

    def close_panic(self, closed: bool) -> None:
        """Move the panic button's contact."""
        if closed != self._panic and self.wires["panic"] == "normal":
            self._edges.append((ticks_ms(), closed))
        self._panic = closed
        self._tell("contact", closed=closed)
        self._edge.set()

    def close_silence(self, closed: bool) -> None:
        """Move the silence key's contact."""
        self._silence = closed
        self._edge.set()

    def wire(self, name: str, state: str) -> None:
        """Cut it, short it, mend it."""
        self.wires[name] = state
        self._edge.set()

    def panic_loop(self) -> str:
        wire = self.wires["panic"]
        return "pressed" if self._panic and wire == "normal" else wire

    def panic_edges(self, now_ms: int) -> list:
        """As the interrupt of a plain contact gives them."""
        edges, self._edges = self._edges, []
        now = ticks_ms()
        return [(now_ms - ticks_diff(now, at), closed) for at, closed in edges]

    def tamper_loop(self) -> str:
        return self.wires["tamper"]

    def silence_closed(self) -> bool:
        return self._silence

    def test_closed(self) -> bool:
        return self.test_pressed

    def siren(self, on: bool) -> None:
        self.striking = on
        if on:
            self.strikes += 1

    def light(self, colour: "str | None") -> None:
        self.lamp = colour

    def beacon(self, on: bool) -> None:
        self.beacon_on = on

    def siren_sense(self) -> tuple:
        if not self.striking or self.wires["siren"] == "cut":
            return 0, None
        return (350 if self.wires["siren"] == "whole" else 60), None

    def reset_cause(self) -> str:
        return self.reset_word

    def temperature_c(self) -> "int | None":
        return None

    def set_time(self, unix_s: int, utc_offset_minutes: int) -> None:
        self._told = (unix_s, utc_offset_minutes, ticks_ms())

    def random(self, size: int) -> bytes:
        return os.urandom(size)

    def minute(self) -> "int | None":
        if self.local_minute is not None or self._told is None:
            return self.local_minute
        unix_s, offset, then = self._told
        return ((unix_s + ticks_diff(ticks_ms(), then) // 1000) // 60 + offset) % 1440

    def wall_seconds(self) -> int:
        return int(time.time())

    def battery_mv(self) -> "int | None":
        return None

    def mains(self) -> bool:
        return True

    def feed(self) -> None:
        """No watchdog, but a record of how long it would have waited."""
        now = ticks_ms()
        if self._fed_at is not None:
            self.longest_unfed_ms = max(self.longest_unfed_ms, ticks_diff(now, self._fed_at))
        self._fed_at = now

    def restart(self) -> None:
        """A process that is told so ends itself and is started again by its master."""
        self._tell("restart")

    def nudge(self) -> None:
        """Something sounds or shows that did not before: look again."""
        self._edge.set()

    async def pause(self, ms: "int | None") -> None:
        """Until the next look is due."""
        if self._polled:
            await sleep_ms(SAMPLE_MS if ms is None else max(1, min(SAMPLE_MS, ms)))  # like the hardware
            return
        await wait_ms(self._edge, ms)
        self._edge.clear()
