"""How many tries one address may make: a pace, held in memory. Signing in, accepting invitations and opening the police's links are paced."""

import time
from collections import OrderedDict

from fastapi import Request

from kentongan_server.domain.errors import TooManyTriesError

PER_MINUTE = 30
ADDRESSES = 10_000


class Pace:
    """A bucket of `PER_MINUTE` tries for each address, filled again over a minute; the least recent is let go."""

    def __init__(self, per_minute: int = PER_MINUTE) -> None:
        self._per_minute = per_minute
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, address: str, now: float) -> None:
        """One try; TooManyTriesError when there is none left."""
        left, at = self._left.pop(address, (float(self._per_minute), now))
        left = min(self._per_minute, left + (now - at) * self._per_minute / 60)
        self._left[address] = (max(0.0, left - 1), now)
        if len(self._left) > ADDRESSES:
            self._left.popitem(last=False)
        if left < 1:
            raise TooManyTriesError("Too many tries from your address; wait a minute. In danger call 110 or 112.")


async def paced(request: Request) -> None:
    """A dependency that takes one try of the caller's address."""
    pace: Pace = request.app.state.pace
    pace.take(request.client.host if request.client else "", time.monotonic())
