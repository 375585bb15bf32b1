"""Vouch for a resident who is not vouched for yet; from then on their panic sounds the RT at once."""

from dataclasses import replace

from kentongan_server.domain.errors import RefusedError, UnknownError
from kentongan_server.domain.events import Noted
from kentongan_server.domain.granting import Grant, assert_may_grant
from kentongan_server.domain.people import Person
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.governing.grant_role import facts_of


def vouch(uow: UnitOfWork, voucher: Person, grant_id: str) -> Grant:
    """The grant, vouched for; repeating changes nothing. RefusedError unless the voucher may give such a role there."""
    grant = uow.people.grant(grant_id)
    if grant is None or not voucher.sees(grant.membership.region or ""):
        raise UnknownError("There is no such grant, or it is not yours to see.")
    assert_may_grant(voucher, grant.person, grant.membership)
    if not grant.is_held(uow.now()):
        raise RefusedError("This role is not held any more; grant it anew.")
    if grant.membership.vouched:
        return grant
    vouched = replace(grant, membership=replace(grant.membership, vouched=True))
    uow.people.set_grant(vouched)
    uow.happened(Noted(actor=voucher.id, what="person_vouched_for", data=facts_of(vouched)))
    return vouched
