"""Who may give which role where: every cell of the table, and what time and the record make of it."""

from datetime import timedelta

import pytest
from tests.unit.server.town import ADMIN, FAR_HEAD, HEAD, JOKO, RT1, RT2, SARI, WULAN, Town

from kentongan_server.domain.errors import ConflictError, InvalidError, RefusedError, UnknownError
from kentongan_server.domain.granting import LEVELS, MAY_GRANT, Grant, assert_may_grant, may_answer_for
from kentongan_server.domain.people import Membership, Person, Role
from kentongan_server.domain.place import Region
from kentongan_server.domain.region_code import Level, is_within
from kentongan_server.use_cases.governing.grant_role import Wanted, grant_role
from kentongan_server.use_cases.governing.revoke_role import revoke_role
from kentongan_server.use_cases.governing.vouch import vouch

AT_LEVEL = {
    None: None,
    Level.KOTA: "33.74",
    Level.KECAMATAN: "33.74.01",
    Level.KELURAHAN: "33.74.01.1001",
    Level.RW: "33.74.01.1001/RW01",
    Level.RT: RT1,
}
# grantor → what they give; the whole of the law, said a second time
GIVES = {
    "city_admin": "city_admin operator technician polisi_rw rt_head",
    "operator": "operator polisi_rw",
    "rt_head": "resident ronda",
    "resident": "",
    "ronda": "",
    "polisi_rw": "",
    "technician": "",
}


def one(role: Role, region: str | None, **different: object) -> Person:
    return Person("grantor", "Grantor", (Membership(role, region, True, **different),))


def may(grantor: Person, role: Role, region: str | None, **different: object) -> bool:
    try:
        assert_may_grant(grantor, "somebody", Membership(role, region, True, **different))
    except RefusedError:
        return False
    return True


@pytest.mark.parametrize("grantor", Role)
@pytest.mark.parametrize("role", Role)
def test_every_cell_of_the_table(grantor: Role, role: Role) -> None:
    for above in LEVELS[grantor]:
        for level in LEVELS[role]:
            mine, theirs = AT_LEVEL[above], AT_LEVEL[level]
            below = mine is None or (theirs is not None and is_within(theirs, mine))
            peer = grantor is role and mine == theirs
            assert may(one(grantor, mine), role, theirs) == (role in GIVES[grantor].split() and below and not peer)


def test_nobody_gives_beyond_their_own_region() -> None:
    assert not may(one(Role.RT_HEAD, RT2), Role.RESIDENT, RT1)
    assert not may(one(Role.CITY_ADMIN, "33.74.02"), Role.RT_HEAD, RT1)
    assert not may(one(Role.CITY_ADMIN, "33.74"), Role.OPERATOR, None)
    assert not may(one(Role.CITY_ADMIN, "33.74.0"), Role.RT_HEAD, RT1)


@pytest.mark.parametrize("person", [ADMIN, WULAN, HEAD])
@pytest.mark.parametrize("role", Role)
def test_nobody_gives_to_themselves(person: Person, role: Role) -> None:
    with pytest.raises(RefusedError, match="to themselves"):
        assert_may_grant(person, person.id, Membership(role, RT1, True))


def test_an_office_for_a_time_gives_power_for_that_time_only(town: Town) -> None:
    end = town.clock.now() + timedelta(days=1)
    deputy = one(Role.CITY_ADMIN, None, valid_until=end)
    assert may(deputy, Role.OPERATOR, "33.74", valid_until=end)
    assert not may(deputy, Role.OPERATOR, "33.74", valid_until=end + timedelta(milliseconds=1))
    assert not may(deputy, Role.OPERATOR, "33.74")
    assert may(deputy, Role.RT_HEAD, RT1), "an RT head stays when the office above changes hands"


def test_the_table_names_every_role_once() -> None:
    assert set(MAY_GRANT) == {Role(name) for name, given in GIVES.items() if given}
    assert set(LEVELS) == set(Role)


def give(town: Town, grantor: Person, to: Person, role: Role, region: str | None = RT1, **different: object) -> Grant:
    return town.do(lambda uow: grant_role(uow, grantor, Wanted(to.id, role, region, **different)))


def has(town: Town, person: Person, role: Role, region: str = RT1) -> bool:
    return town.do(lambda uow: uow.people.person(person.id, uow.now())).has(role, region)


def test_a_granted_role_holds_at_once_until_it_is_taken_back(town: Town) -> None:
    grant = give(town, HEAD, SARI, Role.RONDA)
    assert (grant.granted_by, grant.granted_at) == ("head", town.clock.now())
    assert has(town, SARI, Role.RONDA)
    ended = town.do(lambda uow: revoke_role(uow, HEAD, grant.id))
    assert not has(town, SARI, Role.RONDA)
    assert (ended.revoked_by, ended.revoked_at) == ("head", town.clock.now())
    assert town.do(lambda uow: revoke_role(uow, HEAD, grant.id)) == ended
    told = [(entry.event, entry.actor, entry.facts["person"]) for entry in town.store.timeline.entries[-2:]]
    assert told == [("role_granted", "head", "sari"), ("role_revoked", "head", "sari")]


def test_a_role_for_a_time_begins_and_ends_by_itself(town: Town) -> None:
    now = town.clock.now()
    begin, end = now + timedelta(hours=1), now + timedelta(hours=9)
    give(town, HEAD, SARI, Role.RONDA, valid_from=begin, valid_until=end)
    held = []
    for _ in range(11):
        held.append(has(town, SARI, Role.RONDA))
        town.wait(3600)
    assert held == [False, *[True] * 8, False, False]


