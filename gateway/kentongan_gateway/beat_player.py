"""Strokes and pauses on one switch, in a thread of their own, so that nothing else can stretch a beat.

The first stroke falls in the caller's thread, before `play` returns; after `stop` returns the switch is off and stays
off. Every edge is reckoned from the start, so that no beat drifts.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, repeat
from time import monotonic


def edges(beats: Sequence[int], rounds: int, duration_ms: int) -> Iterator[tuple[int, bool]]:
    """(ms since the start, on) at every change; the last one is off and ends the sounding, closing pause included.

    0 rounds means until `duration_ms`. Beats of length 0 merge their neighbours.
    """
    if sum(beats) == 0:
        yield 0, False
        return
    at_ms, on = 0, False
    one_round = tuple(enumerate(beats))
    for place, beat in chain.from_iterable(repeat(one_round, rounds) if rounds else repeat(one_round)):
        if at_ms >= duration_ms:
            break
        stroke = place % 2 == 0
        if beat and stroke != on:
            on = stroke
            yield at_ms, on
        at_ms += beat
    yield max(0, min(at_ms, duration_ms)), False


class BeatPlayer:
    """One sounding at a time. `switch` turns the siren on and off and may be called from two threads, never at once."""

    def __init__(self, switch: Callable[[bool], None]) -> None:
        self._switch = switch
        self._changed = threading.Condition()
        self._edges: Iterator[tuple[int, bool]] | None = None
        self._start = 0.0
        self._next: tuple[int, bool] | None = None
        self._ended: Callable[[bool], None] | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="beats", daemon=True)
        self._thread.start()

    def play(self, beats: Sequence[int], rounds: int, duration_ms: int, ended: Callable[[bool], None]) -> None:
        """Replace what sounds now. `ended(well)` comes from the player's thread, unless stopped or replaced.

        Raises what the switch raises when the first stroke cannot be made.
        """
        with self._changed:
            self._forget()
            strokes = edges(beats, rounds, duration_ms)
            start = monotonic()
            first = next(strokes)
            self._switch(first == (0, True))
            self._edges, self._start, self._ended = strokes, start, ended
            self._next = next(strokes) if first == (0, True) else first
            self._changed.notify()

    def stop(self) -> None:
        """Silence, before this returns."""
        with self._changed:
            self._halt()

    def close(self) -> None:
        """Silence for good."""
        with self._changed:
            self._closed = True
            self._halt()
            self._changed.notify()
        self._thread.join()

    def _halt(self) -> None:
        self._forget()
        self._switch(False)

    def _forget(self) -> None:
        self._edges = self._next = self._ended = None

    def _run(self) -> None:
        while True:
            with self._changed:
                ended, well = self._wait_for_an_end()
            if ended is None:
                return
            ended(well)

    def _wait_for_an_end(self) -> tuple[Callable[[bool], None] | None, bool]:
        """Make the strokes; give the sounding's `ended` when its last edge is made, None when closed."""
        while not self._closed:
            if self._next is None or self._edges is None:
                self._changed.wait()
                continue
            at_ms, on = self._next
            left = self._start + at_ms / 1000 - monotonic()
            if left > 0:
                self._changed.wait(left)
                continue
            ended = self._ended
            try:
                self._switch(on)
            except Exception:  # noqa: BLE001 -- whatever the pin library raises, the sounding has failed and must be told so
                self._forget()
                return ended, False
            self._next = next(self._edges, None)
            if self._next is None:
                self._forget()
                return ended, True
        return None, False
