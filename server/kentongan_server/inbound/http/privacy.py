"""The rights that UU 27/2022 gives: to know what one agreed to and withdraw it, to have one's data, and to be forgotten."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kentongan_server.domain.consent import CONSEQUENCES, TEXTS, VERSION, Consent, Erasure, Purpose, says_the_same
from kentongan_server.domain.errors import InvalidError, RefusedError, UnknownError
from kentongan_server.domain.pin import PinVerdict
from kentongan_server.domain.retention import KEPT
from kentongan_server.inbound.http.access import forget_caller, own_session
from kentongan_server.inbound.http.callers import CallerDetail
from kentongan_server.inbound.http.problems import Problem
from kentongan_server.inbound.http.strict_json import StrictRoute
from kentongan_server.ports.unit_of_work import Transactions
from kentongan_server.use_cases.governing.ask_erasure import ask_erasure, think_again
from kentongan_server.use_cases.governing.consent import agree, withdraw
from kentongan_server.use_cases.governing.erase_person import tell_person
from kentongan_server.use_cases.governing.sign_in import RESTING, take_try

router = APIRouter(prefix="/api/v1", tags=["access"], route_class=StrictRoute)
Version = Annotated[str, Query(min_length=1, max_length=32, examples=[VERSION])]
Secret = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class TextOut(BaseModel):
    """What is asked, in two languages, and what withdrawing it means."""

    purpose: Purpose
    version: str
    id: str
    en: str
    consequence_id: str = Field(examples=[CONSEQUENCES[Purpose.MEMBERSHIP]["id"]])
    consequence_en: str = Field(examples=[CONSEQUENCES[Purpose.MEMBERSHIP]["en"]])


class ConsentIn(BaseModel):
    """Which words one agrees to."""

    model_config = ConfigDict(extra="forbid")
    purpose: Purpose
    version: Annotated[str, StringConstraints(min_length=1, max_length=32)] = Field(examples=[VERSION])


class ConsentOut(BaseModel):
    """What was agreed to, in which version of the words, when, and when it was withdrawn. `current`: those words are in force."""

    purpose: Purpose
    version: str
    agreed_at: datetime
    withdrawn_at: datetime | None
    current: bool


class MyDataOut(BaseModel):
    """All that is held about the caller, by category."""

    person: str
    at: datetime
    data: dict[str, list[dict[str, Any]]] = Field(examples=[{"name": [{"name": "Bu Sari"}]}])


class ErasureIn(BaseModel):
    """The caller's password or PIN: a phone left on the table must not erase its owner."""

    model_config = ConfigDict(extra="forbid")
    password: Secret | None = None
    pin: Secret | None = None


class KeptOut(BaseModel):
    """What stays, and why; `id` is both in Bahasa Indonesia."""

    what: str = Field(examples=["what the police were sent"])
    why: str = Field(examples=["it is theirs now, under their own law; ask them"])
    id: str = Field(examples=[KEPT[-1][2]])


class ErasureOut(BaseModel):
    """When it is done, and what cannot be erased. It can be taken back until then."""

    asked_at: datetime
    due_at: datetime
    kept: list[KeptOut]


@router.get("/consent-texts")
async def list_consent_texts(version: Version = VERSION) -> list[TextOut]:
    """The words in force, for everybody to read before they agree; or those of the `version` to which somebody once did."""
    if version not in TEXTS:
        raise UnknownError("There were never words of this version; leave it out for those in force.")
    return [
        TextOut(
            purpose=purpose,
            version=version,
            id=words["id"],
            en=words["en"],
            consequence_id=CONSEQUENCES[purpose]["id"],
            consequence_en=CONSEQUENCES[purpose]["en"],
        )
        for purpose, words in TEXTS[version].items()
    ]


@router.get("/me/consents")
async def my_consents(request: Request, calling: CallerDetail) -> list[ConsentOut]:
    """What I agreed to, the newest first."""
    transactions: Transactions = request.app.state.transactions
    found = await transactions.read(lambda uow: uow.consents.of_person(calling.person.id))
    return [_consent_out(one) for one in found]


