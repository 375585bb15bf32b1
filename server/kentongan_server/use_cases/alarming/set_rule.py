"""Change how alarms spread in a region, after seeing what it would do: which RTs would sound, at which level, and why."""

from dataclasses import dataclass

from kentongan_server.domain.errors import ConflictError, InvalidError, RefusedError, UnknownError
from kentongan_server.domain.events import Noted
from kentongan_server.domain.incident_kind import IncidentClass
from kentongan_server.domain.people import Person, Role
from kentongan_server.domain.region_code import Level, is_within, level_of
from kentongan_server.domain.spread import OWN_RT, Period, Rule, assert_sensible
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.alarming.spread_alarm import rts_reached


@dataclass(frozen=True, slots=True)
class WouldSound:
    """One RT that would sound: after how many seconds without an answer (None: only by a witness), and why."""

    region: str
    name: str
    level: int
    reason: str
    after_s: int | None
    kentongan: int


def preview_rule(
    uow: UnitOfWork, person: Person, region: str, incident_class: IncidentClass, rule: Rule, home: str
) -> list[WouldSound]:
    """Every RT that an unanswered alarm of `home`, an RT within the region, would reach by this rule."""
    _assert_may_set(uow, person, region)
    assert_sensible(rule, incident_class)
    if level_of(home) is not Level.RT or not is_within(home, region) or uow.places.region(home) is None:
        raise InvalidError(
            "Name an RT of this region as `home`, so that the preview can say what would sound around it."
        )
    highest = max([OWN_RT, rule.witness_to, *rule.rises])
    reached = rts_reached(uow, home, highest)
    names = {one.code: one.name for one in uow.places.regions([each.region for each in reached])}
    serving: dict[str, int] = {}
    for node in uow.places.nodes_of([each.region for each in reached]):
        serving[node.region] = serving.get(node.region, 0) + (node.out_of_service is None)
    return [
        WouldSound(
            region=each.region,
            name=names.get(each.region, each.region),
            level=each.level,
            reason=each.reason,
            after_s=_after(rule, each.level),
            kentongan=serving.get(each.region, 0),
        )
        for each in reached
    ]


def set_rule(
    uow: UnitOfWork,
    person: Person,
    region: str,
    incident_class: IncidentClass,
    period: Period,
    rule: Rule,
    *,
    home: str,
    rts_seen: int,
) -> list[WouldSound]:
    """Keep the rule, when what its preview showed for `home`, `rts_seen` RTs, is still what would sound."""
    would = preview_rule(uow, person, region, incident_class, rule, home)
    if len(would) != rts_seen:
        raise ConflictError(
            f"{len(would)} RTs would sound around {home}, not {rts_seen}; look at the preview again, then save."
        )
    uow.spreading.put_rule(region, incident_class, period, rule, person.id, uow.now())
    told = {
        "class": incident_class,
        "period": period,
        "rises": {str(level): seconds for level, seconds in rule.rises.items()},
        "witness_to": rule.witness_to,
    }
    uow.happened(Noted(None, region, person.id, what="alarm_rule_set", data=told))
    return would


def drop_rule(uow: UnitOfWork, person: Person, region: str, incident_class: IncidentClass, period: Period) -> None:
    """Go back to the rule of the region above."""
    _assert_may_set(uow, person, region)
    uow.spreading.drop_rule(region, incident_class, period)
    told = {"class": incident_class, "period": period}
    uow.happened(Noted(None, region, person.id, what="alarm_rule_dropped", data=told))


def _assert_may_set(uow: UnitOfWork, person: Person, region: str) -> None:
    if uow.places.region(region) is None or not person.sees(region):
        raise UnknownError("There is no such region, or it is not yours to see.")
    if not (person.has(Role.CITY_ADMIN, region) or person.has(Role.OPERATOR, region)):
        raise RefusedError("Only the city's admin or an operator may change how alarms spread; ask one of them.")


def _after(rule: Rule, level: int) -> int | None:
    """When time alone reaches `level`: with the first rise that goes at least so far."""
    if level <= OWN_RT:
        return 0
    return min((seconds for to, seconds in rule.rises.items() if to >= level), default=None)
