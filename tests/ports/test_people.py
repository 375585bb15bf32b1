"""What every PeopleBook keeps."""

from dataclasses import replace

import pytest
from tests.ports.samples import RT1, RT2, a_person, at

from kentongan_server.domain.granting import Grant
from kentongan_server.domain.people import Membership, Person, Role
from kentongan_server.domain.pin import Pin
from kentongan_server.ports.unit_of_work import Transactions, UnitOfWork

TOKEN, OTHER = "ab" * 32, "cd" * 32


async def test_a_person_is_found_by_their_token(store: Transactions) -> None:
    assert await store.read(lambda uow: uow.people.bearer(TOKEN, at(0))) == a_person()
    assert await store.read(lambda uow: uow.people.bearer(OTHER, at(0))) is None
    assert await store.read(lambda uow: uow.people.bearer("", at(0))) is None


async def test_a_new_token_replaces_the_old_one_and_none_revokes_it(store: Transactions) -> None:
    await store.run(lambda uow: uow.people.put_person(a_person(), OTHER))
    assert await store.read(lambda uow: uow.people.bearer(TOKEN, at(0))) is None
    assert await store.read(lambda uow: uow.people.bearer(OTHER, at(0))) == a_person()
    await store.run(lambda uow: uow.people.put_person(a_person(), None))
    assert await store.read(lambda uow: uow.people.bearer(OTHER, at(0))) is None


async def test_memberships_are_exactly_the_last_ones_put(store: Transactions) -> None:
    moved = a_person("resident-1", Membership(Role.RT_HEAD, RT2, True), Membership(Role.OPERATOR, None, False))
    await store.run(lambda uow: uow.people.put_person(moved, TOKEN))
    found = await store.read(lambda uow: uow.people.bearer(TOKEN, at(0)))
    assert found is not None
    assert set(found.memberships) == set(moved.memberships)
    assert await store.read(lambda uow: uow.people.members(RT1, at(0))) == 0
    assert await store.read(lambda uow: uow.people.members(RT2, at(0))) == 1


async def test_members_are_people_not_memberships(store: Transactions) -> None:
    two_roles = a_person("resident-2", Membership(Role.RESIDENT, RT1, True), Membership(Role.RONDA, RT1, True))
    await store.run(lambda uow: uow.people.put_person(two_roles, None))
    await store.run(
        lambda uow: uow.people.put_person(a_person("operator", Membership(Role.OPERATOR, None, True)), None)
    )
    assert await store.read(lambda uow: uow.people.members(RT1, at(0))) == 2
    assert await store.read(lambda uow: uow.people.members("33.74.99", at(0))) == 0


async def test_a_token_belongs_to_one_person(store: Transactions) -> None:
    with pytest.raises(Exception, match=r"token|UNIQUE"):
        await store.run(lambda uow: uow.people.put_person(a_person("thief"), TOKEN))
    assert await store.read(lambda uow: uow.people.bearer(TOKEN, at(0))) == a_person()


async def test_memberships_are_carried_to_another_region(store: Transactions) -> None:
    both = a_person("resident-2", Membership(Role.RESIDENT, RT1, True), Membership(Role.RONDA, RT2, True))
    await store.run(lambda uow: uow.people.put_person(both, OTHER))
    assert await store.run(lambda uow: uow.people.move_members(RT1, RT2, ["resident-2", "nobody"])) == 1
    moved = await store.read(lambda uow: uow.people.bearer(OTHER, at(0)))
    assert moved is not None
    assert set(moved.memberships) == {Membership(Role.RESIDENT, RT2, True), Membership(Role.RONDA, RT2, True)}
    assert await store.read(lambda uow: uow.people.bearer(TOKEN, at(0))) == a_person()
    assert await store.run(lambda uow: uow.people.move_members(RT1, RT2, None)) == 1
    assert await store.run(lambda uow: uow.people.move_members(RT1, RT2, None)) == 0
    assert await store.read(lambda uow: uow.people.members(RT2, at(0))) == 2


async def test_a_forgotten_token_opens_nothing(store: Transactions) -> None:
    await store.run(lambda uow: uow.people.forget_token(TOKEN))
    assert await store.read(lambda uow: uow.people.bearer(TOKEN, at(0))) is None
    assert await store.read(lambda uow: uow.people.person("resident-1", at(0))) == a_person()


def a_grant(name: str = "grant-1", **different: object) -> Grant:
    membership = Membership(Role.RONDA, RT1, True, at(10), at(20))
    plain = {"person": "budi", "membership": membership, "granted_by": "resident-1", "granted_at": at(0)}
    return Grant(name, **{**plain, **different})


