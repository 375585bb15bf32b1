"""Signing in and out, the second factor, PINs, and access tokens for programs."""

from datetime import datetime, timedelta
from typing import Annotated, Any

import segno
from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kentongan_server.domain.access import AccessToken, ResetOf
from kentongan_server.domain.errors import ConflictError, InvalidError, RefusedError
from kentongan_server.domain.people import Person
from kentongan_server.domain.pin import PinVerdict
from kentongan_server.inbound.http.callers import (
    CallerDetail,
    Callers,
    assert_from_our_pages,
    drop_session,
    keep_session,
)
from kentongan_server.inbound.http.pace import paced
from kentongan_server.inbound.http.problems import Problem
from kentongan_server.inbound.http.strict_json import StrictRoute
from kentongan_server.ports.unit_of_work import Transactions, UnitOfWork
from kentongan_server.use_cases.governing import open_session, prove_second_factor
from kentongan_server.use_cases.governing.issue_token import issue_token, revoke_token
from kentongan_server.use_cases.governing.open_session import Opened, is_privileged
from kentongan_server.use_cases.governing.reset_access import see_resets
from kentongan_server.use_cases.governing.set_pin import set_pin
from kentongan_server.use_cases.governing.sign_in import RESTING, set_login, sign_in

router = APIRouter(prefix="/api/v1", tags=["access"], route_class=StrictRoute)

Short = Annotated[str, StringConstraints(min_length=1, max_length=254)]
Secret = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Code = Annotated[str, StringConstraints(min_length=6, max_length=20)]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SignIn(_In):
    """Phone or e-mail, and the password."""

    name: Short = Field(examples=["0812-3456-7890"])
    password: Secret


class LoginIn(_In):
    """How to sign in from now on. Whoever has a password already gives it."""

    phone: Short | None = None
    email: Short | None = None
    password: Secret
    old_password: Secret | None = None


class CodeIn(_In):
    """Six digits of the app, or a recovery code."""

    code: Code = Field(examples=["123456"])


class PinsIn(_In):
    """The PIN, and the one for when somebody forces you. Whoever has a PIN already gives it."""

    pin: Secret
    duress_pin: Secret | None = None
    old_pin: Secret | None = None


class TokenIn(_In):
    """A token for a program."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    scopes: Annotated[list[Short], Field(min_length=1, max_length=30, examples=[["incidents:read"]])]
    days: int = Field(90, ge=1, le=366)


class SessionOut(BaseModel):
    """One device on which somebody is signed in."""

    id: str
    device: str
    opened_at: datetime
    expires_at: datetime
    this: bool


class ResetOut(BaseModel):
    """Somebody else reset how I get in. `by` is their name; null for whoever owns the machine."""

    what: ResetOf
    at: datetime
    by: str | None = Field(examples=["Pak Slamet"])


class StateOut(BaseModel):
    """Who is signed in, and what is missing: `none`, a `password` of their own, the second factor's `code`, or its
    `enrolment`. Once nothing is missing, the `resets` that they have not seen yet."""

    person: str
    name: str
    pending: bool
    missing: str
    has_pin: bool
    resets: list[ResetOut] = []


class TokenOut(BaseModel):
    """An access token; its text is told only when it is made."""

    id: str
    name: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


class IssuedOut(TokenOut):
    """The token with its text, this once."""

    token: str


@router.post("/session", dependencies=[Depends(paced)])
async def begin_session(body: SignIn, request: Request, response: Response) -> StateOut:
    """Sign in on this device. The cookie is for pages; programs use access tokens."""
    assert_from_our_pages(request)
    state = request.app.state
    device = request.headers.get("user-agent", "unknown")
    opened = await sign_in(state.transactions, state.hasher, state.maker, body.name, body.password, device)
    if opened is None:
        raise Problem(401, "Name and password do not fit each other; try again, or ask your RT head for an invitation.")
    keep_session(request, response, opened)
    return await _state(request, opened.session.person, proven=False)


@router.get("/session")
async def show_session(request: Request, calling: CallerDetail) -> StateOut:
    """Who is signed in here, and what is missing."""
    return await _state(request, calling.person.id, proven=calling.proven)


@router.delete("/session", status_code=204)
async def end_this_session(request: Request, response: Response, calling: CallerDetail) -> None:
    """Sign out on this device."""
    session = own_session(calling.session)
    await _run(request, lambda uow: open_session.end_session(uow, calling.person.id, session))
    forget_caller(request, calling.person.id)
    drop_session(request, response)


@router.get("/sessions")
async def list_sessions(request: Request, calling: CallerDetail) -> list[SessionOut]:
    """The devices on which I am signed in."""
    found = await _read(request, lambda uow: uow.access.sessions_of(calling.person.id, uow.now()))
    return [
        SessionOut(
            id=one.id,
            device=one.device,
            opened_at=one.opened_at,
            expires_at=one.expires_at,
            this=one.id == calling.session,
        )
        for one in found
    ]


@router.delete("/sessions/{session_id}", status_code=204)
async def end_other_session(session_id: str, request: Request, calling: CallerDetail) -> None:
    """Sign out on another device."""
    await _run(request, lambda uow: open_session.end_session(uow, calling.person.id, session_id))
    forget_caller(request, calling.person.id)


@router.post("/session/second-factor")
async def prove_this_session(body: CodeIn, request: Request, response: Response, calling: CallerDetail) -> StateOut:
    """Prove this session with the app's code or a recovery code; it gets a new cookie."""
    session, person, state = own_session(calling.session), calling.person.id, request.app.state
    await _run(request, lambda uow: prove_second_factor.count_try(uow, person))
    opened: Opened = await _run(
        request,
        lambda uow: prove_second_factor.prove(uow, state.codes, state.maker, person, session, body.code),
    )
    forget_caller(request, person)
    keep_session(request, response, opened)
    return await _state(request, person, proven=True)


