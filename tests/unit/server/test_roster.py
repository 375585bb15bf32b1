"""The ronda's roster: which nights a rota makes, who takes whose turn, and who is on duty at any moment."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from tests.unit.server.town import FAR_HEAD, HEAD, JOKO, RINI, RT1, SARI, WULAN, Town

from kentongan_server.domain.errors import ConflictError, InvalidError, KentonganError, RefusedError, UnknownError
from kentongan_server.domain.people import Person
from kentongan_server.domain.roster import LOCAL, Rota, Turn
from kentongan_server.inbound.http.ronda import calendar_of
from kentongan_server.ports.roster import on_duty, turns_between
from kentongan_server.use_cases.governing.keep_roster import accept_swap, ask_swap, check_in, set_rota
from kentongan_server.use_cases.informing.tell_people import _ronda

SUNDAY, MONDAY, TUESDAY = (
    date(2026, 3, 1),
    date(2026, 3, 2),
    date(2026, 3, 3),
)  # the town's clock begins Monday 01:00 WIB


class Post:
    """The guard post of RT 1, from Monday afternoon on: Sari and Joko watch on Mondays, 22.00 to 04.00."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.to(MONDAY, 15)
        self.set(people=(SARI.id, JOKO.id))

    def to(self, day: date, hour: float) -> None:
        """Let time pass until then, by the local clock."""
        then = datetime.combine(day, time(), LOCAL) + timedelta(hours=hour)
        self.town.clock.advance(then - self.town.clock.now())

    def set(self, by: Person = HEAD, id: str = "rota-1", **different: Any) -> Rota:
        plain: dict[str, Any] = {
            "region": RT1,
            "weekday": 0,
            "begins": time(22),
            "lasts": timedelta(hours=6),
            "people": (),
            "valid_from": MONDAY,
        }
        return self.town.do(lambda uow: set_rota(uow, by, Rota(id, **{**plain, **different})))

    def turns(self, days: int = 7) -> list[Turn]:
        now = self.town.clock.now()
        return self.town.do(
            lambda uow: turns_between(uow.roster, uow.roster.rotas_of(RT1), now, now + timedelta(days=days))
        )

    def on_duty(self) -> list[str]:
        now = self.town.clock.now()
        return [turn.person for turn in self.town.do(lambda uow: on_duty(uow.roster, RT1, now))]

    def ask(self, person: Person, to: Person | None = None, night: date = MONDAY) -> str:
        return self.town.do(lambda uow: ask_swap(uow, person, "rota-1", night, to and to.id)).id

    def accept(self, person: Person, swap: str) -> None:
        self.town.do(lambda uow: accept_swap(uow, person, swap))

    def come(self, person: Person) -> Turn:
        return self.town.do(lambda uow: check_in(uow, person, RT1))


@pytest.fixture
def post(town: Town) -> Post:
    return Post(town)


def test_a_weekly_rota_makes_nights(post: Post) -> None:
    found = post.turns(days=15)
    assert [(turn.night, turn.person) for turn in found] == [
        (MONDAY + timedelta(days=7 * week), person) for week in (0, 1, 2) for person in (JOKO.id, SARI.id)
    ]
    assert found[0].begins_at == datetime(2026, 3, 2, 22, tzinfo=LOCAL)
    assert found[0].ends_at == datetime(2026, 3, 3, 4, tzinfo=LOCAL)


@pytest.mark.parametrize(
    ("day", "hour", "on"), [(MONDAY, 21.99, 0), (MONDAY, 22, 2), (TUESDAY, 0, 2), (TUESDAY, 3.99, 2), (TUESDAY, 4, 0)]
)
def test_who_is_on_duty_across_midnight(post: Post, day: date, hour: float, on: int) -> None:
    post.to(day, hour)
    assert post.on_duty() == [JOKO.id, SARI.id][:on]


def test_a_turn_is_given_to_whoever_takes_it(post: Post) -> None:
    swap = post.ask(JOKO)
    for _ in range(2):
        post.accept(RINI, swap)
    assert [(turn.person, turn.instead_of) for turn in post.turns(1)] == [(RINI.id, JOKO.id), (SARI.id, None)]
    post.to(TUESDAY, 5)
    assert [turn.person for turn in post.turns(8)] == [JOKO.id, SARI.id], "next week as ever"


def test_a_turn_that_was_taken_may_be_given_on_and_back(post: Post) -> None:
    post.accept(RINI, post.ask(JOKO))
    post.accept(HEAD, post.ask(RINI))
    assert [turn.person for turn in post.turns(1)] == [HEAD.id, SARI.id]
    post.accept(JOKO, post.ask(HEAD))
    assert {turn.person for turn in post.turns(1)} <= {HEAD.id, JOKO.id, SARI.id}
    assert len(post.turns(1)) == 2


