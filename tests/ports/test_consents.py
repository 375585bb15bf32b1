"""What every store keeps of consents and of wishes to be forgotten."""

from dataclasses import replace

from tests.ports.samples import at

from kentongan_server.domain.consent import Consent, Erasure, Purpose
from kentongan_server.ports.unit_of_work import Transactions

PERSON = "resident-1"


async def test_consents_are_kept_with_their_version_and_when_they_were_withdrawn(store: Transactions) -> None:
    first = Consent("c-1", PERSON, Purpose.MEMBERSHIP, "2026-11", at(0))
    second = Consent("c-2", PERSON, Purpose.CHANNELS, "2026-11", at(5))
    await store.run(lambda uow: (uow.consents.put(first), uow.consents.put(second)))
    assert await store.read(lambda uow: uow.consents.of_person(PERSON)) == [second, first]
    withdrawn = replace(second, withdrawn_at=at(9))
    await store.run(lambda uow: uow.consents.put(withdrawn))
    assert await store.read(lambda uow: uow.consents.of_person(PERSON)) == [withdrawn, first]
    assert await store.read(lambda uow: uow.consents.of_person("nobody")) == []


async def test_a_wish_to_be_forgotten_is_due_until_it_is_dropped(store: Transactions) -> None:
    wish = Erasure(PERSON, at(0), at(60))
    await store.run(lambda uow: uow.consents.put_erasure(wish))
    assert await store.read(lambda uow: uow.consents.erasures_due(at(59.999), 5)) == []
    assert await store.read(lambda uow: uow.consents.erasures_due(at(60), 5)) == [wish]
    later = replace(wish, due_at=at(90))
    await store.run(lambda uow: uow.consents.put_erasure(later))
    assert await store.read(lambda uow: uow.consents.erasure(PERSON)) == later
    await store.run(lambda uow: uow.consents.drop_erasure(PERSON))
    assert await store.read(lambda uow: uow.consents.erasure(PERSON)) is None
    assert await store.read(lambda uow: uow.consents.erasures_due(at(9999), 5)) == []
