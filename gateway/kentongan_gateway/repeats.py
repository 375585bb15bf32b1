"""When to say something again that the server has not yet answered.

Nothing rests on the broker's PUBACK: a report is repeated until its receipt. The gateway's own presses go out at
0.5, 1, 2 and 4 s, then every 5 s. A serial node repeats by itself, so its reports wait a little longer here: the
gateway speaks only for a node that has fallen silent.
"""

from collections.abc import Callable

OWN_MS = (500, 1000, 2000, 4000, 5000)
RELAYED_MS = (2000, 4000, 7000)
JITTER = 0.2


class Repeats:
    """Report ids and when each is due, oldest report first; times are milliseconds of any steady clock."""

    def __init__(self, random: Callable[[], float]) -> None:
        self._random = random
        self._waiting: dict[str, tuple[tuple[int, ...], int, int]] = {}

    def add(self, report: str, steps: tuple[int, ...], now_ms: int) -> None:
        """Due at once; a report already waiting stays as it is."""
        self._waiting.setdefault(report, (steps, 0, now_ms))

    def said(self, report: str, now_ms: int) -> None:
        """It went out just now, whoever's turn it was."""
        if report in self._waiting:
            steps, count, _ = self._waiting[report]
            pause = steps[min(count, len(steps) - 1)] * (1 + JITTER * (2 * self._random() - 1))
            self._waiting[report] = (steps, count + 1, now_ms + round(pause))

    def forget(self, report: str) -> None:
        """The receipt came."""
        self._waiting.pop(report, None)

    def all_due(self, now_ms: int) -> None:
        """The broker is back: everything is due at once, in its order."""
        self._waiting = {report: (steps, 0, now_ms) for report, (steps, _, _) in self._waiting.items()}

    def due(self, now_ms: int) -> list[str]:
        """What to say now."""
        return [report for report, (_, _, at_ms) in self._waiting.items() if at_ms <= now_ms]

    def next_ms(self) -> int | None:
        """When the next one is due; None when nothing waits."""
        return min((at_ms for _, _, at_ms in self._waiting.values()), default=None)
