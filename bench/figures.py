"""Numbers out of samples: percentiles, and the goals they are held against."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


def percentile(samples: Sequence[float], percent: float) -> float:
    """The smallest sample that at least `percent` of all do not exceed; nan when there are none."""
    if not samples:
        return math.nan
    ordered = sorted(samples)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


@dataclass(frozen=True, slots=True)
class Spread:
    """Milliseconds of one kind of wait."""

    count: int
    p50: float
    p99: float
    max: float


def spread(samples_ms: Sequence[float]) -> Spread:
    """The spread of the samples; nan where there are none."""
    biggest = max(samples_ms, default=math.nan)
    return Spread(len(samples_ms), percentile(samples_ms, 50), percentile(samples_ms, 99), biggest)


def median_spread(rounds: Sequence[Spread]) -> Spread:
    """The median of each figure over the rounds, the worst of the maxima."""
    return Spread(
        sum(each.count for each in rounds),
        statistics.median(each.p50 for each in rounds),
        statistics.median(each.p99 for each in rounds),
        max(each.max for each in rounds),
    )


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal and what came of it. `at_most` tells which side of `goal` is good."""

    what: str
    measured: float
    goal: float
    at_most: bool
    unit: str

    @property
    def met(self) -> bool:
        """True when the figure is on the good side; a missing figure meets nothing."""
        return self.measured <= self.goal if self.at_most else self.measured >= self.goal

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {**asdict(self), "measured": number(self.measured), "met": self.met}


def number(value: float) -> float | None:
    """The value as JSON can say it, to four digits."""
    return None if math.isnan(value) else float(f"{value:.4g}")
