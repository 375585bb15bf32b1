"""Drills that are held regularly, such as on the first Sunday of the month at nine."""

from datetime import datetime, time
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kentongan_server.domain.drill_schedule import DrillSchedule
from kentongan_server.domain.incident_kind import IncidentKind
from kentongan_server.inbound.http.callers import Caller
from kentongan_server.inbound.http.strict_json import StrictRoute
from kentongan_server.inbound.http.views import RegionCode, Ulid
from kentongan_server.ports.unit_of_work import Transactions, UnitOfWork
from kentongan_server.use_cases.alarming.schedule_drills import end_schedule, set_schedule

router = APIRouter(prefix="/api/v1", tags=["planned"], route_class=StrictRoute)


class ScheduleIn(BaseModel):
    """What is rehearsed where, and when each month. A region has one; a new one ends the one before."""

    model_config = ConfigDict(extra="forbid")
    id: Ulid | None = None
    region: RegionCode
    kind: IncidentKind
    text: Annotated[str, StringConstraints(max_length=500)] | None = None
    week: int = Field(ge=1, le=5, examples=[1], description="Which of the month's such weekdays; 5 is the last")
    weekday: int = Field(ge=0, le=6, examples=[6], description="0 is Monday, 6 is Sunday")
    begins: time = Field(examples=["09:00"], description="Semarang's time, 06:00 to 21:00")


class ScheduleOut(BaseModel):
    """A regular drill; `next_at` is null once it has ended."""

    id: str
    region: str
    kind: IncidentKind
    text: str | None
    week: int
    weekday: int
    begins: str = Field(examples=["09:00"])
    set_by: str = Field(examples=["rt-head-12-1001-03-02"])
    next_at: datetime | None


@router.post(
    "/drill-schedules", status_code=201, responses={200: {"model": ScheduleOut, "description": "Known already"}}
)
async def set_drill_schedule(body: ScheduleIn, request: Request, response: Response, person: Caller) -> ScheduleOut:
    """Hold a drill every month. The residents are told a day before each; while a real alarm is on, it waits."""
    transactions: Transactions = request.app.state.transactions

    def job(uow: UnitOfWork) -> DrillSchedule:
        if body.id is not None and uow.plans.schedule(body.id) is not None:
            response.status_code = 200
        return set_schedule(
            uow,
            person,
            body.region,
            body.kind,
            body.text or None,
            week=body.week,
            weekday=body.weekday,
            begins=body.begins.replace(second=0, microsecond=0),
            id=body.id,
        )

    return _out(await transactions.run(job))


@router.get("/drill-schedules")
async def list_drill_schedules(request: Request, person: Caller) -> list[ScheduleOut]:
    """The regular drills that the caller's regions have part in, the next one first."""
    transactions: Transactions = request.app.state.transactions
    return [_out(each) for each in await transactions.read(lambda uow: uow.plans.schedules(person.scope()))]


@router.delete("/drill-schedules/{schedule_id}")
async def end_drill_schedule(schedule_id: str, request: Request, person: Caller) -> ScheduleOut:
    """Plan no more of it. A drill that was announced already is called off by itself."""
    transactions: Transactions = request.app.state.transactions
    return _out(await transactions.run(lambda uow: end_schedule(uow, person, schedule_id)))


def _out(schedule: DrillSchedule) -> ScheduleOut:
    return ScheduleOut(
        id=schedule.id,
        region=schedule.region,
        kind=schedule.kind,
        text=schedule.text,
        week=schedule.week,
        weekday=schedule.weekday,
        begins=schedule.begins.strftime("%H:%M"),
        set_by=schedule.set_by,
        next_at=None if schedule.due_at is None else schedule.next_at,
    )
