"""Neighbours: inviting, admitting, and giving roles."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, Any, TypeVar

import segno
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from kentongan_server.domain.admission import AdmissionState, Invitation
from kentongan_server.domain.errors import RefusedError
from kentongan_server.domain.granting import Grant
from kentongan_server.domain.people import Person, Role
from kentongan_server.inbound.http.callers import Caller, Callers, assert_from_our_pages, keep_session, session_cookie
from kentongan_server.inbound.http.pace import paced
from kentongan_server.inbound.http.strict_json import StrictRoute
from kentongan_server.inbound.http.views import RegionCode, Ulid
from kentongan_server.ports.unit_of_work import Transactions, UnitOfWork
from kentongan_server.use_cases.governing.accept_invitation import Asked, accept_invitation, look_at_invitation
from kentongan_server.use_cases.governing.decide_admission import approve_admission, refuse_admission
from kentongan_server.use_cases.governing.grant_role import Wanted, grant_role
from kentongan_server.use_cases.governing.invite import assert_may_admit, invite, revoke_invitation
from kentongan_server.use_cases.governing.reset_access import reset_second_factor_for
from kentongan_server.use_cases.governing.revoke_role import revoke_role
from kentongan_server.use_cases.governing.vouch import vouch

router = APIRouter(prefix="/api/v1", tags=["people"], route_class=StrictRoute)
Result = TypeVar("Result")
Code = Annotated[
    str, StringConstraints(min_length=10, max_length=100), Field(examples=["n1bXq0Zk5fJwB2yT7vRcA9LdE3hU6sGi"])
]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class InviteIn(_In):
    """An invitation for so many people and so many hours."""

    region: RegionCode
    uses: int = Field(1, ge=1, le=200)
    hours: int = Field(72, ge=1, le=744)


class InvitationOut(BaseModel):
    """An invitation; its code is told only when it is made."""

    id: str
    region: str
    expires_at: datetime
    uses: int
    used: int
    open: bool


class InvitedOut(InvitationOut):
    """The invitation as it is handed on, this once: an address, and its QR code as SVG."""

    address: str
    svg: str


class LookIn(_In):
    """The code of an invitation: what follows the # in its address."""

    code: Code


class AcceptIn(LookIn):
    """Who accepts. The id is made by the device, so that repeating is harmless."""

    id: Ulid
    name: Annotated[str, StringConstraints(max_length=200)] = ""
    phone: Annotated[str, StringConstraints(max_length=32, pattern=r"^[0-9+ ()-]*$")] | None = None
    consent: Annotated[str, StringConstraints(min_length=1, max_length=32)] | None = Field(
        None, examples=["2026-11"], description="The version of the membership's words that they agree to"
    )


class PlaceOut(BaseModel):
    """The RT one is invited to."""

    region: str
    name: str


class AdmissionOut(BaseModel):
    """Somebody who waits for the RT head."""

    id: str
    name: str
    phone: str | None
    region: str
    asked_at: datetime
    state: AdmissionState


class GrantIn(_In):
    """The role to give."""

    person: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    role: Role
    region: RegionCode | None = None
    valid_from: AwareDatetime | None = None
    valid_until: AwareDatetime | None = None


class GrantOut(BaseModel):
    """A role as it was given."""

    id: str
    person: str
    name: str
    role: Role
    region: str | None
    vouched: bool
    valid_from: datetime | None
    valid_until: datetime | None
    granted_by: str | None
    granted_at: datetime | None
    revoked_at: datetime | None


@router.post("/invitations", status_code=201)
async def make_invitation(body: InviteIn, request: Request, person: Caller) -> InvitedOut:
    """Invite to one's own RT. Hand the QR code on; it is shown this once."""
    maker = request.app.state.maker
    lasts = timedelta(hours=body.hours)
    made = await _run(request, lambda uow: invite(uow, maker, person, body.region, body.uses, lasts))
    base = request.app.state.public_url or str(request.base_url)
    address = f"{base.rstrip('/')}/join#{made.code}"  # what follows the # is never sent, so no log keeps it
    picture = segno.make(address, error="m").svg_inline(scale=6, border=3)
    return InvitedOut(**_shown(made.invitation, is_open=True), address=address, svg=picture)


@router.get("/invitations")
async def list_invitations(
    request: Request, person: Caller, region: Annotated[str, Query(max_length=64)]
) -> list[InvitationOut]:
    """The invitations to an RT whose people I may admit."""
    assert_may_admit(person, region)

    def look(uow: UnitOfWork) -> list[InvitationOut]:
        found = uow.admissions.invitations_of(region)
        return [InvitationOut(**_shown(one, is_open=one.is_open(uow.now()))) for one in found]

    return await _read(request, look)


@router.delete("/invitations/{invitation_id}", status_code=204)
async def drop_invitation(invitation_id: str, request: Request, person: Caller) -> None:
    """Take an invitation back."""
    await _run(request, lambda uow: revoke_invitation(uow, person, invitation_id))


@router.post("/invitations/look", dependencies=[Depends(paced)])
async def look_at_code(body: LookIn, request: Request) -> PlaceOut:
    """The RT to which a code invites; open to whoever holds the code."""
    maker = request.app.state.maker
    region = await _read(request, lambda uow: look_at_invitation(uow, maker, body.code))
    return PlaceOut(region=region.code, name=region.name)


