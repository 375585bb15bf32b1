"""How many tries one address may make."""

import pytest

from kentongan_server.domain.errors import TooManyTriesError
from kentongan_server.inbound.http.pace import ADDRESSES, Pace


def refused(pace: Pace, address: str, now: float) -> bool:
    try:
        pace.take(address, now)
    except TooManyTriesError:
        return True
    return False


def test_an_address_has_its_own_pace_and_gets_it_back() -> None:
    pace = Pace(per_minute=6)
    assert [refused(pace, "a", 0.0) for _ in range(7)] == [False] * 6 + [True]
    assert not refused(pace, "b", 0.0)
    assert refused(pace, "a", 5.0)
    assert not refused(pace, "a", 20.0)


def test_knocking_on_a_shut_door_does_not_shut_it_longer() -> None:
    pace = Pace(per_minute=6)
    for _ in range(100):
        refused(pace, "a", 0.0)
    assert not refused(pace, "a", 10.0)


def test_memory_is_bounded() -> None:
    pace = Pace(per_minute=1)
    for number in range(ADDRESSES + 10):
        pace.take(str(number), 0.0)
    assert len(pace._left) == ADDRESSES
    with pytest.raises(TooManyTriesError):
        pace.take(str(ADDRESSES + 9), 0.0)
