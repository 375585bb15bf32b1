"""What every Clock and every source of ids keeps."""

import re
from datetime import timedelta

import pytest
from tests.fakes.clock import FakeClock
from tests.fakes.identifiers import SequenceIdentifiers

from kentongan_server.outbound.clock.system_clock import SystemClock, UlidIdentifiers
from kentongan_server.ports.clock import Clock
from kentongan_server.ports.identifiers import Identifiers


@pytest.mark.parametrize("clock", [FakeClock(), SystemClock()], ids=["hand", "machine"])
def test_time_is_utc_in_whole_milliseconds_and_does_not_run_back(clock: Clock) -> None:
    times = [clock.now() for _ in range(100)]
    assert all(time.utcoffset() == timedelta(0) and time.microsecond % 1000 == 0 for time in times)
    assert times == sorted(times)


@pytest.mark.parametrize("identifiers", [SequenceIdentifiers(), UlidIdentifiers()], ids=["sequence", "ulid"])
def test_ids_never_repeat(identifiers: Identifiers) -> None:
    made = [identifiers.new() for _ in range(10_000)]
    assert len(set(made)) == len(made)
    assert all(re.fullmatch(r"[0-7][0-9A-HJKMNP-TV-Z]{25}", one) for one in made)


def test_ids_sort_by_the_millisecond_in_which_they_were_made() -> None:
    clock, identifiers = SystemClock(), UlidIdentifiers()
    made = []
    while len({at for at, _ in made}) < 20:
        made.append((clock.now(), identifiers.new()[:10]))
    assert [stamp for _, stamp in sorted(made)] == sorted(stamp for _, stamp in made)


def test_a_clock_moved_by_hand_goes_forward_only() -> None:
    clock = FakeClock()
    before = clock.now()
    clock.pass_seconds(1.5)
    assert clock.now() - before == timedelta(seconds=1.5)
    with pytest.raises(ValueError, match="backwards"):
        clock.advance(timedelta(seconds=-1))
