"""How far an alarm spreads: levels, the rules that raise it, and which RTs a level wakes, each for a reason.

An alarm rises when nobody acknowledged it in time, when a second and independent person reports the same, or when an
operator says so. The rules are the city's data, by region, class and time of day; the nearest region's rule counts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from enum import StrEnum

from kentongan_server.domain.errors import InvalidError
from kentongan_server.domain.incident_kind import IncidentClass
from kentongan_server.domain.region_code import is_within, parent_of

RONDA_ONLY, OWN_RT, RW, RING, KELURAHAN, CITY = 0, 1, 2, 3, 4, 5
LEVELS = {
    RONDA_ONLY: "the ronda alone",
    OWN_RT: "the own RT",
    RW: "the RW",
    RING: "the neighbouring RTs",
    KELURAHAN: "the kelurahan",
    CITY: "what two people chose",
}
WIB = timezone(timedelta(hours=7), "WIB")
NIGHT = range(22, 24), range(5)
SHORTEST_S, LONGEST_S = 15, 3600


class Period(StrEnum):
    """Night is 22 to 5 o'clock in Semarang."""

    DAY = "day"
    NIGHT = "night"


def period_at(at: datetime) -> Period:
    """Whether it is night in Semarang."""
    hour = at.astimezone(WIB).hour
    return Period.NIGHT if any(hour in hours for hours in NIGHT) else Period.DAY


@dataclass(frozen=True, slots=True)
class Rule:
    """`rises` says after how many seconds without an acknowledgement each level is reached; a level left out is not
    reached by itself. A second reporter lifts the alarm by one level, no higher than `witness_to`."""

    rises: Mapping[int, int]
    witness_to: int

    def next_rise(self, level: int) -> tuple[int, timedelta] | None:
        """The next level that time alone reaches from `level`, and when, counted from the request."""
        higher = sorted(to for to in self.rises if to > level)
        return (higher[0], timedelta(seconds=self.rises[higher[0]])) if higher else None


_NEVER = Rule({}, OWN_RT)
SHIPPED: Mapping[tuple[IncidentClass, Period], Rule] = {
    (IncidentClass.CRIME, Period.NIGHT): Rule({RW: 60, RING: 180}, RW),
    (IncidentClass.CRIME, Period.DAY): Rule({RW: 90, RING: 300}, RW),
    (IncidentClass.EMERGENCY, Period.NIGHT): Rule({RW: 60, RING: 180}, RW),
    (IncidentClass.EMERGENCY, Period.DAY): Rule({RW: 60, RING: 180}, RW),
    (IncidentClass.COMMUNITY, Period.NIGHT): _NEVER,
    (IncidentClass.COMMUNITY, Period.DAY): _NEVER,
}


def assert_sensible(rule: Rule, incident_class: IncidentClass) -> None:
    """InvalidError, saying what to change, for a rule that cannot be meant."""
    if incident_class is IncidentClass.COMMUNITY and (rule.rises or rule.witness_to > OWN_RT):
        raise InvalidError("Community news sounds in its own RT only; leave `rises` empty and `witness_to` at 1.")
    if rule.witness_to not in (OWN_RT, RW, RING, KELURAHAN):
        raise InvalidError("`witness_to` is a level from 1 to 4.")
    if not set(rule.rises) <= {RW, RING, KELURAHAN}:
        raise InvalidError("Time can lift an alarm to the levels 2, 3 and 4; name no other in `rises`.")
    seconds = [rule.rises[level] for level in sorted(rule.rises)]
    if any(not SHORTEST_S <= each <= LONGEST_S for each in seconds):
        raise InvalidError(f"An alarm rises after {SHORTEST_S} to {LONGEST_S} seconds.")
    if seconds != sorted(set(seconds)):
        raise InvalidError("A higher level comes later than a lower one; put the seconds of `rises` in rising order.")


@dataclass(frozen=True, slots=True)
class Woken:
    """One RT that an alarm sounds in, at which level it was reached, and why."""

    region: str
    level: int
    reason: str


def reach(home: str, level: int, nearby: Iterable[str], neighbours: Mapping[str, str]) -> list[Woken]:
    """Every RT that an alarm of `home` sounds in at `level`, nearest first. `nearby` are the RTs of its kelurahan,
    `neighbours` the RTs beside it, each with how that is known."""
    if level < OWN_RT:
        return []
    found = {home: Woken(home, OWN_RT, "it happened here")}
    rw = parent_of(home)
    kelurahan = parent_of(rw) if rw is not None else None
    inside = sorted(nearby)
    if level >= RW and rw is not None:
        for code in inside:
            if is_within(code, rw):
                found.setdefault(code, Woken(code, RW, f"same RW {rw.rpartition('/RW')[2]}"))
    if level >= RING:
        for code, how in sorted(neighbours.items()):
            found.setdefault(code, Woken(code, RING, how))
    if level >= KELURAHAN:
        for code in inside:
            found.setdefault(code, Woken(code, KELURAHAN, f"same kelurahan {kelurahan}"))
    return list(found.values())
