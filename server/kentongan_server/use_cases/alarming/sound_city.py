"""The two-person alarm for a kecamatan or the whole city: propose, confirm by typing the number, and a last moment to stop."""

from dataclasses import replace

from kentongan_server.domain.city_alarm import ABORT_WINDOW, PROPOSAL_LIFE, CityAlarm
from kentongan_server.domain.errors import (
    ConflictError,
    IllegalTransitionError,
    InvalidError,
    RefusedError,
    UnknownError,
)
from kentongan_server.domain.events import CityAlarmSounded, Noted
from kentongan_server.domain.incident_kind import IncidentKind, Purpose
from kentongan_server.domain.lifecycle import CITY_ALARM, CityAlarmState, advance
from kentongan_server.domain.people import Person, Role
from kentongan_server.domain.region_code import Level, is_code, level_of
from kentongan_server.domain.spread import CITY
from kentongan_server.ports.unit_of_work import UnitOfWork


def propose(
    uow: UnitOfWork,
    person: Person,
    region: str,
    kind: IncidentKind,
    purpose: Purpose,
    text: str | None,
    id: str | None = None,
) -> CityAlarm:
    """Ask for it; it says how many kentongan would sound. The same `id` again is the same proposal."""
    _assert_may(person, region)
    known = uow.plans.city_alarm(id) if id is not None else None
    if known is not None:
        said = (known.region, known.kind, known.purpose, known.text, known.proposed_by)
        if said != (region, kind, purpose, text, person.id):
            raise ConflictError("This id was already used for another city alarm; make a new ULID for this one.")
        return known
    if not is_code(region) or level_of(region) not in (Level.KOTA, Level.KECAMATAN):
        raise InvalidError("A city alarm is for a kota or a kecamatan, such as 33.74 or 33.74.12.")
    if uow.places.region(region) is None:
        raise UnknownError("There is no such region; ask GET /api/v1/regions for the city's.")
    if not uow.codebooks.current(region).code_of(kind).beats:
        raise InvalidError(f"{kind} makes no sound; choose a kind that does.")
    now = uow.now()
    proposed = CityAlarm(
        id=id or uow.new_id(),
        region=region,
        kind=kind,
        purpose=purpose,
        text=text,
        state=CityAlarmState.PROPOSED,
        kentongan=_count(uow, region),
        proposed_by=person.id,
        proposed_at=now,
        due_at=now + PROPOSAL_LIFE,
    )
    _keep(uow, proposed, person.id, "city_alarm_proposed")
    return proposed


def confirm(uow: UnitOfWork, person: Person, city_alarm_id: str, typed: int) -> CityAlarm:
    """Agree to it, by the number of kentongan that would sound now; it sounds after the abort window."""
    proposed = _found(uow, person, city_alarm_id)
    if proposed.proposed_by == person.id:
        raise RefusedError("Another person than the one who proposed it must confirm; ask a colleague.")
    if proposed.state is CityAlarmState.CONFIRMED and (proposed.confirmed_by, proposed.kentongan) == (person.id, typed):
        return proposed
    state = _moved(proposed, "confirm")
    count = _count(uow, proposed.region)
    if typed != count:
        raise ConflictError(f"{count} kentongan would sound now, not {typed}; if you want that, type the number again.")
    changed = replace(proposed, state=state, kentongan=count, confirmed_by=person.id, due_at=uow.now() + ABORT_WINDOW)
    _keep(uow, changed, person.id, "city_alarm_confirmed")
    return changed


def abort(uow: UnitOfWork, person: Person, city_alarm_id: str) -> CityAlarm:
    """Stop it before it sounds; anyone who may propose may stop it, alone."""
    planned = _found(uow, person, city_alarm_id)
    if planned.aborted_by == person.id:
        return planned
    changed = replace(planned, state=_moved(planned, "abort"), aborted_by=person.id, due_at=None)
    _keep(uow, changed, person.id, "city_alarm_aborted")
    return changed


def city_alarms_seen(uow: UnitOfWork, person: Person, limit: int) -> list[CityAlarm]:
    """The newest city alarms that this person's region has part in: those above it, and those within it."""
    _assert_may(person)
    mine = [m.region for m in person.memberships if m.role in (Role.CITY_ADMIN, Role.OPERATOR)]
    regions = None if None in mine else [region for region in mine if region is not None]
    return uow.plans.city_alarms(regions, limit)


def is_a_city_due(uow: UnitOfWork) -> bool:
    """True when there is something to do for `city_alarms_due`, or a city whose calling has begun."""
    now = uow.now()
    return bool(uow.plans.city_alarms_due(now)) or any(alarm.level >= CITY for alarm in uow.alarms.due(now))


def city_alarms_due(uow: UnitOfWork) -> int:
    """Sound what was confirmed and not stopped, drop what nobody confirmed; how many there were."""
    due = uow.plans.city_alarms_due(uow.now())
    for planned in due:
        if planned.state is CityAlarmState.PROPOSED:
            expired = replace(planned, state=advance(CITY_ALARM, planned.state, "expire"), due_at=None)
            _keep(uow, expired, None, "city_alarm_expired")
            continue
        uow.plans.put_city_alarm(replace(planned, state=advance(CITY_ALARM, planned.state, "sound"), due_at=None))
        uow.happened(
            CityAlarmSounded(
                None,
                planned.region,
                planned.confirmed_by,
                city_alarm=planned.id,
                kind=planned.kind,
                purpose=planned.purpose,
                text=planned.text,
            )
        )
    return len(due)


def _count(uow: UnitOfWork, region: str) -> int:
    return sum(node.out_of_service is None for node in uow.places.nodes_within([region]))


def _assert_may(person: Person, region: str | None = None) -> None:
    if not (person.has(Role.CITY_ADMIN, region) or person.has(Role.OPERATOR, region)):
        raise RefusedError("Only the city's admin or an operator may sound a whole kecamatan or the city; call 112.")


def _found(uow: UnitOfWork, person: Person, city_alarm_id: str) -> CityAlarm:
    _assert_may(person)  # refused alike, whether there is such an alarm or not
    planned = uow.plans.city_alarm(city_alarm_id)
    if planned is None or not person.has_part_in(planned.region):
        raise UnknownError("There is no such city alarm; look at the list of proposals.")
    _assert_may(person, planned.region)
    return planned


def _moved(planned: CityAlarm, event: str) -> CityAlarmState:
    following = CITY_ALARM[planned.state].get(event)
    if following is None:
        raise IllegalTransitionError(
            f"This city alarm is {planned.state}; {event} is not possible any more. Propose anew."
        )
    return following


def _keep(uow: UnitOfWork, city_alarm: CityAlarm, actor: str | None, what: str) -> None:
    uow.plans.put_city_alarm(city_alarm)
    told = {"city_alarm": city_alarm.id, "kind": city_alarm.kind, "purpose": city_alarm.purpose}
    told["kentongan"] = str(city_alarm.kentongan)
    uow.happened(Noted(None, city_alarm.region, actor, what=what, data=told))
