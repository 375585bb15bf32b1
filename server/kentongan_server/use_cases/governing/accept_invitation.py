"""Accept an invitation: give a name, wait for the RT head. The device is signed in at once, for the panic button works.

Whoever is signed in already stays the same person. The same id again, within ten minutes, is the same request: it costs
no second use of the invitation.
"""

from dataclasses import dataclass, replace

from kentongan_server.domain.admission import REPEATED_WITHIN, Admission, AdmissionState, Invitation, good_name
from kentongan_server.domain.consent import Purpose
from kentongan_server.domain.errors import ConflictError, UnknownError
from kentongan_server.domain.events import Noted
from kentongan_server.domain.people import Person, Role
from kentongan_server.domain.place import Region
from kentongan_server.ports.secret_maker import SecretMaker
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.governing.consent import agree
from kentongan_server.use_cases.governing.open_session import Opened, open_session

SHUT = "This invitation is not valid, or not any more; ask your RT head for a new one."


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody says who was invited; `id` is made by their device."""

    id: str
    code: str
    name: str
    phone: str | None
    known: Person | None
    device: str
    consent: str | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """The RT that was asked, and the session of the new person; None for one who is signed in already."""

    region: Region
    opened: Opened | None


def look_at_invitation(uow: UnitOfWork, maker: SecretMaker, code: str) -> Region:
    """The RT to which the code invites; UnknownError when it invites nobody any more."""
    return _region(uow, _open_invitation(uow, maker, code))


def accept_invitation(uow: UnitOfWork, maker: SecretMaker, asked: Asked) -> Accepted:
    """Keep the request. UnknownError for a code that is not valid, ConflictError for who belongs there, or has asked."""
    repeated = uow.admissions.admission(asked.id)
    if repeated is not None:
        return _again(uow, maker, asked, repeated)
    invitation = _open_invitation(uow, maker, asked.code)
    region = _region(uow, invitation)
    name = asked.known.name if asked.known else good_name(asked.name)
    person = asked.known or Person(uow.new_id(), name, ())
    if asked.known is None:
        uow.people.add_person(person.id, name)
    elif person.has(Role.RESIDENT, region.code):
        raise ConflictError("You belong to this RT already.")
    elif any(one.person == person.id for one in uow.admissions.pending(region.code)):
        raise ConflictError("You have asked this RT already; its head will decide.")
    if asked.consent is not None:
        agree(uow, person.id, Purpose.MEMBERSHIP, asked.consent)
    uow.admissions.put_invitation(replace(invitation, used=invitation.used + 1))
    admission = Admission(asked.id, person.id, name, asked.phone, region.code, invitation.id, uow.now())
    uow.admissions.put_admission(admission)
    facts = {"admission": admission.id, "region": region.code, "invitation": invitation.id}
    uow.happened(Noted(actor=person.id, what="admission_asked", data=facts))
    return Accepted(region, None if asked.known else open_session(uow, maker, person, asked.device))


def _again(uow: UnitOfWork, maker: SecretMaker, asked: Asked, known: Admission) -> Accepted:
    invitation = uow.admissions.invitation_by_code(maker.fingerprint(asked.code))
    same = invitation is not None and invitation.id == known.invitation and known.state is AdmissionState.PENDING
    if invitation is None or not same or uow.now() >= known.asked_at + REPEATED_WITHIN:
        raise ConflictError("This id was already used for another request; make a new ULID for a new one.")
    if asked.known is not None and asked.known.id == known.person:
        return Accepted(_region(uow, invitation), None)
    person = uow.people.person(known.person, uow.now())
    if person is None or person.memberships:
        raise ConflictError("This request is somebody's who is known already; sign in instead.")
    return Accepted(_region(uow, invitation), open_session(uow, maker, person, asked.device))


def _open_invitation(uow: UnitOfWork, maker: SecretMaker, code: str) -> Invitation:
    invitation = uow.admissions.invitation_by_code(maker.fingerprint(code))
    if invitation is None or not invitation.is_open(uow.now()):
        raise UnknownError(SHUT)
    return invitation


def _region(uow: UnitOfWork, invitation: Invitation) -> Region:
    region = uow.places.region(invitation.region)
    if region is None or region.has_ended:
        raise UnknownError(SHUT)
    return region
