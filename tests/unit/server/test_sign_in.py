"""Signing in, proving, tokens: who gets in, how often one may try, and what the second factor holds back."""

from datetime import timedelta

import pytest
from tests.fakes.secret_hasher import FakeHasher
from tests.fakes.secret_maker import STEP_S, FakeCodes, FakeSecretMaker, code_of
from tests.unit.server.town import HEAD, RT1, SARI, WULAN, Town

from kentongan_server.domain.access import MOST_TRIES, RESTS_FOR, Caller, scopes_of
from kentongan_server.domain.errors import (
    ConflictError,
    InvalidError,
    KentonganError,
    RefusedError,
    TooManyTriesError,
    UnknownError,
)
from kentongan_server.domain.incident_kind import IncidentClass
from kentongan_server.domain.notification import Destination, NotifyChannel, Wave
from kentongan_server.domain.people import Person, Role
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.governing.find_caller import caller_by_session, caller_by_token
from kentongan_server.use_cases.governing.issue_token import issue_token, revoke_token
from kentongan_server.use_cases.governing.open_session import Opened, end_session, open_session, rotate_session
from kentongan_server.use_cases.governing.prove_second_factor import (
    begin_enrolment,
    confirm_enrolment,
    count_try,
    prove,
)
from kentongan_server.use_cases.governing.reset_access import (
    THE_MACHINE,
    reset_password,
    reset_second_factor,
    see_resets,
)
from kentongan_server.use_cases.governing.sign_in import login_name, set_login, sign_in
from kentongan_server.use_cases.informing.deliver_notifications import Outcome, begin, conclude

PASSWORD = "kopi tubruk di pos ronda"


class Door:
    """The town's door, with what one needs to get in."""

    def __init__(self, town: Town) -> None:
        self.town, self.hasher, self.maker, self.codes = town, FakeHasher(), FakeSecretMaker(), FakeCodes()

    async def sign_in(self, name: str, password: str = PASSWORD) -> Opened | None:
        return await sign_in(self.town.store, self.hasher, self.maker, name, password, "a phone")

    async def set_login(self, person: Person, phone: str | None, email: str | None = None, password: str = PASSWORD):
        await set_login(self.town.store, self.hasher, person.id, phone, email, password)

    def open(self, person: Person) -> Opened:
        return self.town.do(lambda uow: open_session(uow, self.maker, person, "a phone"))

    def who(self, token: str) -> Caller | None:
        return self.town.do(lambda uow: caller_by_session(uow, self.maker.fingerprint(token)))

    def code(self, steps: int = 0) -> str:
        return code_of(int(self.town.clock.now().timestamp()) // STEP_S + steps)

    def enrol(self, opened: Opened) -> tuple[Opened, list[str]]:
        person, session = opened.session.person, opened.session.id
        self.town.do(lambda uow: begin_enrolment(uow, self.codes, person, person))
        return self.town.do(lambda uow: confirm_enrolment(uow, self.codes, self.maker, person, session, self.code()))

    def prove(self, opened: Opened, code: str) -> Opened:
        person, session = opened.session.person, opened.session.id
        self.town.do(lambda uow: count_try(uow, person))
        return self.town.do(lambda uow: prove(uow, self.codes, self.maker, person, session, code))


@pytest.fixture
def door(town: Town) -> Door:
    return Door(town)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("0812-3456-7890", "+6281234567890"),
        ("+62 812 3456 7890", "+6281234567890"),
        (" Sari@RT.example ", "sari@rt.example"),
    ],
)
def test_one_name_however_it_is_written(written: str, kept: str) -> None:
    assert login_name(written) == kept


async def test_who_has_a_login_gets_in(door: Door) -> None:
    await door.set_login(SARI, "081234567890", "sari@rt.example")
    for name in ("0812 3456 7890", "+6281234567890", "SARI@rt.example"):
        opened = await door.sign_in(name)
        assert opened is not None
        assert door.who(opened.token).person == SARI
    for name, password in (("081234567890", "wrong password"), ("nobody@rt.example", PASSWORD), ("", ""), ("sari", "")):
        assert await door.sign_in(name, password) is None