def test_who_may_not_take_a_turn(post: Post) -> None:
    swap = post.ask(JOKO, RINI)
    for person, refusal in (
        (HEAD, RefusedError),
        (JOKO, RefusedError),
        (FAR_HEAD, UnknownError),
        (WULAN, UnknownError),
    ):
        with pytest.raises(refusal):
            post.accept(person, swap)
    with pytest.raises(UnknownError):
        post.accept(RINI, "nothing")
    assert post.ask(JOKO) == swap, "asking again widens the same request"
    with pytest.raises(ConflictError, match="already"):
        post.accept(SARI, swap)
    post.accept(HEAD, swap)
    with pytest.raises(ConflictError, match="taken"):
        post.accept(RINI, swap)


def test_who_may_not_ask(post: Post) -> None:
    with pytest.raises(RefusedError, match="no turn"):
        post.ask(RINI)
    with pytest.raises(RefusedError):
        post.ask(JOKO, night=TUESDAY)
    for other in (JOKO, FAR_HEAD, Person("ghost", "", ())):
        with pytest.raises(UnknownError):
            post.ask(JOKO, other)
    swap = post.ask(JOKO)
    post.to(MONDAY, 22)
    with pytest.raises(ConflictError, match="begun"):
        post.accept(RINI, swap)
    with pytest.raises(RefusedError, match="begun"):
        post.ask(SARI)


def test_who_came_comes_first(post: Post) -> None:
    post.to(MONDAY, 21.5)
    assert post.come(SARI).came_at == post.town.clock.now()
    post.to(MONDAY, 22.5)
    assert post.on_duty() == [SARI.id, JOKO.id]
    turn = post.come(SARI)
    assert turn.came_at == datetime(2026, 3, 2, 21, 30, tzinfo=LOCAL), "the first time counts"
    post.come(HEAD)
    assert post.on_duty() == [SARI.id, HEAD.id, JOKO.id], "one who came unasked watches too"
    events = [entry.event for entry in post.town.store.timeline.entries]
    assert events.count("ronda_checked_in") == 2


def test_when_and_where_nobody_checks_in(post: Post) -> None:
    with pytest.raises(ConflictError, match="No watch"):
        post.come(SARI)
    post.to(MONDAY, 22)
    for person in (FAR_HEAD, WULAN):
        with pytest.raises(RefusedError):
            post.come(person)


def test_a_new_rota_leaves_the_past_as_it_was(post: Post) -> None:
    post.to(TUESDAY, 12)
    post.set(id="rota-2", people=(RINI.id,), valid_from=MONDAY + timedelta(days=7))
    before = post.town.do(
        lambda uow: turns_between(
            uow.roster,
            uow.roster.rotas_of(RT1),
            datetime(2026, 3, 2, 22, tzinfo=LOCAL),
            datetime(2026, 3, 2, 23, tzinfo=LOCAL),
        )
    )
    assert [turn.person for turn in before] == [JOKO.id, SARI.id]
    assert [turn.person for turn in post.turns(14)] == [RINI.id, RINI.id]


def test_a_rota_that_is_none_is_refused(post: Post) -> None:
    wrong: list[tuple[dict[str, Any], type[KentonganError]]] = [
        ({"by": SARI}, RefusedError),
        ({"by": FAR_HEAD}, RefusedError),
        ({"weekday": 7}, InvalidError),
        ({"lasts": timedelta(minutes=29)}, InvalidError),
        ({"lasts": timedelta(hours=13)}, InvalidError),
        ({"people": (SARI.id, SARI.id)}, InvalidError),
        ({"people": (FAR_HEAD.id,)}, UnknownError),
        ({"people": ("ghost",)}, UnknownError),
        ({"valid_from": SUNDAY}, InvalidError),
    ]
    for different, refusal in wrong:
        with pytest.raises(refusal):
            post.set(id="wrong", **different)
    assert [rota.id for rota in post.town.store.roster.rotas_of(RT1)] == ["rota-1"]


def test_those_on_duty_are_paged_first_and_without_a_roster_every_ronda(post: Post) -> None:
    assert post.town.do(lambda uow: _ronda(uow, RT1)) == []
    post.to(MONDAY, 23)
    assert [person.id for person in post.town.do(lambda uow: _ronda(uow, RT1))] == [JOKO.id, SARI.id]


def test_the_calendar_is_one_that_calendars_read(post: Post) -> None:
    written = calendar_of(post.turns(8), post.town.clock.now()).decode()
    assert written.count("BEGIN:VEVENT") == 4
    assert "DTSTART:20260302T150000Z" in written
    assert "DTEND:20260302T210000Z" in written
    assert "\r\n" in written
    assert "Sari" not in written
