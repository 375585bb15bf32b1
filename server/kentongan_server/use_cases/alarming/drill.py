"""Rehearse: plan a drill for an RT, an RW or a kelurahan, start it by hand or by the clock, and score every RT."""

from dataclasses import replace
from datetime import datetime, timedelta

from kentongan_server.domain.alarm import Action
from kentongan_server.domain.drill import (
    ANSWER_WITHIN,
    SOUNDED,
    Drill,
    KentonganScore,
    PersonScore,
    RtScore,
    first_times,
    has_sounded,
)
from kentongan_server.domain.errors import (
    ConflictError,
    IllegalTransitionError,
    InvalidError,
    RefusedError,
    UnknownError,
)
from kentongan_server.domain.events import DrillStarted, Noted
from kentongan_server.domain.incident import Incident
from kentongan_server.domain.incident_kind import IncidentKind
from kentongan_server.domain.lifecycle import DRILL, DrillState, advance
from kentongan_server.domain.people import Person, Role
from kentongan_server.domain.region_code import Level, level_of
from kentongan_server.ports.unit_of_work import UnitOfWork

_LEVELS = (Level.RT, Level.RW, Level.KELURAHAN)
FURTHEST = timedelta(days=366)
WAITS_FOR, LOOKS_AGAIN_AFTER = timedelta(hours=1), timedelta(minutes=1)


def plan_drill(
    uow: UnitOfWork,
    person: Person,
    region: str,
    kind: IncidentKind,
    text: str | None,
    starts_at: datetime | None,
    id: str | None = None,
) -> Drill:
    """Plan a drill; without a time it starts at once. The same `id` again is the same drill."""
    assert_drillable(uow, person, region, kind)
    known = uow.plans.drill(id) if id is not None else None
    if known is not None:
        if (known.region, known.kind, known.text, known.planned_by) != (region, kind, text, person.id):
            raise ConflictError("This id was already used for another drill; make a new ULID for this one.")
        return known
    now = uow.now()
    at = starts_at or now
    if not now <= at <= now + FURTHEST:
        raise InvalidError("A drill starts now or within a year; give a time in the future.")
    if starts_at is None and uow.alarms.is_real_in(region):
        raise IllegalTransitionError("A real alarm is on here; hold the drill when it is over.")
    drill = Drill(id or uow.new_id(), region, kind, text, DrillState.SCHEDULED, person.id, at, at)
    uow.plans.put_drill(drill)
    told = {"drill": drill.id, "kind": kind, "starts_at": at.isoformat()}
    uow.happened(Noted(None, region, person.id, what="drill_planned", data=told))
    if starts_at is None:
        _start(uow, drill)
    return uow.plans.drill(drill.id) or drill


def assert_drillable(uow: UnitOfWork, person: Person, region: str, kind: IncidentKind) -> None:
    """Unless this person may hold drills of this kind there: the error that says why not."""
    if level_of(region) not in _LEVELS:
        raise InvalidError("A drill is for an RT, an RW or a kelurahan; for more, propose a city alarm as a drill.")
    if uow.places.region(region) is None or not person.sees(region):
        raise UnknownError("There is no such region, or it is not yours to see.")
    assert_may(person, region)
    if not uow.codebooks.current(region).code_of(kind).beats:
        raise InvalidError(f"{kind} makes no sound; choose a kind that does.")


def assert_may(person: Person, region: str) -> None:
    """RefusedError unless this person may hold drills in the region."""
    if not any(person.has(role, region) for role in (Role.RT_HEAD, Role.OPERATOR, Role.CITY_ADMIN)):
        raise RefusedError("Only the RT head, an operator or the city's admin may hold a drill; ask one of them.")


def call_off(uow: UnitOfWork, person: Person, drill_id: str) -> Drill:
    """Do not hold the drill after all."""
    drill = _found(uow, person, drill_id)
    assert_may(person, drill.region)
    if drill.state is DrillState.CALLED_OFF:
        return drill
    if "call_off" not in DRILL[drill.state]:
        raise IllegalTransitionError(f"This drill is {drill.state}; only one that has not begun can be called off.")
    changed = replace(drill, state=advance(DRILL, drill.state, "call_off"), due_at=None)
    uow.plans.put_drill(changed)
    uow.happened(Noted(None, drill.region, person.id, what="drill_called_off", data={"drill": drill.id}))
    return changed