@router.post("/me/second-factor")
async def begin_second_factor(request: Request, calling: CallerDetail) -> dict[str, str]:
    """Begin to enrol an authenticator app: its secret, as text and as a QR code, shown this once."""
    own_session(calling.session)
    person, codes = calling.person, request.app.state.codes
    begun: prove_second_factor.Enrolment = await _run(
        request, lambda uow: prove_second_factor.begin_enrolment(uow, codes, person.id, person.name)
    )
    picture = segno.make(begun.address, error="m").svg_inline(scale=4, border=2)
    return {"secret": begun.secret, "address": begun.address, "svg": picture}


@router.post("/me/second-factor/confirm")
async def confirm_second_factor(
    body: CodeIn, request: Request, response: Response, calling: CallerDetail
) -> dict[str, list[str]]:
    """Confirm the app with its first code. The recovery codes are told this once: write them down."""
    session, person, state = own_session(calling.session), calling.person.id, request.app.state
    await _run(request, lambda uow: prove_second_factor.count_try(uow, person))
    opened, recovery = await _run(
        request,
        lambda uow: prove_second_factor.confirm_enrolment(uow, state.codes, state.maker, person, session, body.code),
    )
    forget_caller(request, person)
    keep_session(request, response, opened)
    return {"recovery_codes": recovery}


@router.post("/me/resets/seen", status_code=204)
async def say_seen(request: Request, calling: CallerDetail) -> None:
    """I have read that somebody else reset how I get in. Not before I am wholly signed in: who is not may not hide it."""
    own_session(calling.session)

    def job(uow: UnitOfWork) -> None:
        person = uow.people.person(calling.person.id, uow.now())
        if person is None or _missing(uow, person, proven=calling.proven) != "none":
            raise ConflictError("Finish signing in first; GET /api/v1/session says what is missing.")
        see_resets(uow, person.id)

    await _run(request, job)


@router.put("/me/login", status_code=204)
async def put_login(body: LoginIn, request: Request, response: Response, calling: CallerDetail) -> None:
    """Choose phone, e-mail and password. Every other device is signed out."""
    session, person, state = own_session(calling.session), calling.person.id, request.app.state
    known = await _read(request, lambda uow: uow.access.login(person))
    if known is not None and not await state.hasher.fits(body.old_password or "", known.password_hash):
        raise RefusedError("Give your present password as old_password.")
    if known is not None and known.one_time and body.password == body.old_password:
        raise InvalidError(
            "That password was for the first time only, since somebody else has seen it; choose another."
        )
    phone, email = body.phone, body.email
    if known is not None and known.one_time:  # a password is chosen here, no name is taken away
        phone, email = phone or known.phone, email or known.email
    await set_login(state.transactions, state.hasher, person, phone, email, body.password)
    opened = await _run(request, lambda uow: open_session.rotate_session(uow, state.maker, person, session))
    forget_caller(request, person)
    keep_session(request, response, opened)


