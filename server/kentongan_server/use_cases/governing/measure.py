"""The statistics of a region: its own figures, those of the places right below it, and a row for each day."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from kentongan_server.domain.errors import InvalidError, RefusedError, UnknownError
from kentongan_server.domain.incident_kind import IncidentClass, Purpose
from kentongan_server.domain.people import Person, Role
from kentongan_server.domain.region_code import is_within, level_of
from kentongan_server.domain.statistics import (
    Case,
    Figures,
    Period,
    day_of,
    deaf_time,
    figures,
    said_of_siblings,
)
from kentongan_server.ports.unit_of_work import UnitOfWork

LONGEST = 366
_MEASURERS = (Role.RT_HEAD, Role.POLISI_RW, Role.OPERATOR, Role.CITY_ADMIN)


@dataclass(frozen=True, slots=True)
class Measured:
    """`below` by region code, `days` in order; None where too few to say."""

    region: str
    period: Period
    classes: tuple[IncidentClass, ...]
    total: Figures
    below: dict[str, Figures]
    days: list[tuple[date, Figures]]


def measure(uow: UnitOfWork, person: Person, region: str, period: Period) -> Measured:
    """Refused unless the person answers for the region; only classes that they may see are counted."""
    level_of(region)
    if uow.places.region(region) is None:
        raise UnknownError("There is no such region.")
    classes = tuple(one for one in IncidentClass if person.sees(region, one))
    if not classes or not any(person.has(role, region) for role in _MEASURERS):
        raise RefusedError("Statistics are for those who answer for this region.")
    if period.last < period.first or (period.last - period.first).days >= LONGEST:
        raise InvalidError(f"A period is 1 to {LONGEST} days, its first day not after its last.")
    until = min(period.until, uow.now())
    cases = uow.statistics.cases(region, period.since, until, classes)
    nodes = {node.id: node.region for node in uow.places.nodes_within([region])}
    deaf = deaf_time(nodes, uow.statistics.heard(region, until), period.since, until)
    parts = sorted({_part_below(region, code) for code in [*deaf, *(case.region for case in cases)]} - {region})
    return Measured(
        region,
        period,
        classes,
        figures(cases, sum(deaf.values(), timedelta())),
        _below(parts, cases, deaf),
        _by_day(cases, period),
    )


def _below(parts: list[str], cases: list[Case], deaf: dict[str, timedelta]) -> dict[str, Figures]:
    found = {part: _of_part(part, cases, deaf) for part in parts}
    real = [case for case in cases if case.purpose is Purpose.ACTUAL]
    for one in IncidentClass:
        of_class = [case.region for case in real if case.incident_class is one]
        counts = said_of_siblings({part: sum(is_within(code, part) for code in of_class) for part in parts})
        found = {part: replace(each, incidents={**each.incidents, one: counts[part]}) for part, each in found.items()}
    return found


def _of_part(part: str, cases: list[Case], deaf: dict[str, timedelta]) -> Figures:
    own = sum((time for code, time in deaf.items() if is_within(code, part)), timedelta())
    return figures((case for case in cases if is_within(case.region, part)), own)


def _part_below(region: str, code: str) -> str:
    """The place right below `region` in which `code` lies; `region` itself for what lies nowhere deeper."""
    if code == region:
        return region
    rest = code[len(region) + 1 :]
    ends = [place for place in (rest.find("."), rest.find("/")) if place >= 0]
    return code[: len(region) + 1 + (min(ends) if ends else len(rest))]


def _by_day(cases: list[Case], period: Period) -> list[tuple[date, Figures]]:
    days: dict[date, list[Case]] = {day: [] for day in period.days()}
    for case in cases:
        days[day_of(case.opened_at)].append(case)
    return [(day, figures(of_day, timedelta())) for day, of_day in days.items()]