def drills_due(uow: UnitOfWork) -> int:
    """Start what is due to start, and close what has been answered long enough; how many there were."""
    due = uow.plans.drills_due(uow.now())
    for drill in due:
        if drill.state is DrillState.SCHEDULED:
            _start_or_wait(uow, drill)
        else:
            uow.plans.put_drill(replace(drill, state=advance(DRILL, drill.state, "score"), due_at=None))
            uow.happened(Noted(None, drill.region, what="drill_scored", data={"drill": drill.id}))
    return len(due)


def score(uow: UnitOfWork, person: Person, drill_id: str) -> tuple[Drill, list[RtScore]]:
    """The drill and how each RT did that this person sees, as far as is known."""
    drill = _found(uow, person, drill_id)
    found = []
    number = 0
    while (report := uow.incidents.report(f"drill.{drill.id}.{number}")) is not None:
        incident = uow.incidents.incident(report.incident)
        if incident is not None and person.sees(incident.region):
            found.append(_score(uow, incident))
        number += 1
    return drill, found


def _start_or_wait(uow: UnitOfWork, drill: Drill) -> None:
    """Nobody rehearses while the real thing is on: a drill waits, and after an hour is not held."""
    now = uow.now()
    if not uow.alarms.is_real_in(drill.region):
        _start(uow, drill)
    elif now < drill.starts_at + WAITS_FOR:
        uow.plans.put_drill(replace(drill, due_at=now + LOOKS_AGAIN_AFTER))
    else:
        uow.plans.put_drill(replace(drill, state=advance(DRILL, drill.state, "call_off"), due_at=None))
        told = {"drill": drill.id, "reason": "a real alarm"}
        uow.happened(Noted(None, drill.region, what="drill_called_off", data=told))


def _start(uow: UnitOfWork, drill: Drill) -> None:
    ends = uow.now() + ANSWER_WITHIN
    started = replace(drill, state=advance(DRILL, drill.state, "start"), starts_at=uow.now(), due_at=ends)
    uow.plans.put_drill(started)
    rts = tuple(rt.code for rt in uow.places.regions_within([drill.region], Level.RT))
    uow.happened(
        DrillStarted(None, drill.region, drill.planned_by, drill=drill.id, kind=drill.kind, rts=rts, until=ends)
    )


def _score(uow: UnitOfWork, incident: Incident) -> RtScore:
    entries = uow.timeline.of_incident(incident.id)
    told = [entry for entry in entries if entry.event == "command_state_changed"]
    sounding = first_times(
        incident.opened_at, ((entry.facts["node"], entry.at) for entry in told if entry.facts["state"] in SOUNDED)
    )
    heard = {entry.facts["node"]: entry.facts["heard"] for entry in told if "heard" in entry.facts}
    answered = first_times(
        incident.opened_at,
        ((e.actor, e.at) for e in entries if e.event in ("acknowledged", "seen") and e.actor is not None),
    )
    skipped = {e.facts["node"]: e.facts["reason"] for e in entries if e.event == "kentongan_skipped"}
    commands = {c.node: c for c in uow.alarms.commands_of([incident.id]) if c.action is Action.SOUND}
    kentongan = [
        KentonganScore(
            node, has_sounded(node in sounding, heard.get(node)), sounding.get(node), command.state, heard.get(node)
        )
        for node, command in sorted(commands.items())
    ]
    people = [PersonScore(person, after) for person, after in sorted(answered.items(), key=lambda told: told[1])]
    members = uow.people.members(incident.region, uow.now())
    return RtScore(incident.region, incident.id, tuple(kentongan), tuple(people), members, skipped)


def _found(uow: UnitOfWork, person: Person, drill_id: str) -> Drill:
    drill = uow.plans.drill(drill_id)
    if drill is None or not person.has_part_in(drill.region):
        raise UnknownError("There is no such drill, or it is not yours to see.")
    return drill