@pytest.fixture
async def granted(store: Transactions) -> Transactions:
    """A store in which Budi will be ronda for ten seconds."""

    def furnish(uow: UnitOfWork) -> None:
        uow.people.add_person("budi", "Budi")
        uow.people.add_grant(a_grant())

    await store.run(furnish)
    return store


async def test_a_new_person_belongs_nowhere(store: Transactions) -> None:
    await store.run(lambda uow: uow.people.add_person("budi", "Budi"))
    assert await store.read(lambda uow: uow.people.person("budi", at(0))) == Person("budi", "Budi", ())
    assert await store.read(lambda uow: uow.people.person("nobody", at(0))) is None


@pytest.mark.parametrize(("seconds", "held"), [(9.999, False), (10, True), (19.999, True), (20, False)])
async def test_a_membership_is_held_within_its_period(granted: Transactions, seconds: float, held: bool) -> None:
    person = await granted.read(lambda uow: uow.people.person("budi", at(seconds)))
    assert person is not None
    assert person.memberships == ((a_grant().membership,) if held else ())
    names = [found.id for found in await granted.read(lambda uow: uow.people.holders(RT1, [Role.RONDA], at(seconds)))]
    assert names == (["budi"] if held else [])
    assert await granted.read(lambda uow: uow.people.members(RT1, at(seconds))) == (2 if held else 1)


async def test_a_revoked_membership_is_held_no_more_and_stays_known(granted: Transactions) -> None:
    ended = replace(a_grant(), revoked_by="resident-1", revoked_at=at(12))
    await granted.run(lambda uow: uow.people.set_grant(ended))
    assert await granted.read(lambda uow: uow.people.person("budi", at(13))) == Person("budi", "Budi", ())
    assert await granted.read(lambda uow: uow.people.grant("grant-1")) == ended
    assert await granted.read(lambda uow: uow.people.grant("another")) is None
    assert await granted.read(lambda uow: uow.people.grants_of("budi")) == [ended]
    assert await granted.read(lambda uow: uow.people.grants_within(RT1, at(13))) == [
        Grant("resident-1.0", "resident-1", a_person().memberships[0], None, None)
    ]


@pytest.mark.parametrize(
    ("region", "found"),
    [(None, 2), ("33.74.01", 2), ("33.74.01.1001/RW01", 2), (RT1, 2), (RT2, 0), ("33.74.0", 0)],
)
async def test_grants_within_a_region_are_those_below_it_too(
    granted: Transactions, region: str | None, found: int
) -> None:
    grants = await granted.read(lambda uow: uow.people.grants_within(region, at(15)))
    assert [grant.id for grant in grants] == ["resident-1.0", "grant-1"][:found]


async def test_installing_somebody_again_leaves_what_was_granted(granted: Transactions) -> None:
    await granted.run(lambda uow: uow.people.put_person(Person("budi", "Pak Budi", ()), OTHER))
    person = await granted.read(lambda uow: uow.people.bearer(OTHER, at(15)))
    assert person == Person("budi", "Pak Budi", (a_grant().membership,))


async def test_holders_are_those_of_the_role_in_that_region(granted: Transactions) -> None:
    def holders(region: str, *roles: Role):
        return lambda uow: [person.id for person in uow.people.holders(region, roles, at(15))]

    assert await granted.read(holders(RT1, Role.RONDA, Role.RESIDENT)) == ["resident-1", "budi"]
    assert await granted.read(holders(RT1, Role.RT_HEAD)) == []
    assert await granted.read(holders(RT2, *Role)) == []
    assert await granted.read(holders(RT1)) == []


@pytest.mark.parametrize(
    "wrong",
    [{"person": "nobody"}, {"granted_by": "budi"}, {"id": "grant-1"}],
    ids=["nobody holds it", "granted to oneself", "an id used again"],
)
async def test_what_is_no_grant_is_not_kept(granted: Transactions, wrong: dict[str, str]) -> None:
    grant = replace(a_grant("grant-2"), **wrong)
    with pytest.raises(Exception, match=r"grant|FOREIGN|CHECK|UNIQUE"):
        await granted.run(lambda uow: uow.people.add_grant(grant))


async def test_pins_are_kept_with_their_tries(store: Transactions) -> None:
    pin = Pin("resident-1", "one hash", None)
    await store.run(lambda uow: uow.people.put_pin(pin))
    assert await store.read(lambda uow: uow.people.pin("resident-1")) == pin
    tried = replace(pin, duress_hash="another", tries=3, tried_at=at(5))
    await store.run(lambda uow: uow.people.put_pin(tried))
    assert await store.read(lambda uow: uow.people.pin("resident-1")) == tried
    assert await store.read(lambda uow: uow.people.pin("nobody")) is None
