"""Alarms that are planned before they sound: city-wide ones, which take two people, and drills with their scores."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from kentongan_server.domain.city_alarm import CityAlarm
from kentongan_server.domain.drill import Drill, RtScore
from kentongan_server.domain.incident_kind import IncidentKind, Purpose
from kentongan_server.domain.lifecycle import CityAlarmState, CommandState, DrillState
from kentongan_server.inbound.http.callers import Caller
from kentongan_server.inbound.http.strict_json import StrictRoute
from kentongan_server.inbound.http.views import RegionCode, Ulid
from kentongan_server.ports.unit_of_work import Transactions, UnitOfWork
from kentongan_server.use_cases.alarming.drill import call_off, plan_drill, score
from kentongan_server.use_cases.alarming.sound_city import abort, city_alarms_seen, confirm, propose

router = APIRouter(prefix="/api/v1", tags=["planned"], route_class=StrictRoute)
Text = Annotated[str, StringConstraints(max_length=1000)]


class CityAlarmIn(BaseModel):
    """What is proposed. With an `id` of its own a repeat is the same proposal."""

    model_config = ConfigDict(extra="forbid")
    id: Ulid | None = None
    region: RegionCode
    kind: IncidentKind
    purpose: Purpose
    text: Text | None = None


class ConfirmIn(BaseModel):
    """The number of kentongan that would sound, typed by the second person."""

    model_config = ConfigDict(extra="forbid")
    kentongan: int = Field(ge=0, le=10_000_000, examples=[10_628])


class CityAlarmOut(BaseModel):
    """A city alarm; `due_at` is when it sounds or expires."""

    id: str
    region: str
    kind: IncidentKind
    purpose: Purpose
    text: str | None
    state: CityAlarmState
    kentongan: int = Field(examples=[10_628])
    proposed_by: str
    proposed_at: datetime
    confirmed_by: str | None
    aborted_by: str | None
    due_at: datetime | None


class DrillIn(BaseModel):
    """What is rehearsed where; without a time it starts at once. With an `id` of its own a repeat is the same drill."""

    model_config = ConfigDict(extra="forbid")
    id: Ulid | None = None
    region: RegionCode
    kind: IncidentKind
    text: Text | None = None
    starts_at: AwareDatetime | None = None


class DrillOut(BaseModel):
    """A drill."""

    id: str
    region: str
    kind: IncidentKind
    text: str | None
    state: DrillState
    planned_by: str
    starts_at: datetime


class KentonganScoreOut(BaseModel):
    """How one kentongan did."""

    node: str
    sounded: bool
    after_s: float | None
    state: CommandState
    heard: Literal["sounded", "silent", "cut"] | None = Field(
        None, description="What it heard of itself; null where nothing measures"
    )


class PersonScoreOut(BaseModel):
    """Who answered, and how soon."""

    person: str
    after_s: float


class RtScoreOut(BaseModel):
    """How one RT did: `hardware` is the share of its kentongan that sounded; `deaf` counts those that nobody heard."""

    region: str
    incident: str
    hardware: float
    deaf: int = Field(examples=[0])
    out_of_service: list[str] = Field(examples=[["ktg-12-1001-03-02"]], description="Kentongan that were not called")
    kentongan: list[KentonganScoreOut]
    answered: int
    members: int
    first_answer_s: float | None
    people: list[PersonScoreOut]


class DrillScoreOut(DrillOut):
    """A drill with the score of each RT."""

    rts: list[RtScoreOut]


@router.post("/city-alarms", status_code=201, responses={200: {"model": CityAlarmOut, "description": "Known already"}})
async def propose_city_alarm(body: CityAlarmIn, request: Request, response: Response, person: Caller) -> CityAlarmOut:
    """Propose an alarm for a kota or kecamatan; the answer says how many kentongan would sound."""
    transactions: Transactions = request.app.state.transactions

    def job(uow: UnitOfWork) -> CityAlarm:
        if body.id is not None and uow.plans.city_alarm(body.id) is not None:
            response.status_code = 200
        return propose(uow, person, body.region, body.kind, body.purpose, body.text or None, body.id)

    return _city_alarm_out(await transactions.run(job))


@router.get("/city-alarms")
async def list_city_alarms(
    request: Request, person: Caller, limit: Annotated[int, Query(ge=1, le=100)] = 20
) -> list[CityAlarmOut]:
    """The newest city alarms that the caller's region has part in. City admin or operator only."""
    transactions: Transactions = request.app.state.transactions
    found = await transactions.read(lambda uow: city_alarms_seen(uow, person, limit))
    return [_city_alarm_out(each) for each in found]


