"""What every AccessBook keeps."""

from dataclasses import replace
from typing import Any

import pytest
from tests.ports.samples import a_person, at

from kentongan_server.domain.access import RESTS_FOR, AccessToken, Login, Reset, ResetOf, SecondFactor, Session, Tries
from kentongan_server.ports.unit_of_work import Transactions, UnitOfWork


def a_session(name: str = "s-1", **different: Any) -> Session:
    plain: dict[str, Any] = {
        "person": "resident-1",
        "token_hash": f"hash of {name}",
        "opened_at": at(0),
        "expires_at": at(100),
        "proven": False,
        "device": "a phone",
    }
    return Session(name, **{**plain, **different})


def a_token(name: str = "t-1", **different: Any) -> AccessToken:
    plain: dict[str, Any] = {
        "person": "resident-1",
        "name": "Home Assistant",
        "token_hash": f"hash of {name}",
        "scopes": frozenset({"incidents:read", "places:read"}),
        "created_at": at(0),
        "expires_at": at(100),
        "proven": True,
    }
    return AccessToken(name, **{**plain, **different})


async def test_a_login_is_found_by_either_name(store: Transactions) -> None:
    login = Login("resident-1", "+62811", "sari@rt.example", "hash")
    await store.run(lambda uow: uow.access.put_login(login))
    assert await store.read(lambda uow: uow.access.login("resident-1")) == login
    for name in ("+62811", "sari@rt.example"):
        assert await store.read(lambda uow, n=name: uow.access.login_by_name(n)) == login
    assert await store.read(lambda uow: uow.access.login_by_name("")) is None
    changed = Login("resident-1", None, "sari@rt.example", "another")
    await store.run(lambda uow: uow.access.put_login(changed))
    assert await store.read(lambda uow: uow.access.login("resident-1")) == changed
    assert await store.read(lambda uow: uow.access.login_by_name("+62811")) is None


@pytest.mark.parametrize("names", [("+62811", None), (None, "sari@rt.example")])
async def test_a_name_is_one_person_s(store: Transactions, names: tuple[str | None, str | None]) -> None:
    def both(uow: UnitOfWork) -> None:
        uow.people.put_person(a_person("thief"), None)
        uow.access.put_login(Login("resident-1", "+62811", "sari@rt.example", "hash"))
        uow.access.put_login(Login("thief", *names, "hash"))

    with pytest.raises(Exception, match=r"(?i)unique"):
        await store.run(both)


async def test_tries_are_counted_until_their_rest_is_over(store: Transactions) -> None:
    old, new = Tries("old", 10, at(0)), Tries("new", 1, at(RESTS_FOR.total_seconds()))
    await store.run(lambda uow: uow.access.put_tries(replace(old, count=9)))
    await store.run(lambda uow: uow.access.put_tries(old))
    assert await store.read(lambda uow: uow.access.tries("old")) == old
    await store.run(lambda uow: uow.access.put_tries(new))
    assert await store.read(lambda uow: uow.access.tries("old")) is None
    await store.run(lambda uow: uow.access.forget_tries("new"))
    assert await store.read(lambda uow: uow.access.tries("new")) is None


async def test_a_second_factor_is_kept_whole(store: Transactions) -> None:
    factor = SecondFactor("resident-1", "sealed")
    for one in (factor, replace(factor.used(58_000_000), recovery_hashes=("a", "b"))):
        await store.run(lambda uow, one=one: uow.access.put_second_factor(one))
        assert await store.read(lambda uow: uow.access.second_factor("resident-1")) == one
    await store.run(lambda uow: uow.access.drop_second_factor("resident-1"))
    assert await store.read(lambda uow: uow.access.second_factor("resident-1")) is None


async def test_a_session_is_open_until_it_expires(store: Transactions) -> None:
    await store.run(lambda uow: uow.access.put_session(a_session()))
    for seconds, found in ((0, a_session()), (99.999, a_session()), (100, None)):
        assert await store.read(lambda uow, s=seconds: uow.access.session("hash of s-1", at(s))) == found
        mine = await store.read(lambda uow, s=seconds: uow.access.sessions_of("resident-1", at(s)))
        assert mine == ([found] if found else [])
    assert await store.read(lambda uow: uow.access.session("another", at(0))) is None


async def test_a_session_under_a_new_token_has_left_the_old_one(store: Transactions) -> None:
    await store.run(lambda uow: uow.access.put_session(a_session()))
    await store.run(lambda uow: uow.access.put_session(a_session(token_hash="new", proven=True)))
    assert await store.read(lambda uow: uow.access.session("hash of s-1", at(0))) is None
    assert await store.read(lambda uow: uow.access.session("new", at(0))) == a_session(token_hash="new", proven=True)


@pytest.mark.parametrize(
    ("which", "left"),
    [({"only": "s-2"}, ["s-3", "s-1"]), ({"keep": "s-2"}, ["s-2"]), ({}, []), ({"only": "x"}, ["s-3", "s-2", "s-1"])],
)
async def test_which_sessions_end(store: Transactions, which: dict[str, str], left: list[str]) -> None:
    def furnish(uow: UnitOfWork) -> None:
        uow.people.put_person(a_person("other"), None)
        uow.access.put_session(a_session("theirs", person="other"))
        for number in (1, 2, 3):
            uow.access.put_session(a_session(f"s-{number}", opened_at=at(number)))

    await store.run(furnish)
    assert await store.run(lambda uow: uow.access.end_sessions("resident-1", **which)) == 3 - len(left)
    assert [s.id for s in await store.read(lambda uow: uow.access.sessions_of("resident-1", at(5)))] == left
    assert len(await store.read(lambda uow: uow.access.sessions_of("other", at(5)))) == 1


async def test_access_tokens_are_kept_and_revoked(store: Transactions) -> None:
    await store.run(lambda uow: uow.access.put_token(a_token()))
    await store.run(lambda uow: uow.access.put_token(a_token("t-2", created_at=at(1))))
    assert await store.read(lambda uow: uow.access.token("hash of t-1")) == a_token()
    assert await store.read(lambda uow: uow.access.token("hash of t-9")) is None
    revoked = a_token(revoked_at=at(7))
    await store.run(lambda uow: uow.access.put_token(revoked))
    assert await store.read(lambda uow: uow.access.token("hash of t-1")) == revoked
    mine = await store.read(lambda uow: uow.access.tokens_of("resident-1"))
    assert mine == [a_token("t-2", created_at=at(1)), revoked]


async def test_a_reset_is_told_until_it_was_seen(store: Transactions) -> None:
    first = Reset("x-1", "resident-1", ResetOf.PASSWORD, None, at(1))
    second = Reset("x-2", "resident-1", ResetOf.SECOND_FACTOR, "resident-1", at(0))

    def fill(uow: UnitOfWork) -> None:
        uow.access.put_reset(first)
        uow.access.put_reset(second)

    await store.run(fill)
    assert await store.read(lambda uow: uow.access.unseen_resets("resident-1")) == [second, first]
    assert await store.read(lambda uow: uow.access.unseen_resets("nobody")) == []
    await store.run(lambda uow: uow.access.put_reset(replace(second, seen_at=at(2))))
    assert await store.read(lambda uow: uow.access.unseen_resets("resident-1")) == [first]
