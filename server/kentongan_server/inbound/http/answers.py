"""What people do about an incident: take it, send somebody, say how it ended; merge, rename, take back; quieten, widen."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kentongan_server.domain.answer import Answer, Tally
from kentongan_server.domain.errors import ConflictError, KentonganError, RefusedError
from kentongan_server.domain.incident import Disposition, Incident
from kentongan_server.domain.incident_kind import IncidentKind
from kentongan_server.domain.people import Person
from kentongan_server.domain.pin import PinVerdict
from kentongan_server.inbound.http.callers import Caller
from kentongan_server.inbound.http.strict_json import StrictRoute
from kentongan_server.inbound.http.views import IncidentOut, Ulid, glance
from kentongan_server.ports.pin_check import PinCheck
from kentongan_server.ports.unit_of_work import Transactions, UnitOfWork
from kentongan_server.use_cases.alarming.quieten_alarm import Told, refute_alarm, silence_alarm, sound_all_clear
from kentongan_server.use_cases.alarming.raise_by_hand import raise_by_hand
from kentongan_server.use_cases.reporting.cancel_report import cancel_report
from kentongan_server.use_cases.reporting.reclassify import preview, reclassify
from kentongan_server.use_cases.responding.acknowledge import acknowledge, withdraw
from kentongan_server.use_cases.responding.arrive import arrive
from kentongan_server.use_cases.responding.dispatch import dispatch
from kentongan_server.use_cases.responding.merge import merge, unmerge
from kentongan_server.use_cases.responding.reopen import reopen
from kentongan_server.use_cases.responding.resolve import resolve

router = APIRouter(prefix="/api/v1/incidents/{incident_id}", tags=["answers"], route_class=StrictRoute)
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


class AnswerIn(BaseModel):
    """Whether the caller comes, or has only seen it."""

    model_config = ConfigDict(extra="forbid")
    answer: Answer


class AnswerOut(BaseModel):
    """For whom it was answered, what counts of the caller now, and of all neighbours."""

    acknowledged: Literal["community", "police"]
    answer: Answer
    coming: int
    seen: int


class DispatchIn(BaseModel):
    """Who is sent."""

    model_config = ConfigDict(extra="forbid")
    unit: Literal["ronda", "polisi_rw", "patrol"]


class ResolveIn(BaseModel):
    """How it ended."""

    model_config = ConfigDict(extra="forbid")
    disposition: Disposition
    note: Note | None = None


class MergeIn(BaseModel):
    """The other incident, which goes on."""

    model_config = ConfigDict(extra="forbid")
    into: Annotated[str, StringConstraints(min_length=1, max_length=64)]


class CancelIn(BaseModel):
    """The caller's PIN."""

    model_config = ConfigDict(extra="forbid")
    pin: Annotated[str, StringConstraints(min_length=1, max_length=32)]


class ReclassifyIn(BaseModel):
    """What it really is. `id` is that of the report which this is, when it crosses a class."""

    model_config = ConfigDict(extra="forbid")
    id: Ulid
    kind: IncidentKind
    text: Annotated[str, StringConstraints(max_length=1000)] | None = None
    understood: bool = Field(False, description="The caller has seen the preview of what will be shared.")


class SharingOut(BaseModel):
    """What a reclassification would tell, and whom."""

    to: IncidentKind
    recipients: list[str]
    shares: list[str]
    sounds: bool


class RaiseIn(BaseModel):
    """How far."""

    model_config = ConfigDict(extra="forbid")
    level: int = Field(ge=1, le=4, description="1 own RT, 2 RW, 3 neighbouring RTs, 4 kelurahan")


@router.post("/acknowledge")
async def acknowledge_incident(
    incident_id: str, request: Request, person: Caller, body: AnswerIn | None = None
) -> AnswerOut:
    """Answer it: an operator takes it for the police, everybody else comes (which is meant without a body) or has seen it.

    Repeating changes nothing, and a later "seen" takes no "coming" back. Only "coming" keeps the alarm from rising.
    """
    transactions: Transactions = request.app.state.transactions
    said = body.answer if body else Answer.COMING

    def job(uow: UnitOfWork) -> AnswerOut:
        return _answer(uow, incident_id, person, acknowledge(uow, incident_id, person, said))

    return await transactions.run(job)


@router.delete("/acknowledge")
async def withdraw_coming(incident_id: str, request: Request, person: Caller) -> AnswerOut:
    """Take "coming" back: the caller has seen it, and counts no more. When nobody else comes, the alarm goes on rising."""
    transactions: Transactions = request.app.state.transactions

    def job(uow: UnitOfWork) -> AnswerOut:
        withdraw(uow, incident_id, person)
        return _answer(uow, incident_id, person, "community")

    return await transactions.run(job)


@router.post("/dispatch")
async def dispatch_incident(incident_id: str, body: DispatchIn, request: Request, person: Caller) -> IncidentOut:
    """Send the ronda, the RW's officer or a patrol."""
    transactions: Transactions = request.app.state.transactions
    return await transactions.run(lambda uow: _out(uow, dispatch(uow, incident_id, person, body.unit), person))


@router.post("/arrive")
async def arrive_incident(incident_id: str, request: Request, person: Caller) -> IncidentOut:
    """Help is there."""
    transactions: Transactions = request.app.state.transactions
    return await transactions.run(lambda uow: _out(uow, arrive(uow, incident_id, person), person))


@router.post("/resolve")
async def resolve_incident(incident_id: str, body: ResolveIn, request: Request, person: Caller) -> IncidentOut:
    """Say how it ended. Only the RT head or an operator may call it a prank."""
    transactions: Transactions = request.app.state.transactions
    return await transactions.run(
        lambda uow: _out(uow, resolve(uow, incident_id, person, body.disposition, body.note), person)
    )