@router.post("/city-alarms/{city_alarm_id}/confirm")
async def confirm_city_alarm(city_alarm_id: str, body: ConfirmIn, request: Request, person: Caller) -> CityAlarmOut:
    """Agree to another person's proposal by typing the number; it sounds ten seconds later unless somebody aborts."""
    transactions: Transactions = request.app.state.transactions
    return _city_alarm_out(await transactions.run(lambda uow: confirm(uow, person, city_alarm_id, body.kentongan)))


@router.post("/city-alarms/{city_alarm_id}/abort")
async def abort_city_alarm(city_alarm_id: str, request: Request, person: Caller) -> CityAlarmOut:
    """Stop it before it sounds."""
    transactions: Transactions = request.app.state.transactions
    return _city_alarm_out(await transactions.run(lambda uow: abort(uow, person, city_alarm_id)))


@router.post("/drills", status_code=201, responses={200: {"model": DrillOut, "description": "Known already"}})
async def post_drill(body: DrillIn, request: Request, response: Response, person: Caller) -> DrillOut:
    """Plan a drill, or hold it now."""
    transactions: Transactions = request.app.state.transactions

    def job(uow: UnitOfWork) -> Drill:
        if body.id is not None and uow.plans.drill(body.id) is not None:
            response.status_code = 200
        return plan_drill(uow, person, body.region, body.kind, body.text or None, body.starts_at, body.id)

    return _drill_out(await transactions.run(job))


@router.get("/drills")
async def list_drills(
    request: Request, person: Caller, limit: Annotated[int, Query(ge=1, le=100)] = 20
) -> list[DrillOut]:
    """The newest drills that the caller's regions have part in."""
    transactions: Transactions = request.app.state.transactions
    found = await transactions.read(lambda uow: uow.plans.drills(person.scope(), limit))
    return [_drill_out(drill) for drill in found]


@router.get("/drills/{drill_id}")
async def show_drill(drill_id: str, request: Request, person: Caller) -> DrillScoreOut:
    """A drill, and how each RT did: which kentongan sounded, who answered, and how soon."""
    transactions: Transactions = request.app.state.transactions
    drill, scores = await transactions.read(lambda uow: score(uow, person, drill_id))
    return DrillScoreOut(**_drill_out(drill).model_dump(), rts=[_score_out(each) for each in scores])


@router.post("/drills/{drill_id}/call-off")
async def call_off_drill(drill_id: str, request: Request, person: Caller) -> DrillOut:
    """Do not hold a planned drill."""
    transactions: Transactions = request.app.state.transactions
    return _drill_out(await transactions.run(lambda uow: call_off(uow, person, drill_id)))


def _city_alarm_out(planned: CityAlarm) -> CityAlarmOut:
    return CityAlarmOut(
        id=planned.id,
        region=planned.region,
        kind=planned.kind,
        purpose=planned.purpose,
        text=planned.text,
        state=planned.state,
        kentongan=planned.kentongan,
        proposed_by=planned.proposed_by,
        proposed_at=planned.proposed_at,
        confirmed_by=planned.confirmed_by,
        aborted_by=planned.aborted_by,
        due_at=planned.due_at,
    )


def _drill_out(drill: Drill) -> DrillOut:
    return DrillOut(
        id=drill.id,
        region=drill.region,
        kind=drill.kind,
        text=drill.text,
        state=drill.state,
        planned_by=drill.planned_by,
        starts_at=drill.starts_at,
    )


def _score_out(score: RtScore) -> RtScoreOut:
    return RtScoreOut(
        region=score.region,
        incident=score.incident,
        hardware=score.hardware,
        deaf=score.deaf,
        out_of_service=sorted(score.out_of_service),
        kentongan=[
            KentonganScoreOut(node=k.node, sounded=k.sounded, after_s=k.after_s, state=k.state, heard=k.heard)
            for k in score.kentongan
        ],
        answered=len(score.people),
        members=score.members,
        first_answer_s=score.first_answer_s,
        people=[PersonScoreOut(person=p.person, after_s=p.after_s) for p in score.people],
    )
