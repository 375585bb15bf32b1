"""When to try again: ever longer, and never all at once. The jitter follows from the id, so a repeat decides alike."""

from datetime import timedelta
from zlib import crc32

_FIRST_S, _LONGEST_S = 4.0, 300.0


def back_off(key: str, attempts: int) -> timedelta:
    """How long to wait after the `attempts`-th failure: between half and all of 4, 8, 16 … 300 seconds."""
    most = min(_LONGEST_S, _FIRST_S * 2 ** min(attempts - 1, 16))
    share = crc32(f"{key}/{attempts}".encode()) / 2**32
    return timedelta(seconds=most * (0.5 + share / 2))