async def test_an_unknown_name_costs_the_same_work(door: Door) -> None:
    await door.set_login(SARI, "081234567890")
    costs = []
    for name in ("081234567890", "089999999999"):
        before = door.hasher.asked
        await door.sign_in(name, "wrong password")
        costs.append(door.hasher.asked - before)
    assert costs == [1, 1]


@pytest.mark.parametrize("name", ["081234567890", "089999999999"])
async def test_too_many_tries_rest_the_name_whether_it_is_known_or_not(town: Town, door: Door, name: str) -> None:
    await door.set_login(SARI, "081234567890")
    opened = door.open(SARI)
    for _ in range(MOST_TRIES):
        assert await door.sign_in(name, "wrong password") is None
    with pytest.raises(TooManyTriesError, match="panic button"):
        await door.sign_in(name)
    assert door.who(opened.token).person == SARI, "an open session, and every panic report with it, is untouched"
    town.clock.advance(RESTS_FOR)
    assert (await door.sign_in(name) is not None) == (name == "081234567890")


async def test_a_login_that_fits_forgets_the_tries(door: Door) -> None:
    await door.set_login(SARI, "081234567890")
    for _ in range(3):
        for _ in range(MOST_TRIES - 1):
            await door.sign_in("081234567890", "wrong password")
        assert await door.sign_in("081234567890") is not None


@pytest.mark.parametrize("password", ["", "short", "aaaaaaaaaaaaaaaa", "x" * 9, "y" + "xz" * 110])
async def test_a_password_that_is_guessed_soon_is_refused(door: Door, password: str) -> None:
    with pytest.raises(InvalidError, match="password"):
        await door.set_login(SARI, "081234567890", password=password)


async def test_a_name_is_one_person_s(door: Door) -> None:
    await door.set_login(SARI, "081234567890")
    with pytest.raises(ConflictError):
        await door.set_login(HEAD, "+62 812 3456 7890")
    with pytest.raises(InvalidError):
        await door.set_login(HEAD, None)
    await door.set_login(SARI, "081234567890", password="another " + PASSWORD)
    assert await door.sign_in("081234567890") is None


async def test_nothing_that_opens_is_kept(town: Town, door: Door) -> None:
    await door.set_login(SARI, "081234567890")
    opened = await door.sign_in("081234567890")
    assert opened is not None
    kept = repr([vars(town.store.access), town.store.timeline.entries])
    assert PASSWORD not in kept
    assert opened.token not in kept


def test_a_session_ends_by_itself_by_its_person_and_by_a_new_token(town: Town, door: Door) -> None:
    first, second = door.open(SARI), door.open(SARI)
    rotated = town.do(lambda uow: rotate_session(uow, door.maker, "sari", first.session.id))
    assert [door.who(token) is None for token in (first.token, second.token, rotated.token)] == [True, True, False]
    with pytest.raises(UnknownError):
        town.do(lambda uow: end_session(uow, "head", rotated.session.id))
    town.do(lambda uow: end_session(uow, "sari", rotated.session.id))
    assert door.who(rotated.token) is None
    third = door.open(SARI)
    town.clock.advance(timedelta(days=180))
    assert door.who(third.token) is None
    with pytest.raises(UnknownError):
        town.do(lambda uow: rotate_session(uow, door.maker, "sari", third.session.id))


def test_a_police_role_holds_only_with_a_second_factor(door: Door) -> None:
    opened = door.open(WULAN)
    assert door.who(opened.token).person.memberships == ()
    proven, recovery = door.enrol(opened)
    assert door.who(opened.token) is None, "a session that is proven has a new token"
    assert door.who(proven.token).person == WULAN
    assert len(set(recovery)) == 10


def test_a_neighbour_needs_no_second_factor(door: Door) -> None:
    for person in (SARI, HEAD):
        assert door.who(door.open(person).token).person == person