@router.put("/me/pin", status_code=204)
async def put_pin(body: PinsIn, request: Request, calling: CallerDetail) -> None:
    """Choose the PIN that cancels an alarm, and one for when somebody forces you to."""
    own_session(calling.session)
    state, person = request.app.state, calling.person.id
    verdict = await state.pin_check.check(person, body.old_pin or "")
    if verdict is PinVerdict.RESTING:
        raise Problem(429, RESTING)
    if verdict is PinVerdict.WRONG:
        raise RefusedError("Give your present PIN as old_pin.")
    if verdict is PinVerdict.DURESS:
        return  # whoever forces them must believe that it worked, and the true PINs stay
    await set_pin(state.transactions, state.hasher, person, body.pin, body.duress_pin)


@router.get("/tokens")
async def list_tokens(request: Request, calling: CallerDetail) -> list[TokenOut]:
    """My access tokens; never their texts."""
    found = await _read(request, lambda uow: uow.access.tokens_of(calling.person.id))
    return [TokenOut(**_shown(token)) for token in found]


@router.post("/tokens", status_code=201)
async def make_token(body: TokenIn, request: Request, calling: CallerDetail) -> IssuedOut:
    """Make an access token for a program; its text is told this once."""
    maker = request.app.state.maker
    issued = await _run(
        request,
        lambda uow: issue_token(uow, maker, calling, body.name, frozenset(body.scopes), timedelta(days=body.days)),
    )
    return IssuedOut(**_shown(issued.token), token=issued.text)


@router.delete("/tokens/{token_id}", status_code=204)
async def drop_token(token_id: str, request: Request, calling: CallerDetail) -> None:
    """Revoke one of my access tokens."""
    await _run(request, lambda uow: revoke_token(uow, calling.person.id, token_id))
    forget_caller(request, calling.person.id)


def _missing(uow: UnitOfWork, person: Person, *, proven: bool) -> str:
    login = uow.access.login(person.id)
    if login is not None and login.one_time:
        return "password"
    if is_privileged(person) and not proven:
        factor = uow.access.second_factor(person.id)
        return "code" if factor is not None and factor.confirmed else "enrolment"
    return "none"


def _resets(uow: UnitOfWork, person_id: str) -> list[ResetOut]:
    found = []
    for one in uow.access.unseen_resets(person_id):
        by = None if one.by is None else uow.people.person(one.by, uow.now())
        found.append(ResetOut(what=one.what, at=one.at, by=by and by.name))
    return found


async def _state(request: Request, person_id: str, *, proven: bool) -> StateOut:
    def look(uow: UnitOfWork) -> StateOut:
        person = uow.people.person(person_id, uow.now())
        if person is None:
            raise Problem(401, "There is no such person any more.")
        missing = _missing(uow, person, proven=proven)
        return StateOut(
            person=person.id,
            name=person.name,
            pending=not person.memberships,
            missing=missing,
            has_pin=uow.people.pin(person_id) is not None,
            resets=_resets(uow, person_id) if missing == "none" else [],
        )

    found: StateOut = await _read(request, look)
    return found


def _shown(token: AccessToken) -> dict[str, Any]:
    return {
        "id": token.id,
        "name": token.name,
        "scopes": sorted(token.scopes),
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "revoked_at": token.revoked_at,
    }


def own_session(session: str | None) -> str:
    """The caller's session; RefusedError for an access token, which is a program's."""
    if session is None:
        raise RefusedError("This is for a signed-in person; an access token cannot do it.")
    return session


def forget_caller(request: Request, person_id: str) -> None:
    """Let nobody be remembered whose sessions, tokens or roles have just changed."""
    callers: Callers = request.app.state.callers
    callers.forget(person_id)


async def _run(request: Request, job: Any) -> Any:
    transactions: Transactions = request.app.state.transactions
    return await transactions.run(job)


async def _read(request: Request, query: Any) -> Any:
    transactions: Transactions = request.app.state.transactions
    return await transactions.read(query)
