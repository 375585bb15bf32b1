"""What a period was like in a region: how fast help came, how long who was without a siren, how often it was a prank.

Days are the city's own (Asia/Jakarta, UTC+7 the year round). Figures that could point at a person are withheld: a count
of one to four is not said, nor a median of fewer than five, and where one lone place among its siblings would be withheld
a second one is too, or it could be found by subtraction. Hours without a siren are about devices and always said.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from math import ceil

from kentongan_server.domain.incident import Disposition
from kentongan_server.domain.incident_kind import IncidentClass, Purpose

JAKARTA = timezone(timedelta(hours=7), "WIB")
FEW = 5


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days, the last one included."""

    first: date
    last: date

    @property
    def since(self) -> datetime:
        """When the first day begins."""
        return day_begins(self.first)

    @property
    def until(self) -> datetime:
        """When the last day is over."""
        return day_begins(self.last + timedelta(days=1))

    def days(self) -> list[date]:
        """Every day of it."""
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]


def day_begins(day: date) -> datetime:
    """Midnight in the city."""
    return datetime.combine(day, time(), JAKARTA).astimezone(UTC)


def day_of(at: datetime) -> date:
    """The city's day at this time."""
    return at.astimezone(JAKARTA).date()


@dataclass(frozen=True, slots=True)
class Case:
    """One incident as statistics see it: times, and no person."""

    incident: str
    region: str
    incident_class: IncidentClass
    purpose: Purpose
    pressed_at: datetime
    opened_at: datetime
    first_sounding_at: datetime | None = None
    last_sounding_at: datetime | None = None
    community_at: datetime | None = None
    police_at: datetime | None = None
    arrived_at: datetime | None = None
    disposition: Disposition | None = None
    kentongan: int = 0
    sounded: int = 0
    forwards: int = 0
    accepted: int = 0
    drill: str | None = None  # the rehearsal that it belongs to
    loud: frozenset[str] = frozenset()  # the kentongan that sounded, by their own ear where they have one
    skipped: frozenset[str] = frozenset()  # those out of service


@dataclass(frozen=True, slots=True)
class Heard:
    """A node was found or lost (`online`), or taken out of service or back (`serving`); the other is None."""

    node: str
    region: str
    online: bool | None
    at: datetime
    serving: bool | None = None


@dataclass(frozen=True, slots=True)
class Spread:
    """How long something took, in seconds. Without `median` there were too few to say."""

    count: int | None
    median: float | None
    p90: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """One region, one period. None: too few to say, or nothing to divide by."""

    incidents: Mapping[IncidentClass, int | None]
    drills: int | None
    pranks: int | None
    prank_rate: float | None
    drill_score: float | None
    delivered: float | None
    deaf_hours: float
    spreads: Mapping[str, Spread] = field(default_factory=dict)


SPREADS = ("first_sounding", "last_sounding", "community", "police", "arrival")


def figures(cases: Iterable[Case], deaf: timedelta) -> Figures:
    """The figures of these cases."""
    all_cases = list(cases)
    real = [case for case in all_cases if case.purpose is Purpose.ACTUAL]
    drills = [case for case in all_cases if case.drill is not None]
    judged = [case for case in real if case.disposition is not None]
    pranks = sum(case.disposition is Disposition.PRANK for case in judged)
    forwards = sum(case.forwards for case in real)
    return Figures(
        incidents={one: said(sum(case.incident_class is one for case in real)) for one in IncidentClass},
        drills=len({case.drill for case in drills}),  # a rehearsal points at nobody
        pranks=said(pranks),
        prank_rate=pranks / len(judged) if len(judged) >= FEW and said(pranks) is not None else None,
        drill_score=_share(
            sum(len(case.loud) for case in drills), sum(case.kentongan + len(case.skipped) for case in drills)
        ),
        delivered=_share(sum(case.accepted for case in real), forwards) if len(real) >= FEW else None,
        deaf_hours=round(deaf / timedelta(hours=1), 2),
        spreads={name: spread(_took(case, name) for case in real) for name in SPREADS},
    )


def spread(seconds: Iterable[float | None]) -> Spread:
    """Median and p90 (the smallest value that nine tenths do not exceed) of what is known."""
    found = sorted(value for value in seconds if value is not None)
    if len(found) < FEW:
        return Spread(said(len(found)), None, None)
    middle = len(found) // 2
    median = found[middle] if len(found) % 2 else (found[middle - 1] + found[middle]) / 2
    return Spread(len(found), round(median, 3), round(found[ceil(0.9 * len(found)) - 1], 3))


def said(count: int) -> int | None:
    """The count, unless it is so small that it might point at somebody."""
    return None if 0 < count < FEW else count


def said_of_siblings(counts: Mapping[str, int]) -> dict[str, int | None]:
    """The same for places side by side whose sum is known: one alone withheld would be no secret."""
    result = {name: said(count) for name, count in counts.items()}
    withheld = [name for name, count in result.items() if count is None]
    told = sorted((count, name) for name, count in counts.items() if result[name])
    if len(withheld) == 1 and told:
        result[told[0][1]] = None
    return result


def deaf_time(
    nodes: Mapping[str, str], heard: Iterable[Heard], since: datetime, until: datetime
) -> dict[str, timedelta]:
    """How long each RT had no kentongan online and in service between `since` and `until`. `nodes`: their RT; `heard` in
    order of time.

    A node that was never heard of counts as away, one of which nobody said otherwise as in service.
    """
    online: dict[str, set[str]] = {region: set() for region in nodes.values()}
    resting: set[str] = set()
    silent_from: dict[str, datetime] = dict.fromkeys(online, since)
    total = dict.fromkeys(online, timedelta())
    for word in heard:
        region = nodes.get(word.node)
        if region is None or word.at >= until:
            continue
        at, was_deaf = max(word.at, since), not online[region] - resting
        if word.online is not None:
            (online[region].add if word.online else online[region].discard)(word.node)
        if word.serving is not None:
            (resting.discard if word.serving else resting.add)(word.node)
        is_deaf = not online[region] - resting
        if was_deaf and not is_deaf:
            total[region] += at - silent_from[region]
        elif is_deaf and not was_deaf:
            silent_from[region] = at
    for region, present in online.items():
        if not present - resting:
            total[region] += max(until - silent_from[region], timedelta())
    return total


def _took(case: Case, name: str) -> float | None:
    begun = case.pressed_at if name.endswith("sounding") else case.opened_at
    ended = {
        "first_sounding": case.first_sounding_at,
        "last_sounding": case.last_sounding_at,
        "community": case.community_at,
        "police": case.police_at,
        "arrival": case.arrived_at,
    }[name]
    return None if ended is None else max(0.0, (ended - begun).total_seconds())


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
