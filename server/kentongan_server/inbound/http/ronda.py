"""The ronda: who watches when, swaps, checking in, and everybody's own calendar feed."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Annotated, TypeVar

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kentongan_server.domain.errors import RefusedError, UnknownError
from kentongan_server.domain.incident_kind import IncidentClass
from kentongan_server.domain.people import Person
from kentongan_server.domain.roster import LOCAL, Rota, Swap, Turn
from kentongan_server.inbound.http.callers import Caller
from kentongan_server.inbound.http.strict_json import StrictRoute
from kentongan_server.inbound.http.views import RegionCode
from kentongan_server.ports.roster import on_duty, turns_between
from kentongan_server.ports.unit_of_work import Transactions, UnitOfWork
from kentongan_server.use_cases.governing.keep_roster import accept_swap, ask_swap, check_in, set_rota

router = APIRouter(prefix="/api/v1/ronda", tags=["ronda"], route_class=StrictRoute)
Result = TypeVar("Result")
Id = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Region = Annotated[str, Query(max_length=64)]
FEED_DAYS = 60


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class RotaIn(_In):
    """Who watches on one weekday, from a night on."""

    region: RegionCode
    weekday: int = Field(ge=0, le=6, description="0 is Monday")
    begins: time = Field(examples=["22:00:00"], description="Local time, UTC+7")
    minutes: int = Field(360, ge=30, le=720)
    people: list[Id] = Field(max_length=20)
    valid_from: date | None = Field(None, description="The first night; without it today")


class SwapIn(_In):
    """The turn to give away, and (optional) to whom."""

    rota: Id = Field(examples=["01JDBV5Y0M0000000000000000"])
    night: date
    to: Id | None = Field(None, examples=["resident-12"])


class CheckInIn(_In):
    """Where one comes to watch."""

    region: RegionCode


class RotaOut(BaseModel):
    """A weekday's rota as it is kept."""

    id: str
    region: str
    weekday: int = Field(examples=[4])
    begins: time = Field(examples=["22:00:00"])
    minutes: int = Field(examples=[360])
    people: list[str]
    valid_from: date
    valid_until: date | None


class TurnOut(BaseModel):
    """One person's watch of one night."""

    rota: str = Field(examples=["01JDBV5Y0M0000000000000000"])
    night: date
    person: str
    name: str
    instead_of: str | None = Field(examples=["resident-9"])
    begins_at: datetime
    ends_at: datetime
    came_at: datetime | None
    on_duty: bool


class SwapOut(BaseModel):
    """A turn that somebody wants to give away."""

    id: str
    rota: str = Field(examples=["01JDBV5Y0M0000000000000000"])
    night: date
    person: str
    name: str
    to: str | None = Field(examples=["resident-12"])
    accepted_by: str | None = Field(examples=["resident-12"])


class FeedOut(BaseModel):
    """The address of one's own calendar; whoever has it sees one's turns."""

    address: str = Field(examples=["https://kentongan.example/api/v1/ronda/calendar/n1bXq0Zk5fJwB2yT7vRc.ics"])


@router.get("/turns")
async def list_turns(
    request: Request, person: Caller, region: Region, days: Annotated[int, Query(ge=1, le=62)] = 14
) -> list[TurnOut]:
    """The RT's turns from now on."""
    _assert_may_read(person, region)

    def look(uow: UnitOfWork) -> list[TurnOut]:
        now = uow.now()
        found = turns_between(uow.roster, uow.roster.rotas_of(region), now, now + timedelta(days=days))
        return [_turn(uow, turn) for turn in found]

    return await _read(request, look)


@router.get("/on-duty")
async def list_on_duty(request: Request, person: Caller, region: Region) -> list[TurnOut]:
    """Who watches there now; those who have checked in come first."""
    _assert_may_read(person, region)
    return await _read(request, lambda uow: [_turn(uow, turn) for turn in on_duty(uow.roster, region, uow.now())])


@router.get("/rotas")
async def list_rotas(request: Request, person: Caller, region: Region) -> list[RotaOut]:
    """The RT's rotas, ended ones too."""
    _assert_may_read(person, region)
    return [_rota(rota) for rota in await _read(request, lambda uow: uow.roster.rotas_of(region))]


@router.post("/rotas", status_code=201)
async def make_rota(body: RotaIn, request: Request, person: Caller) -> RotaOut:
    """Set a weekday's rota from a night on; nobody in it means no watch."""

    def job(uow: UnitOfWork) -> Rota:
        first = body.valid_from or uow.now().astimezone(LOCAL).date()
        begins, lasts = body.begins.replace(tzinfo=None, second=0, microsecond=0), timedelta(minutes=body.minutes)
        rota = Rota(uow.new_id(), body.region, body.weekday, begins, lasts, tuple(body.people), first)
        return set_rota(uow, person, rota)

    return _rota(await _run(request, job))


@router.get("/swaps")
async def list_swaps(request: Request, person: Caller, region: Region) -> list[SwapOut]:
    """The turns that somebody wants to give away, or has, from tonight on."""
    _assert_may_read(person, region)

    def look(uow: UnitOfWork) -> list[SwapOut]:
        ids = [rota.id for rota in uow.roster.rotas_of(region)]
        since = uow.now().astimezone(LOCAL).date()
        return [_swap(uow, swap) for swap in uow.roster.swaps_of(ids, since)]

    return await _read(request, look)


