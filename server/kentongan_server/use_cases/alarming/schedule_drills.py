"""Hold a drill regularly: set and end the schedule of a region, and plan its next drill a day ahead, telling the residents."""

from dataclasses import replace
from datetime import time

from kentongan_server.domain.drill import Drill
from kentongan_server.domain.drill_schedule import TOLD_BEFORE, DrillSchedule, announcement, assert_times, next_time
from kentongan_server.domain.errors import ConflictError, UnknownError
from kentongan_server.domain.events import DrillAnnounced, Noted
from kentongan_server.domain.incident_kind import IncidentKind
from kentongan_server.domain.lifecycle import DrillState
from kentongan_server.domain.people import Person
from kentongan_server.domain.region_code import Level
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.alarming.drill import assert_drillable, assert_may


def set_schedule(
    uow: UnitOfWork,
    person: Person,
    region: str,
    kind: IncidentKind,
    text: str | None,
    *,
    week: int,
    weekday: int,
    begins: time,
    id: str | None = None,
) -> DrillSchedule:
    """Keep it; a region has one, so an earlier one of the same region ends. The same `id` again is the same schedule."""
    assert_drillable(uow, person, region, kind)
    assert_times(week, weekday, begins)
    known = uow.plans.schedule(id) if id is not None else None
    if known is not None:
        said = (known.region, known.kind, known.text, known.week, known.weekday, known.begins, known.set_by)
        if said != (region, kind, text, week, weekday, begins, person.id):
            raise ConflictError("This id was already used for another schedule; make a new ULID for this one.")
        return known
    for earlier in uow.plans.schedules([region]):
        if earlier.region == region:
            _end(uow, earlier, person)
    now = uow.now()
    at = next_time(week, weekday, begins, now)
    schedule = DrillSchedule(
        id=id or uow.new_id(),
        region=region,
        kind=kind,
        text=text,
        week=week,
        weekday=weekday,
        begins=begins,
        set_by=person.id,
        set_at=now,
        next_at=at,
        due_at=at - TOLD_BEFORE,
    )
    uow.plans.put_schedule(schedule)
    told = {"schedule": schedule.id, "kind": kind, "next_at": at.isoformat()}
    uow.happened(Noted(None, region, person.id, what="drill_schedule_set", data=told))
    return schedule


def end_schedule(uow: UnitOfWork, person: Person, schedule_id: str) -> DrillSchedule:
    """Plan no more of it; a drill that has been announced already is called off by itself, as any other."""
    schedule = uow.plans.schedule(schedule_id)
    if schedule is None or not person.has_part_in(schedule.region):
        raise UnknownError("There is no such schedule, or it is not yours to see.")
    assert_may(person, schedule.region)
    return schedule if schedule.due_at is None else _end(uow, schedule, person)


def schedules_due(uow: UnitOfWork) -> int:
    """Plan and announce the drills that are a day away; how many. One that was missed while no server ran is skipped."""
    now = uow.now()
    due = uow.plans.schedules_due(now)
    for schedule in due:
        following = next_time(schedule.week, schedule.weekday, schedule.begins, max(now, schedule.next_at))
        if schedule.next_at > now:
            _plan(uow, schedule)
        else:
            told = {"schedule": schedule.id, "missed_at": schedule.next_at.isoformat()}
            uow.happened(Noted(None, schedule.region, what="drill_missed", data=told))
        uow.plans.put_schedule(replace(schedule, next_at=following, due_at=following - TOLD_BEFORE))
    return len(due)


def _plan(uow: UnitOfWork, schedule: DrillSchedule) -> None:
    id, at = schedule.drill_id(), schedule.next_at
    drill = Drill(id, schedule.region, schedule.kind, schedule.text, DrillState.SCHEDULED, schedule.set_by, at, at)
    uow.plans.put_drill(drill)
    rts = tuple(rt.code for rt in uow.places.regions_within([schedule.region], Level.RT))
    words = announcement(at) if schedule.text is None else f"{announcement(at)}\n{schedule.text}"
    uow.happened(DrillAnnounced(None, schedule.region, schedule.set_by, drill=id, rts=rts, starts_at=at, text=words))


def _end(uow: UnitOfWork, schedule: DrillSchedule, person: Person) -> DrillSchedule:
    ended = replace(schedule, due_at=None, ended_by=person.id)
    uow.plans.put_schedule(ended)
    told = {"schedule": schedule.id}
    uow.happened(Noted(None, schedule.region, person.id, what="drill_schedule_ended", data=told))
    return ended
