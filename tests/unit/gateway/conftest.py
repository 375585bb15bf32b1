"""Twins for the gateway's doors: a clock that is moved by hand, a player that only remembers, a way to wait."""

import time
from collections.abc import Callable, Sequence

import pytest

DEADLINE_S = 10.0


class Clock:
    """Milliseconds, moved by hand."""

    def __init__(self) -> None:
        self.ms = 1_000_000

    def __call__(self) -> int:
        return self.ms


class PlayerTwin:
    """Takes soundings like BeatPlayer; the test says when one ends, or that the pin is broken."""

    def __init__(self) -> None:
        self.playing: tuple[list[int], int, int] | None = None
        self.broken = False
        self._ended: Callable[[bool], None] | None = None

    def play(self, beats: Sequence[int], rounds: int, duration_ms: int, ended: Callable[[bool], None]) -> None:
        if self.broken:
            raise OSError("no such pin")
        self.playing = (list(beats), rounds, duration_ms)
        self._ended = ended

    def stop(self) -> None:
        if self.broken:
            raise OSError("no such pin")
        self.playing = self._ended = None

    def end(self, *, well: bool = True) -> None:
        assert self._ended is not None
        ended, self._ended, self.playing = self._ended, None, None
        ended(well)


def until(true: Callable[[], bool]) -> None:
    """Wait until it is so, at most ten seconds."""
    deadline = time.monotonic() + DEADLINE_S
    while not true():
        assert time.monotonic() < deadline, "it never became so"
        time.sleep(0.002)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def player() -> PlayerTwin:
    return PlayerTwin()


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], None]:
    return until