@router.post("/invitations/accept", status_code=202, dependencies=[Depends(paced)])
async def accept_code(body: AcceptIn, request: Request, response: Response) -> PlaceOut:
    """Ask to be admitted, with the code of an invitation. The device is signed in; only the panic button works yet."""
    assert_from_our_pages(request)
    maker, callers = request.app.state.maker, request.app.state.callers
    cookie = session_cookie(request)
    known = await callers.calling(cookie, session=True) if cookie else None
    device = request.headers.get("user-agent", "unknown")
    person = known.person if known else None
    asked = Asked(body.id, body.code, body.name, body.phone or None, person, device, body.consent)
    accepted = await _run(request, lambda uow: accept_invitation(uow, maker, asked))
    if accepted.opened is not None:
        keep_session(request, response, accepted.opened)
    return PlaceOut(region=accepted.region.code, name=accepted.region.name)


@router.get("/admissions")
async def list_admissions(
    request: Request, person: Caller, region: Annotated[str, Query(max_length=64)]
) -> list[AdmissionOut]:
    """Those who wait to be admitted to an RT whose people I may admit."""
    assert_may_admit(person, region)
    found = await _read(request, lambda uow: uow.admissions.pending(region))
    return [AdmissionOut.model_validate(one, from_attributes=True) for one in found]


@router.post("/admissions/{admission_id}/approve")
async def approve_person(admission_id: str, request: Request, person: Caller) -> AdmissionOut:
    """They live here: a resident from now on, vouched for by me."""
    decided = await _run(request, lambda uow: approve_admission(uow, person, admission_id))
    _forget(request, decided.person)
    return AdmissionOut.model_validate(decided, from_attributes=True)


@router.post("/admissions/{admission_id}/refuse")
async def refuse_person(admission_id: str, request: Request, person: Caller) -> AdmissionOut:
    """They do not live here."""
    decided = await _run(request, lambda uow: refuse_admission(uow, person, admission_id))
    _forget(request, decided.person)
    return AdmissionOut.model_validate(decided, from_attributes=True)


@router.get("/grants")
async def list_grants(
    request: Request, person: Caller, region: Annotated[str | None, Query(max_length=64)] = None
) -> list[GrantOut]:
    """The roles held in a region and below it. For RT heads and the city's admins, within their own region."""
    if not any(m.role in (Role.RT_HEAD, Role.CITY_ADMIN) and m.covers(region) for m in person.memberships):
        raise RefusedError(
            "Only the RT head and the city's admin see who holds which role there; name your own region."
        )

    def look(uow: UnitOfWork) -> list[GrantOut]:
        return [_grant(uow, grant) for grant in uow.people.grants_within(region, uow.now())]

    return await _read(request, look)


@router.post("/grants", status_code=201)
async def make_grant(body: GrantIn, request: Request, person: Caller) -> GrantOut:
    """Give a role, downwards and within one's own region."""
    wanted = Wanted(body.person, body.role, body.region, body.valid_from, body.valid_until)
    made = await _run(request, lambda uow: _grant(uow, grant_role(uow, person, wanted)))
    _forget(request, body.person)
    return made


@router.delete("/grants/{grant_id}")
async def drop_grant(grant_id: str, request: Request, person: Caller) -> GrantOut:
    """Take a role back, or lay one's own down."""
    ended = await _run(request, lambda uow: _grant(uow, revoke_role(uow, person, grant_id)))
    _forget(request, ended.person)
    return ended


@router.post("/grants/{grant_id}/vouch")
async def vouch_for_person(grant_id: str, request: Request, person: Caller) -> GrantOut:
    """Vouch for a resident: their panic sounds the RT at once from now on."""
    vouched = await _run(request, lambda uow: _grant(uow, vouch(uow, person, grant_id)))
    _forget(request, vouched.person)
    return vouched


@router.delete("/people/{person_id}/second-factor", status_code=204)
async def reset_second_factor(person_id: str, request: Request, person: Caller) -> None:
    """For a lost phone: they are signed out everywhere, told of it, and enrol anew. By whoever may give them their roles."""
    await _run(request, lambda uow: reset_second_factor_for(uow, person, person_id))
    _forget(request, person_id)


def _shown(invitation: Invitation, *, is_open: bool) -> dict[str, Any]:
    return {
        "id": invitation.id,
        "region": invitation.region,
        "expires_at": invitation.expires_at,
        "uses": invitation.uses,
        "used": invitation.used,
        "open": is_open,
    }


def _grant(uow: UnitOfWork, grant: Grant) -> GrantOut:
    person: Person | None = uow.people.person(grant.person, uow.now())
    return GrantOut(
        id=grant.id,
        person=grant.person,
        name="" if person is None else person.name,
        role=grant.membership.role,
        region=grant.membership.region,
        vouched=grant.membership.vouched,
        valid_from=grant.membership.valid_from,
        valid_until=grant.membership.valid_until,
        granted_by=grant.granted_by,
        granted_at=grant.granted_at,
        revoked_at=grant.revoked_at,
    )


def _forget(request: Request, person_id: str) -> None:
    callers: Callers = request.app.state.callers
    callers.forget(person_id)


async def _run(request: Request, job: Callable[[UnitOfWork], Result]) -> Result:
    transactions: Transactions = request.app.state.transactions
    return await transactions.run(job)


async def _read(request: Request, query: Callable[[UnitOfWork], Result]) -> Result:
    transactions: Transactions = request.app.state.transactions
    return await transactions.read(query)
