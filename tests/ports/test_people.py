"""What every PeopleBook keeps."""

import pytest
from tests.ports.samples import RT1, RT2, a_person

from kentongan_server.domain.people import Membership, Role
from kentongan_server.ports.unit_of_work import Transactions

TOKEN, OTHER = "ab" * 32, "cd" * 32


async def test_a_person_is_found_by_their_token(store: Transactions) -> None:
    assert await store.read(lambda uow: uow.people.bearer(TOKEN)) == a_person()
    assert await store.read(lambda uow: uow.people.bearer(OTHER)) is None
    assert await store.read(lambda uow: uow.people.bearer("")) is None


async def test_a_new_token_replaces_the_old_one_and_none_revokes_it(store: Transactions) -> None:
    await store.run(lambda uow: uow.people.put_person(a_person(), OTHER))
    assert await store.read(lambda uow: uow.people.bearer(TOKEN)) is None
    assert await store.read(lambda uow: uow.people.bearer(OTHER)) == a_person()
    await store.run(lambda uow: uow.people.put_person(a_person(), None))
    assert await store.read(lambda uow: uow.people.bearer(OTHER)) is None


async def test_memberships_are_exactly_the_last_ones_put(store: Transactions) -> None:
    moved = a_person("resident-1", Membership(Role.RT_HEAD, RT2, True), Membership(Role.OPERATOR, None, False))
    await store.run(lambda uow: uow.people.put_person(moved, TOKEN))
    found = await store.read(lambda uow: uow.people.bearer(TOKEN))
    assert found is not None
    assert set(found.memberships) == set(moved.memberships)
    assert await store.read(lambda uow: uow.people.members(RT1)) == 0
    assert await store.read(lambda uow: uow.people.members(RT2)) == 1


async def test_members_are_people_not_memberships(store: Transactions) -> None:
    two_roles = a_person("resident-2", Membership(Role.RESIDENT, RT1, True), Membership(Role.RONDA, RT1, True))
    await store.run(lambda uow: uow.people.put_person(two_roles, None))
    await store.run(
        lambda uow: uow.people.put_person(a_person("operator", Membership(Role.OPERATOR, None, True)), None)
    )
    assert await store.read(lambda uow: uow.people.members(RT1)) == 2
    assert await store.read(lambda uow: uow.people.members("33.74.99")) == 0


async def test_a_token_belongs_to_one_person(store: Transactions) -> None:
    with pytest.raises(Exception, match=r"token|UNIQUE"):
        await store.run(lambda uow: uow.people.put_person(a_person("thief"), TOKEN))
    assert await store.read(lambda uow: uow.people.bearer(TOKEN)) == a_person()


async def test_memberships_are_carried_to_another_region(store: Transactions) -> None:
    both = a_person("resident-2", Membership(Role.RESIDENT, RT1, True), Membership(Role.RONDA, RT2, True))
    await store.run(lambda uow: uow.people.put_person(both, OTHER))
    assert await store.run(lambda uow: uow.people.move_members(RT1, RT2, ["resident-2", "nobody"])) == 1
    moved = await store.read(lambda uow: uow.people.bearer(OTHER))
    assert moved is not None
    assert set(moved.memberships) == {Membership(Role.RESIDENT, RT2, True), Membership(Role.RONDA, RT2, True)}
    assert await store.read(lambda uow: uow.people.bearer(TOKEN)) == a_person()
    assert await store.run(lambda uow: uow.people.move_members(RT1, RT2, None)) == 1
    assert await store.run(lambda uow: uow.people.move_members(RT1, RT2, None)) == 0
    assert await store.read(lambda uow: uow.people.members(RT2)) == 2
