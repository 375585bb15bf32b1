"""Beats fall when the pattern says, and `stop` means silence."""

import threading
import time
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan_gateway.beat_player import BeatPlayer, edges


@pytest.mark.parametrize(
    ("beats", "rounds", "duration_ms", "expected"),
    [
        ([90, 110], 2, 1000, [(0, True), (90, False), (200, True), (290, False), (400, False)]),
        ([90, 110], 0, 250, [(0, True), (90, False), (200, True), (250, False)]),
        ([90, 110], 2, 0, [(0, False)]),
        ([90, 110], 1, 50, [(0, True), (50, False)]),
        ([], 3, 1000, [(0, False)]),
        ([0, 0], 0, 1000, [(0, False)]),
        ([0, 100], 2, 1000, [(200, False)]),
        ([50, 0, 50, 100], 1, 1000, [(0, True), (100, False), (200, False)]),
        ([50, 0], 0, 300, [(0, True), (300, False)]),
    ],
)
def test_edges(beats, rounds, duration_ms, expected):
    # A pause of length 0 joins its strokes into one.
    assert list(islice(edges(beats, rounds, duration_ms), 50)) == expected


@given(
    st.lists(st.integers(0, 10_000), max_size=8).filter(lambda beats: len(beats) % 2 == 0),
    st.integers(0, 20),
    st.integers(0, 60_000),
)
def test_edges_rise_end_off_and_in_time(beats, rounds, duration_ms):
    if rounds == 0 and 0 < sum(beats) < 50:
        return  # the contract refuses these: they would be a tone, not a rhythm
    found = list(edges(beats, rounds, duration_ms))
    at_ms = [at for at, _ in found]
    assert at_ms == sorted(at_ms)
    assert found[-1][1] is False
    assert at_ms[-1] <= duration_ms
    for (_, earlier), (_, later) in pairwise(found[:-1]):
        assert earlier != later


class Switch:
    """Remembers every change of the pin."""

    def __init__(self) -> None:
        self.on = False
        self.changes: list[tuple[float, bool]] = []
        self.broken = False

    def __call__(self, on: bool) -> None:
        if self.broken:
            raise OSError("no such pin")
        if on != self.on:
            self.on = on
            self.changes.append((time.monotonic(), on))


@pytest.fixture
def switch():
    return Switch()


@pytest.fixture
def beats(switch):
    player = BeatPlayer(switch)
    yield player
    switch.broken = False
    player.close()


def nothing(_well: bool) -> None:
    raise AssertionError("this sounding was stopped or replaced: its end is nobody's news")


def test_the_first_stroke_falls_before_play_returns(beats, switch):
    beats.play([5000, 5000], 1, 60_000, nothing)
    assert switch.on
    beats.stop()
    assert not switch.on


def test_strokes_keep_their_time_and_the_end_is_told(beats, switch):
    told = threading.Event()
    ends: list[bool] = []
    began = time.monotonic()
    beats.play([30, 40], 5, 60_000, lambda well: (ends.append(well), told.set()))
    assert told.wait(10)
    assert ends == [True]
    assert [on for _, on in switch.changes] == [True, False] * 5
    late = [
        at - began - planned / 1000
        for (at, _), (planned, _) in zip(switch.changes, edges([30, 40], 5, 60_000), strict=False)
    ]
    assert min(late) >= -0.001
    assert sorted(late)[len(late) // 2] < 0.05


def test_nothing_sounds_after_stop(beats, switch):
    for _ in range(200):
        beats.play([1, 1] * 30, 0, 60_000, nothing)
        time.sleep(0.001)
        beats.stop()
        changes = len(switch.changes)
        assert not switch.on
        time.sleep(0.002)
        assert len(switch.changes) == changes


def test_a_new_sounding_takes_over_without_a_gap(beats, switch):
    beats.play([5000, 5000], 1, 60_000, nothing)
    told = threading.Event()
    beats.play([20, 20], 1, 60_000, lambda _well: told.set())
    assert told.wait(10)
    assert [on for _, on in switch.changes] == [True, False]


def test_a_pattern_that_begins_with_a_pause_silences_what_it_replaces(beats, switch):
    beats.play([5000, 5000], 1, 60_000, nothing)
    beats.play([0, 5000, 10, 0], 1, 60_000, nothing)
    assert not switch.on
    beats.stop()


def test_a_pin_that_breaks_at_the_first_stroke_is_the_callers_news(beats, switch):
    switch.broken = True
    with pytest.raises(OSError, match="no such pin"):
        beats.play([50, 50], 1, 1000, nothing)


def test_a_pin_that_breaks_later_ends_the_sounding_as_failed_and_the_next_one_plays(beats, switch):
    ends: list[bool] = []
    told = threading.Event()
    beats.play([60, 40], 3, 60_000, lambda well: (ends.append(well), told.set()))
    switch.broken = True
    assert told.wait(10)
    assert ends == [False]
    switch.broken = False
    told.clear()
    beats.play([20, 20], 1, 60_000, lambda well: (ends.append(well), told.set()))
    assert told.wait(10)
    assert ends == [False, True]