def test_a_period_that_is_none_is_refused(town: Town) -> None:
    now = town.clock.now()
    with pytest.raises(InvalidError, match="past"):
        give(town, HEAD, SARI, Role.RONDA, valid_from=now - timedelta(seconds=1))
    with pytest.raises(InvalidError, match="after it begins"):
        give(town, HEAD, SARI, Role.RONDA, valid_until=now)


def test_a_role_needs_a_region_of_its_level(town: Town) -> None:
    for role, region in ((Role.RT_HEAD, "33.74.01"), (Role.RONDA, None), (Role.RESIDENT, "nowhere")):
        with pytest.raises(InvalidError):
            give(town, ADMIN, SARI, role, region)


def test_what_is_held_already_is_not_given_twice(town: Town) -> None:
    give(town, HEAD, SARI, Role.RONDA)
    with pytest.raises(ConflictError, match="is ronda there already"):
        give(town, HEAD, SARI, Role.RONDA)
    until = town.clock.now() + timedelta(days=1)
    give(town, HEAD, JOKO, Role.RONDA, valid_until=until)
    give(town, HEAD, JOKO, Role.RONDA, valid_from=until)


def test_only_whom_and_where_there_is(town: Town) -> None:
    with pytest.raises(UnknownError, match="no such person"):
        give(town, HEAD, Person("ghost", "Ghost", ()), Role.RONDA)
    with pytest.raises(UnknownError, match="no such region"):
        give(town, ADMIN, SARI, Role.RT_HEAD, "33.74.01.1001/RW01/RT99")
    with pytest.raises(UnknownError, match="no such grant"):
        town.do(lambda uow: revoke_role(uow, ADMIN, "nothing"))


def test_who_may_take_a_role_back(town: Town) -> None:
    grant = give(town, HEAD, SARI, Role.RONDA)
    with pytest.raises(RefusedError):
        town.do(lambda uow: revoke_role(uow, JOKO, grant.id))
    with pytest.raises(UnknownError):
        town.do(lambda uow: revoke_role(uow, FAR_HEAD, grant.id))
    with pytest.raises(RefusedError):
        town.do(lambda uow: revoke_role(uow, WULAN, grant.id))
    assert has(town, SARI, Role.RONDA)
    town.do(lambda uow: revoke_role(uow, SARI, grant.id))
    assert not has(town, SARI, Role.RONDA), "who holds a role may lay it down"


def test_an_admin_is_not_taken_down_by_a_peer_or_from_below(town: Town) -> None:
    town.do(lambda uow: uow.places.put_region(Region("33.74", "Kota Semarang", -6.99, 110.42)))
    grant = give(town, ADMIN, SARI, Role.CITY_ADMIN, "33.74")
    for revoker in (one(Role.CITY_ADMIN, "33.74"), one(Role.CITY_ADMIN, "33.74.01"), HEAD, WULAN):
        with pytest.raises((RefusedError, UnknownError)):
            town.do(lambda uow, by=revoker: revoke_role(uow, by, grant.id))
    town.do(lambda uow: revoke_role(uow, ADMIN, grant.id))


def test_vouching_makes_a_stranger_s_word_good(town: Town) -> None:
    (grant,) = town.do(lambda uow: uow.people.grants_of("joko"))
    for by in (SARI, JOKO, WULAN):
        with pytest.raises(RefusedError):
            town.do(lambda uow, by=by: vouch(uow, by, grant.id))
    with pytest.raises(UnknownError):
        town.do(lambda uow: vouch(uow, FAR_HEAD, grant.id))
    for _ in range(2):
        assert town.do(lambda uow: vouch(uow, HEAD, grant.id)).membership.vouched
    assert town.do(lambda uow: uow.people.person("joko", uow.now())).is_vouched_in(RT1)
    assert [entry.event for entry in town.store.timeline.entries].count("person_vouched_for") == 1
    with pytest.raises(UnknownError):
        town.do(lambda uow: vouch(uow, HEAD, "nothing"))


def test_nobody_vouches_for_what_has_ended(town: Town) -> None:
    (grant,) = town.do(lambda uow: uow.people.grants_of("joko"))
    town.do(lambda uow: revoke_role(uow, HEAD, grant.id))
    with pytest.raises(RefusedError, match="not held any more"):
        town.do(lambda uow: vouch(uow, HEAD, grant.id))


@pytest.mark.parametrize(
    ("one_is", "other_is", "may_they"),
    [
        ([(Role.CITY_ADMIN, None)], [(Role.OPERATOR, "33.74.01")], True),
        ([(Role.CITY_ADMIN, None)], [(Role.OPERATOR, "33.74"), (Role.RESIDENT, RT1)], True),
        ([(Role.CITY_ADMIN, "33.74.01")], [(Role.OPERATOR, "33.74")], False),
        ([(Role.CITY_ADMIN, "33.74")], [(Role.CITY_ADMIN, "33.74")], False),
        ([(Role.CITY_ADMIN, "33.74")], [(Role.CITY_ADMIN, "33.74.01")], True),
        ([(Role.RT_HEAD, RT1)], [(Role.RESIDENT, RT1)], True),
        ([(Role.RT_HEAD, RT1)], [(Role.RESIDENT, RT2)], False),
        ([(Role.RT_HEAD, RT1)], [(Role.RESIDENT, RT1), (Role.OPERATOR, "33.74")], False),
        ([(Role.CITY_ADMIN, None)], [], False),
    ],
)
def test_a_second_factor_is_reset_by_whoever_may_give_the_roles_that_need_it(
    one_is: list[tuple[Role, str | None]], other_is: list[tuple[Role, str | None]], may_they: bool
) -> None:
    one_person, other = (
        Person(name, name, tuple(Membership(role, region, True) for role, region in held))
        for name, held in (("one", one_is), ("other", other_is))
    )
    assert may_answer_for(one_person, other) is may_they
    assert not may_answer_for(one_person, one_person), "nobody resets their own"