@router.post("/reopen")
async def reopen_incident(incident_id: str, request: Request, person: Caller) -> IncidentOut:
    """Take it up again, within a day of its end."""
    transactions: Transactions = request.app.state.transactions
    return await transactions.run(lambda uow: _out(uow, reopen(uow, incident_id, person), person))


@router.post("/merge")
async def merge_incident(incident_id: str, body: MergeIn, request: Request, person: Caller) -> IncidentOut:
    """Let it count as part of another incident; `unmerge` undoes it."""
    transactions: Transactions = request.app.state.transactions
    return await transactions.run(lambda uow: _out(uow, merge(uow, incident_id, body.into, person), person))


@router.post("/unmerge")
async def unmerge_incident(incident_id: str, request: Request, person: Caller) -> IncidentOut:
    """Take it out of the other incident; it goes on where it stood."""
    transactions: Transactions = request.app.state.transactions
    return await transactions.run(lambda uow: _out(uow, unmerge(uow, incident_id, person), person))


@router.get("/reclassify")
async def preview_reclassify(incident_id: str, kind: IncidentKind, request: Request, person: Caller) -> SharingOut:
    """What would be shared with whom if the caller made it `kind`."""
    transactions: Transactions = request.app.state.transactions
    found = await transactions.read(lambda uow: preview(uow, incident_id, person, kind))
    return SharingOut(to=found.to, recipients=[*found.recipients], shares=[*found.shares], sounds=found.sounds)


@router.post("/reclassify")
async def reclassify_incident(incident_id: str, body: ReclassifyIn, request: Request, person: Caller) -> IncidentOut:
    """Make it another kind; the incident that goes on, which is another one when the class is."""
    transactions: Transactions = request.app.state.transactions

    def job(uow: UnitOfWork) -> IncidentOut:
        changed = reclassify(
            uow,
            incident_id,
            person,
            body.kind,
            report_id=body.id,
            text=body.text or None,
            understood=body.understood,
        )
        return _out(uow, changed, person)

    return await transactions.run(job)


@router.post("/cancel")
async def cancel_incident(incident_id: str, body: CancelIn, request: Request, person: Caller) -> IncidentOut:
    """Take the caller's own report back, with their PIN, within a minute and while nobody else has reported it."""
    transactions: Transactions = request.app.state.transactions
    pins: PinCheck = request.app.state.pin_check
    await transactions.read(lambda uow: uow.incident_for(person, incident_id))
    verdict = await pins.check(person.id, body.pin)
    if verdict is PinVerdict.UNSET:
        raise ConflictError("You have no PIN yet; set one first, or tell the RT head that it was a mistake.")
    if verdict is PinVerdict.RESTING:
        raise RefusedError(
            "Too many wrong PINs; wait fifteen minutes, or tell the RT head or 110 that it was a mistake."
        )
    if verdict is PinVerdict.WRONG:
        raise RefusedError("That is not your PIN; try again.")

    def job(uow: UnitOfWork) -> IncidentOut | KentonganError:
        refusal = cancel_report(uow, incident_id, person, duress=verdict is PinVerdict.DURESS)
        if refusal is not None:
            return refusal
        return _out(uow, uow.incident_for(person, incident_id), person)

    answer = await transactions.run(job)
    if isinstance(answer, KentonganError):
        raise answer
    return answer


@router.post("/silence")
async def silence_incident(incident_id: str, request: Request, person: Caller) -> dict[str, int]:
    """Stop the noise; the incident lives on. RT head or operator only."""
    transactions: Transactions = request.app.state.transactions
    return {"kentongan": await _tell_all(transactions, partial(silence_alarm, incident_id=incident_id, person=person))}


@router.post("/all-clear")
async def all_clear(incident_id: str, request: Request, person: Caller) -> dict[str, int]:
    """Tell every kentongan that sounded for it to sound the all clear. RT head or operator only."""
    transactions: Transactions = request.app.state.transactions
    return {
        "kentongan": await _tell_all(transactions, partial(sound_all_clear, incident_id=incident_id, person=person))
    }


async def _tell_all(transactions: Transactions, tell: Callable[..., Told]) -> int:
    """Portion after portion, so that nobody's press waits for a whole city; how many in all."""
    told = await transactions.run(tell)
    total = told.kentongan
    while told.following is not None:
        told = await transactions.run(partial(tell, after=told.following))
        total += told.kentongan
    return total


@router.post("/refute")
async def refute(incident_id: str, request: Request, person: Caller) -> dict[str, str]:
    """Keep a waiting alarm from sounding: somebody has looked. The police have it all the same."""
    transactions: Transactions = request.app.state.transactions
    await transactions.run(lambda uow: refute_alarm(uow, incident_id, person))
    return {"alarm": "ended"}


@router.post("/raise")
async def raise_incident(incident_id: str, body: RaiseIn, request: Request, person: Caller) -> dict[str, int]:
    """Widen the alarm by hand, as an operator; how many RTs it has woken beyond its own."""
    transactions: Transactions = request.app.state.transactions
    return {"rts": await transactions.run(lambda uow: raise_by_hand(uow, incident_id, person, body.level))}


def _answer(uow: UnitOfWork, incident_id: str, person: Person, acknowledged: str) -> AnswerOut:
    mine = uow.answers.of_person([incident_id], person.id)[incident_id]
    tally = uow.answers.tallies([incident_id]).get(incident_id, Tally())
    return AnswerOut.model_validate(
        {"acknowledged": acknowledged, "answer": mine, "coming": tally.coming, "seen": tally.seen}
    )


def _out(uow: UnitOfWork, incident: Incident, person: Person) -> IncidentOut:
    true = uow.incidents.incident(incident.id) or incident
    return IncidentOut(**glance(uow, [true], person)[0])