@router.post("/me/consents")
async def give_consent(body: ConsentIn, request: Request, calling: CallerDetail) -> ConsentOut:
    """Agree; repeating changes nothing."""
    own_session(calling.session)
    transactions: Transactions = request.app.state.transactions
    return _consent_out(await transactions.run(lambda uow: agree(uow, calling.person.id, body.purpose, body.version)))


@router.delete("/me/consents/{purpose}")
async def withdraw_consent(purpose: Purpose, request: Request, calling: CallerDetail) -> ConsentOut:
    """Withdraw it. What follows is said in the words: roles end, or channels are removed."""
    own_session(calling.session)
    transactions: Transactions = request.app.state.transactions
    withdrawn = await transactions.run(lambda uow: withdraw(uow, calling.person, purpose))
    forget_caller(request, calling.person.id)
    return _consent_out(withdrawn)


@router.get("/me/data")
async def my_data(request: Request, response: Response, calling: CallerDetail) -> MyDataOut:
    """Everything that is held about me. For a signed-in device only; secrets and their hashes are left out."""
    own_session(calling.session)
    transactions: Transactions = request.app.state.transactions
    response.headers["Cache-Control"] = "no-store"
    return MyDataOut(**await transactions.read(lambda uow: tell_person(uow, calling.person.id)))


@router.get("/me/erasure")
async def show_erasure(request: Request, calling: CallerDetail) -> ErasureOut | None:
    """My wish to be forgotten, if I have asked; else null."""
    transactions: Transactions = request.app.state.transactions
    wish = await transactions.read(lambda uow: uow.consents.erasure(calling.person.id))
    return None if wish is None else _erasure_out(wish)


@router.post("/me/erasure", status_code=202)
async def request_erasure(body: ErasureIn, request: Request, calling: CallerDetail) -> ErasureOut:
    """Ask to be forgotten, with my password or PIN. It is done three days later; what must stay is said, with the reason."""
    own_session(calling.session)
    transactions: Transactions = request.app.state.transactions
    person = calling.person.id
    is_free = await _is_confirmed(request, person, body)
    return _erasure_out(await transactions.run(lambda uow: ask_erasure(uow, person, forced=not is_free)))


@router.delete("/me/erasure", status_code=204)
async def withdraw_erasure(request: Request, calling: CallerDetail) -> None:
    """I have thought again."""
    own_session(calling.session)
    transactions: Transactions = request.app.state.transactions
    await transactions.run(lambda uow: think_again(uow, calling.person.id))


async def _is_confirmed(request: Request, person: str, body: ErasureIn) -> bool:
    """False for the duress PIN. RefusedError when password or PIN do not fit, InvalidError without either."""
    state = request.app.state
    transactions: Transactions = state.transactions
    if body.password is not None:
        await transactions.run(lambda uow: take_try(uow, f"erasure/{person}"))
        login = await transactions.read(lambda uow: uow.access.login(person))
        if not await state.hasher.fits(body.password, None if login is None else login.password_hash):
            raise RefusedError("That is not your password; try again, or confirm with your PIN.")
        await transactions.run(lambda uow: uow.access.forget_tries(f"erasure/{person}"))
        return True
    if body.pin is None:
        raise InvalidError("Give your password or your PIN, so that nobody else can ask for this.")
    verdict = await state.pin_check.check(person, body.pin)
    if verdict is PinVerdict.RESTING:
        raise Problem(429, RESTING)
    if verdict in (PinVerdict.WRONG, PinVerdict.UNSET):
        raise RefusedError("That is not your PIN; try again, or confirm with your password.")
    return verdict is PinVerdict.OK


def _consent_out(consent: Consent) -> ConsentOut:
    return ConsentOut(
        purpose=consent.purpose,
        version=consent.version,
        agreed_at=consent.agreed_at,
        withdrawn_at=consent.withdrawn_at,
        current=says_the_same(consent.version, consent.purpose),
    )


def _erasure_out(wish: Erasure) -> ErasureOut:
    kept = [KeptOut(what=what, why=why, id=said) for what, why, said in KEPT]
    return ErasureOut(asked_at=wish.asked_at, due_at=wish.shown_due_at, kept=kept)