def test_a_code_counts_once(town: Town, door: Door) -> None:
    door.enrol(door.open(WULAN))
    opened = door.open(WULAN)
    with pytest.raises(RefusedError, match="used already"):
        door.prove(opened, door.code())
    town.wait(STEP_S)
    proven = door.prove(opened, door.code())
    assert door.who(proven.token).person == WULAN
    with pytest.raises(RefusedError):
        door.prove(proven, door.code())
    with pytest.raises(RefusedError):
        door.prove(proven, door.code(-1))


def test_a_recovery_code_opens_once(door: Door) -> None:
    _, recovery = door.enrol(door.open(WULAN))
    opened = door.open(WULAN)
    assert door.who(door.prove(opened, f" {recovery[3].lower()} ").token).person == WULAN
    with pytest.raises(RefusedError):
        door.prove(door.open(WULAN), recovery[3])
    door.prove(door.open(WULAN), recovery[4])


def test_codes_are_not_guessed(town: Town, door: Door) -> None:
    door.enrol(door.open(WULAN))
    opened = door.open(WULAN)
    town.wait(STEP_S)
    for _ in range(MOST_TRIES):
        with pytest.raises(RefusedError):
            door.prove(opened, "000000")
    with pytest.raises(TooManyTriesError):
        door.prove(opened, door.code())


def test_what_is_not_enrolled_proves_nothing(town: Town, door: Door) -> None:
    opened = door.open(WULAN)
    with pytest.raises(ConflictError, match="enrol"):
        door.prove(opened, door.code())
    with pytest.raises(ConflictError, match="nothing to confirm"):
        town.do(lambda uow: confirm_enrolment(uow, door.codes, door.maker, "wulan", opened.session.id, door.code()))
    town.do(lambda uow: begin_enrolment(uow, door.codes, "wulan", "wulan"))
    with pytest.raises(ConflictError, match="enrol"):
        door.prove(opened, door.code())
    with pytest.raises(RefusedError):
        town.do(lambda uow: confirm_enrolment(uow, door.codes, door.maker, "wulan", opened.session.id, "000000"))


def test_a_second_factor_is_replaced_by_a_reset_only(town: Town, door: Door) -> None:
    proven, _ = door.enrol(door.open(WULAN))
    with pytest.raises(ConflictError, match="reset"):
        town.do(lambda uow: begin_enrolment(uow, door.codes, "wulan", "wulan"))
    town.do(lambda uow: reset_second_factor(uow, "wulan", "admin"))
    assert door.who(proven.token) is None
    assert door.who(door.enrol(door.open(WULAN))[0].token).person == WULAN


async def test_who_forgot_the_password_comes_in_once_with_another_and_nobody_else_does(town: Town, door: Door) -> None:
    await door.set_login(SARI, "0812-1", "sari@rt.example")
    opened = await door.sign_in("sari@rt.example")
    with pytest.raises(InvalidError):
        await reset_password(town.store, door.hasher, "sari", "short", THE_MACHINE)
    with pytest.raises(UnknownError, match="Nobody signs in as joko"):
        await reset_password(town.store, door.hasher, "joko", "tembok putih pagar hijau", THE_MACHINE)
    for name in ("Sari@RT.example", "sari"):
        login = await reset_password(town.store, door.hasher, name, "tembok putih pagar hijau", THE_MACHINE)
        assert (login.person, login.one_time, login.email) == ("sari", True, "sari@rt.example")
    assert door.who(opened.token) is None, "signed out everywhere"
    assert await door.sign_in("sari@rt.example") is None
    assert await door.sign_in("sari@rt.example", "tembok putih pagar hijau") is not None


