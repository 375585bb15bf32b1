"""An RT head invites: a code for so many people and so long, printed as QR, that can be taken back at any time."""

from dataclasses import dataclass, replace
from datetime import timedelta

from kentongan_server.domain.admission import Invitation, assert_good_invitation
from kentongan_server.domain.errors import UnknownError
from kentongan_server.domain.events import Noted
from kentongan_server.domain.granting import assert_may_grant
from kentongan_server.domain.people import Membership, Person, Role
from kentongan_server.ports.secret_maker import SecretMaker
from kentongan_server.ports.unit_of_work import UnitOfWork

NOBODY = ""  # an invitation is for nobody known yet


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation and its code, told once."""

    invitation: Invitation
    code: str


def assert_may_admit(person: Person, region: str) -> None:
    """RefusedError unless this person may make somebody a resident there."""
    assert_may_grant(person, NOBODY, Membership(Role.RESIDENT, region, True))


def invite(uow: UnitOfWork, maker: SecretMaker, head: Person, region: str, uses: int, lasts: timedelta) -> Invited:
    """A new invitation to the head's RT."""
    assert_may_admit(head, region)
    assert_good_invitation(uses, lasts)
    found = uow.places.region(region)
    if found is None or found.has_ended:
        raise UnknownError("There is no such RT today; ask GET /api/v1/regions for yours.")
    now, code = uow.now(), maker.token()
    invitation = Invitation(uow.new_id(), region, maker.fingerprint(code), head.id, now, now + lasts, uses)
    uow.admissions.put_invitation(invitation)
    facts = {"invitation": invitation.id, "region": region, "uses": uses}
    uow.happened(Noted(actor=head.id, what="invitation_made", data=facts))
    return Invited(invitation, code)


def revoke_invitation(uow: UnitOfWork, head: Person, invitation_id: str) -> None:
    """Nobody gets in by it any more; repeating changes nothing."""
    invitation = uow.admissions.invitation(invitation_id)
    if invitation is None or not head.sees(invitation.region):
        raise UnknownError("There is no such invitation, or it is not yours to see.")
    assert_may_admit(head, invitation.region)
    if invitation.revoked_at is None:
        uow.admissions.put_invitation(replace(invitation, revoked_at=uow.now()))
        uow.happened(Noted(actor=head.id, what="invitation_revoked", data={"invitation": invitation_id}))
