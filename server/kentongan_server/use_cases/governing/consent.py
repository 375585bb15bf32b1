"""Agree to what one's data is for, and withdraw that; the consequence is the one that was told."""

from dataclasses import replace

from kentongan_server.domain.consent import VERSION, Consent, Purpose, says_the_same, standing
from kentongan_server.domain.errors import ConflictError, UnknownError
from kentongan_server.domain.events import Noted
from kentongan_server.domain.people import Person
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.governing.revoke_role import revoke_role


def agree(uow: UnitOfWork, person_id: str, purpose: Purpose, version: str) -> Consent:
    """Keep that this person agreed to these words; repeating changes nothing."""
    if version != VERSION:
        raise ConflictError("These words are not in force any more; read them anew with GET /api/v1/consent-texts.")
    known = standing(uow.consents.of_person(person_id), purpose)
    if known is not None and says_the_same(known.version, purpose):
        return known
    consent = Consent(uow.new_id(), person_id, purpose, version, uow.now())
    uow.consents.put(consent)
    uow.happened(Noted(actor=person_id, what="consent_given", data={"purpose": purpose, "version": version}))
    return consent


def withdraw(uow: UnitOfWork, person: Person, purpose: Purpose) -> Consent:
    """End the consent and do what that means; UnknownError when there is none. Repeating changes nothing."""
    mine = [one for one in uow.consents.of_person(person.id) if one.purpose is purpose]
    if not mine:
        raise UnknownError(
            "You have not agreed to this, so there is nothing to withdraw; a channel is removed by itself."
        )
    if all(one.withdrawn_at is not None for one in mine):
        return mine[0]
    for one in mine:
        if one.withdrawn_at is None:
            uow.consents.put(replace(one, withdrawn_at=uow.now()))
    if purpose is Purpose.MEMBERSHIP:
        for grant in uow.people.grants_of(person.id):
            if grant.is_held(uow.now()):
                revoke_role(uow, person, grant.id)
    else:
        for destination in uow.destinations.of_people([person.id]):
            uow.destinations.remove(destination.id)
    uow.happened(Noted(actor=person.id, what="consent_withdrawn", data={"purpose": purpose}))
    return replace(mine[0], withdrawn_at=uow.now())
