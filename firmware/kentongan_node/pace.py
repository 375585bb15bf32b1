"""How long to wait before trying again, so that ten thousand nodes never try together.

Full jitter (a uniform draw from zero to a growing ceiling) spreads a crowd better than any fixed step; the first try
after a lost session is drawn from a wider `spread_ms`, because a broker that dies loses every session at one moment. The
ceiling goes on growing to that width too: however long the broker was away, the crowd that waits for it stays as spread.
"""


class Backoff:
    """Waits in milliseconds; `random(n)` gives n random bytes."""

    def __init__(self, random, base_ms: int = 100, cap_ms: int = 800, spread_ms: int = 0):
        self._random = random
        self._base = base_ms
        self._cap = cap_ms
        self._spread = spread_ms
        self._failures = 0
        self._lost = False

    def lost(self) -> None:
        """A session that stood is gone: begin anew, with the spread first."""
        self._failures = 0
        self._lost = True

    def next_ms(self, urgent: bool = False) -> int:
        """The wait before the next try. An urgent one (a report is waiting) skips the spread and never waits past 1 s."""
        ceiling = min(max(self._cap, self._spread), self._base << min(self._failures, 16))
        if urgent:
            ceiling = min(ceiling, 1000)
        elif self._lost:
            ceiling = max(ceiling, self._spread)
        self._lost = False
        self._failures += 1
        return draw(self._random, ceiling)


def draw(random, ceiling: int) -> int:
    """A whole number from 0 to `ceiling`, each as likely as the next."""
    return int.from_bytes(random(4), "big") * (ceiling + 1) >> 32


def around(random, ms: int, percent: int) -> int:
    """`ms` give or take `percent`."""
    reach = ms * percent // 100
    return ms - reach + draw(random, 2 * reach)
