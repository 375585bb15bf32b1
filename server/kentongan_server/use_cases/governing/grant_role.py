"""Give a role to somebody, downwards and for a time; the table of `domain.granting` decides."""

from dataclasses import dataclass
from datetime import datetime

from kentongan_server.domain.errors import ConflictError, InvalidError, UnknownError
from kentongan_server.domain.events import Noted
from kentongan_server.domain.granting import Grant, assert_fits_level, assert_may_grant
from kentongan_server.domain.people import Membership, Person, Role
from kentongan_server.ports.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Wanted:
    """The role that is to be given; without `valid_from` it holds at once, without `valid_until` for good."""

    person: str
    role: Role
    region: str | None
    valid_from: datetime | None = None
    valid_until: datetime | None = None


def grant_role(uow: UnitOfWork, grantor: Person, wanted: Wanted) -> Grant:
    """Keep the grant. RefusedError beyond the grantor's power, ConflictError for what is held already."""
    now = uow.now()
    assert_fits_level(wanted.role, wanted.region)
    _assert_period(wanted, now)
    membership = Membership(wanted.role, wanted.region, True, wanted.valid_from or now, wanted.valid_until)
    assert_may_grant(grantor, wanted.person, membership)
    return keep_grant(uow, grantor.id, wanted.person, membership)


def keep_grant(uow: UnitOfWork, grantor: str, to: str, membership: Membership) -> Grant:
    """Write a grant that the grantor was found to be allowed."""
    now = uow.now()
    if uow.people.person(to, now) is None:
        raise UnknownError("There is no such person; invite them first.")
    if membership.region is not None and uow.places.region(membership.region) is None:
        raise UnknownError("There is no such region; ask GET /api/v1/regions for yours.")
    for grant in uow.people.grants_of(to):
        held = grant.membership
        if (held.role, held.region) == (membership.role, membership.region) and _overlap(grant, membership):
            raise ConflictError(f"This person is {membership.role} there already; revoke that first to change it.")
    grant = Grant(uow.new_id(), to, membership, grantor, now)
    uow.people.add_grant(grant)
    uow.happened(Noted(actor=grantor, what="role_granted", data=facts_of(grant)))
    return grant


def facts_of(grant: Grant) -> dict[str, str | None]:
    """What the record keeps of a grant."""
    until = grant.membership.valid_until
    return {
        "grant": grant.id,
        "person": grant.person,
        "role": grant.membership.role,
        "region": grant.membership.region,
        "valid_until": None if until is None else until.isoformat(),
    }


def _assert_period(wanted: Wanted, now: datetime) -> None:
    begins = wanted.valid_from or now
    if wanted.valid_from is not None and wanted.valid_from < now:
        raise InvalidError("A role cannot begin in the past; leave valid_from out to begin now.")
    if wanted.valid_until is not None and wanted.valid_until <= begins:
        raise InvalidError("A role must end after it begins; name a later valid_until.")


def _overlap(grant: Grant, wanted: Membership) -> bool:
    held = grant.membership
    ends_before = (
        held.valid_until is not None and wanted.valid_from is not None and held.valid_until <= wanted.valid_from
    )
    begins_after = (
        wanted.valid_until is not None and held.valid_from is not None and wanted.valid_until <= held.valid_from
    )
    return grant.revoked_at is None and not ends_before and not begins_after