def test_whoever_was_reset_is_told_on_every_proven_channel_and_until_they_have_seen_it(town: Town) -> None:
    def channels(uow: UnitOfWork) -> None:
        push, chat = NotifyChannel.WEB_PUSH, NotifyChannel.TELEGRAM
        uow.destinations.put(Destination("d-1", "wulan", push, "{}", hears=frozenset({IncidentClass.CRIME})))
        uow.destinations.put(Destination("d-2", "wulan", chat, "code:x", confirmed=False))
        uow.destinations.put(Destination("d-3", "sari", push, "{}"))

    town.do(channels)
    town.do(lambda uow: reset_second_factor(uow, "wulan", "admin"))
    (told,) = town.store.notifications.all.values()
    assert (told.destination, told.wave, told.incident) == ("d-1", Wave.SECURITY, None)
    (parcel,) = town.do(lambda uow: begin(uow, NotifyChannel.WEB_PUSH, 9))
    assert (parcel.message.incident_class, parcel.message.code) == (None, None), "what was reset stays with us"
    town.wait(2 * 24 * 3600)
    town.do(lambda uow: conclude(uow, [Outcome(told.id, "The channel answered 503.")]))
    assert town.store.notifications.all[told.id].due_at is not None, "it is tried for three days"
    (reset,) = town.do(lambda uow: uow.access.unseen_resets("wulan"))
    assert (reset.what, reset.by) == ("second_factor", "admin")
    (entry,) = [e for e in town.store.timeline.entries if e.event == "second_factor_reset"]
    assert (entry.actor, entry.facts) == ("admin", {"person": "wulan", "sessions_ended": 0})
    for _ in range(2):
        town.do(lambda uow: see_resets(uow, "wulan"))
    assert town.do(lambda uow: uow.access.unseen_resets("wulan")) == []
    assert [e.event for e in town.store.timeline.entries].count("resets_seen") == 1


def issue(town: Town, door: Door, person: Person, *scopes: str, days: int = 1, proven: bool = True):
    calling = Caller(person, session="s", proven=proven)
    return town.do(
        lambda uow: issue_token(uow, door.maker, calling, "a program", frozenset(scopes), timedelta(days=days))
    )


def by_token(town: Town, door: Door, text: str) -> Caller | None:
    return town.do(lambda uow: caller_by_token(uow, door.maker.fingerprint(text)))


def test_a_token_speaks_for_its_person_until_it_ends(town: Town, door: Door) -> None:
    issued = issue(town, door, SARI, "incidents:read")
    assert by_token(town, door, issued.text) == Caller(SARI, scopes=frozenset({"incidents:read"}))
    other = issue(town, door, SARI, "places:read", days=3)
    town.clock.advance(timedelta(days=1))
    assert by_token(town, door, issued.text) is None
    for _ in range(2):
        town.do(lambda uow: revoke_token(uow, "sari", other.token.id))
    assert by_token(town, door, other.text) is None
    with pytest.raises(UnknownError):
        town.do(lambda uow: revoke_token(uow, "head", other.token.id))
    assert issued.text not in repr(vars(town.store.access))


def test_a_token_never_has_more_than_its_person(town: Town, door: Door) -> None:
    technician = Person("sari", "Sari", (town.person("sari").memberships[0].__class__(Role.TECHNICIAN, RT1, True),))
    assert "incidents:read" not in scopes_of(technician)
    with pytest.raises(RefusedError, match="places:read"):
        issue(town, door, technician, "incidents:read")
    for wrong in (("access:write",), ("anything",), ("incidents:read", "no:such")):
        with pytest.raises(RefusedError):
            issue(town, door, SARI, *wrong)
    for scopes, days in (((), 1), (("places:read",), 0), (("places:read",), 367)):
        with pytest.raises(InvalidError):
            issue(town, door, SARI, *scopes, days=days)
    unproven = issue(town, door, WULAN, "incidents:read", proven=False)
    assert by_token(town, door, unproven.text).person.memberships == ()
    with pytest.raises(KentonganError, match="signed-in"):
        town.do(lambda uow: issue_token(uow, door.maker, Caller(SARI), "x", frozenset({"places:read"}), RESTS_FOR))


def test_the_token_that_was_installed_speaks_as_ever(town: Town) -> None:
    assert town.do(lambda uow: caller_by_token(uow, f"{'wulan':0>64}")) == Caller(WULAN)
