"""Watches the button and the key: an edge wakes the sampler, which reads every 5 ms until both contacts have settled.

A chattering contact costs one wake-up at a time, and a lost edge is found within half a second.
"""

import asyncio
from collections.abc import Callable

from kentongan_gateway.call_point import CallPoint

SAMPLE_S = 0.005
LOST_EDGE_S = 0.5


class Contacts:
    """`closed` functions read the pins; `pressed` and `key_turned` run in the event loop."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        clock_ms: Callable[[], int],
        hold_ms: int,
        pressed: Callable[[], None],
        key_turned: Callable[[], None],
    ) -> None:
        self._loop = loop
        self._clock_ms = clock_ms
        self._button = CallPoint(hold_ms)
        self._key = CallPoint(0)
        self._pressed = pressed
        self._key_turned = key_turned
        self._edge = asyncio.Event()
        self._woken = False

    def edge(self) -> None:
        """A contact may have changed; from any thread, as often as it likes."""
        if self._woken:
            return
        self._woken = True
        try:
            self._loop.call_soon_threadsafe(self._edge.set)
        except RuntimeError:
            return  # the loop has ended: nobody watches any more

    async def watch(self, button_closed: Callable[[], bool], key_closed: Callable[[], bool]) -> None:
        """Serve for ever."""
        while True:
            self._woken = False
            now_ms = self._clock_ms()
            if self._button.sample(button_closed(), now_ms):
                self._pressed()
            if self._key.sample(key_closed(), now_ms):
                self._key_turned()
            if not (self._button.settled and self._key.settled):
                await asyncio.sleep(SAMPLE_S)
                continue
            try:
                await asyncio.wait_for(self._edge.wait(), LOST_EDGE_S)
            except TimeoutError:
                pass
            self._edge.clear()
