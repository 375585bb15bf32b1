"""Take a role back; it ends at once, and the record keeps that it was held."""

from dataclasses import replace

from kentongan_server.domain.errors import RefusedError, UnknownError
from kentongan_server.domain.events import Noted
from kentongan_server.domain.granting import Grant, may_revoke
from kentongan_server.domain.people import Person
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.governing.grant_role import facts_of


def revoke_role(uow: UnitOfWork, revoker: Person, grant_id: str) -> Grant:
    """The grant as it ended; repeating changes nothing. RefusedError unless the revoker may give such a role there."""
    grant = uow.people.grant(grant_id)
    if grant is None:
        raise UnknownError("There is no such grant, or it is not yours to see.")
    if not may_revoke(revoker, grant):
        if not revoker.sees(grant.membership.region or ""):
            raise UnknownError("There is no such grant, or it is not yours to see.")
        raise RefusedError("Only the holder, or somebody who may give this role there, may take it back.")
    if grant.revoked_at is not None:
        return grant
    ended = replace(grant, revoked_by=revoker.id, revoked_at=uow.now())
    uow.people.set_grant(ended)
    uow.happened(Noted(actor=revoker.id, what="role_revoked", data=facts_of(ended)))
    return ended