@router.post("/swaps", status_code=201)
async def make_swap(body: SwapIn, request: Request, person: Caller) -> SwapOut:
    """Ask somebody, or anybody, to take my turn."""
    return await _run(request, lambda uow: _swap(uow, ask_swap(uow, person, body.rota, body.night, body.to)))


@router.post("/swaps/{swap_id}/accept")
async def take_swap(swap_id: str, request: Request, person: Caller) -> SwapOut:
    """Take the turn."""
    return await _run(request, lambda uow: _swap(uow, accept_swap(uow, person, swap_id)))


@router.post("/check-ins")
async def come(body: CheckInIn, request: Request, person: Caller) -> TurnOut:
    """I have come to tonight's watch."""
    return await _run(request, lambda uow: _turn(uow, check_in(uow, person, body.region)))


@router.post("/calendar")
async def make_calendar(request: Request, person: Caller) -> FeedOut:
    """A new secret address for my calendar; the old one opens nothing any more."""
    maker = request.app.state.maker
    secret = maker.token()
    await _run(request, lambda uow: uow.roster.put_calendar(person.id, maker.fingerprint(secret)))
    base = request.app.state.public_url or str(request.base_url)
    return FeedOut(address=f"{base.rstrip('/')}/api/v1/ronda/calendar/{secret}.ics")


@router.delete("/calendar", status_code=204)
async def drop_calendar(request: Request, person: Caller) -> None:
    """Let my calendar's address open nothing any more."""
    await _run(request, lambda uow: uow.roster.put_calendar(person.id, None))


@router.get(
    "/calendar/{secret}.ics",
    response_class=Response,
    responses={200: {"content": {"text/calendar": {"example": "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"}}}},
)
async def read_calendar(secret: str, request: Request) -> Response:
    """The turns of whoever gave this address away, for their calendar; it holds no other names."""
    maker = request.app.state.maker

    def look(uow: UnitOfWork) -> bytes:
        person = uow.roster.calendar_of(maker.fingerprint(secret))
        if person is None:
            raise UnknownError("There is no such calendar, or its address was changed.")
        now = uow.now()
        rotas = uow.roster.rotas_with(person)
        found = turns_between(uow.roster, rotas, now - timedelta(days=7), now + timedelta(days=FEED_DAYS))
        return calendar_of([turn for turn in found if turn.person == person], now)

    return Response(await _read(request, look), media_type="text/calendar; charset=utf-8")


def calendar_of(turns: list[Turn], now: datetime) -> bytes:
    """The turns as RFC 5545 writes them."""
    from icalendar import Calendar, Event  # a start does not wait for it

    calendar = Calendar()
    calendar.add("prodid", "-//Kentongan//Ronda//ID")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Ronda")
    for turn in turns:
        event = Event()
        event.add("uid", f"{turn.rota}-{turn.night.isoformat()}@kentongan")
        event.add("dtstamp", now)
        event.add("dtstart", turn.begins_at.astimezone(now.tzinfo))
        event.add("dtend", turn.ends_at.astimezone(now.tzinfo))
        event.add("summary", "Ronda")
        event.add("location", turn.region)
        calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written


def _assert_may_read(person: Person, region: str) -> None:
    if not person.sees(region, IncidentClass.CRIME):
        raise RefusedError("The ronda of another RT is not yours to see.")


def _turn(uow: UnitOfWork, turn: Turn) -> TurnOut:
    return TurnOut(
        rota=turn.rota,
        night=turn.night,
        person=turn.person,
        name=_name(uow, turn.person),
        instead_of=turn.instead_of,
        begins_at=turn.begins_at,
        ends_at=turn.ends_at,
        came_at=turn.came_at,
        on_duty=turn.is_on(uow.now()),
    )


def _swap(uow: UnitOfWork, swap: Swap) -> SwapOut:
    return SwapOut(
        id=swap.id,
        rota=swap.rota,
        night=swap.night,
        person=swap.person,
        name=_name(uow, swap.person),
        to=swap.to,
        accepted_by=swap.accepted_by,
    )


def _rota(rota: Rota) -> RotaOut:
    return RotaOut(
        id=rota.id,
        region=rota.region,
        weekday=rota.weekday,
        begins=rota.begins,
        minutes=rota.lasts // timedelta(minutes=1),
        people=list(rota.people),
        valid_from=rota.valid_from,
        valid_until=rota.valid_until,
    )


def _name(uow: UnitOfWork, person_id: str) -> str:
    person = uow.people.person(person_id, uow.now())
    return "" if person is None else person.name


async def _run(request: Request, job: Callable[[UnitOfWork], Result]) -> Result:
    transactions: Transactions = request.app.state.transactions
    return await transactions.run(job)


async def _read(request: Request, query: Callable[[UnitOfWork], Result]) -> Result:
    transactions: Transactions = request.app.state.transactions
    return await transactions.read(query)
