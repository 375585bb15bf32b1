"""Statistics against a reference that takes the long way, and the rules that keep people out of them."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from tests.unit.server.town import ADMIN, HEAD, JOKO, RT1, RT2, SARI, WULAN, Town

from kentongan_server.domain.errors import InvalidError, RefusedError, UnknownError
from kentongan_server.domain.incident import Disposition
from kentongan_server.domain.incident_kind import IncidentClass, IncidentKind, Purpose
from kentongan_server.domain.statistics import (
    FEW,
    Case,
    Heard,
    Period,
    day_of,
    deaf_time,
    figures,
    said_of_siblings,
    spread,
)
from kentongan_server.use_cases.governing.measure import measure
from kentongan_server.use_cases.responding.acknowledge import acknowledge

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)


def generated(seed: int, many: int = 400) -> Iterator[Case]:
    chance = random.Random(seed)  # noqa: S311
    for number in range(many):
        opened = BEGIN + timedelta(seconds=chance.randrange(30 * 86400))

        def later(most: float, opened: datetime = opened) -> datetime | None:
            return (
                None if chance.random() < 0.3 else opened + timedelta(milliseconds=chance.randrange(int(most * 1000)))
            )

        purpose = chance.choice([*[Purpose.ACTUAL] * 5, Purpose.DRILL, Purpose.TEST])
        yield Case(
            f"i-{number}",
            f"33.74.0{chance.randint(1, 3)}.1001/RW01/RT0{chance.randint(1, 9)}",
            chance.choice(list(IncidentClass)),
            purpose,
            opened - timedelta(milliseconds=chance.randrange(3000)),
            opened,
            first_sounding_at=later(10),
            last_sounding_at=later(60),
            community_at=later(600),
            police_at=later(600),
            arrived_at=later(3600),
            disposition=chance.choice([None, *Disposition]),
            kentongan=(kentongan := chance.randint(0, 5)),
            sounded=(sounded := chance.randint(0, kentongan)),
            loud=frozenset(f"n{one}" for one in range(sounded)),
            skipped=frozenset({"rest"} if chance.random() < 0.2 else ()),
            drill=f"d-{number % 7}" if purpose is Purpose.DRILL else None,
            forwards=(forwards := chance.randint(0, 2)),
            accepted=chance.randint(0, forwards),
        )


@pytest.mark.parametrize("seed", range(5))
def test_figures_are_what_counting_by_hand_gives(seed: int) -> None:
    cases = list(generated(seed))
    found = figures(cases, timedelta(hours=1.5))
    real = [case for case in cases if case.purpose is Purpose.ACTUAL]
    drills = [case for case in cases if case.purpose is Purpose.DRILL]
    for one in IncidentClass:
        assert found.incidents[one] == len([case for case in real if case.incident_class == one])
    judged = [case for case in real if case.disposition]
    assert found.prank_rate == len([c for c in judged if c.disposition == "prank"]) / len(judged)
    assert found.delivered == round(sum(c.accepted for c in real) / sum(c.forwards for c in real), 4)
    called = sum(c.kentongan + len(c.skipped) for c in drills)
    assert found.drill_score == round(sum(len(c.loud) for c in drills) / called, 4)
    assert found.drills == len({c.drill for c in drills})
    assert found.deaf_hours == 1.5
    took = [(c.arrived_at - c.opened_at).total_seconds() for c in real if c.arrived_at]
    arrival = found.spreads["arrival"]
    assert arrival.count == len(took)
    assert sum(value < arrival.median for value in took) <= len(took) / 2
    assert sum(value > arrival.median for value in took) <= len(took) / 2
    assert min(v for v in took if sum(other <= v for other in took) >= 0.9 * len(took)) == arrival.p90
    sounded = [max(0.0, (c.first_sounding_at - c.pressed_at).total_seconds()) for c in real if c.first_sounding_at]
    assert found.spreads["first_sounding"].count == len(sounded)


SAID = [lambda at: (True, at), lambda at: (False, at), lambda at: (None, at, True), lambda at: (None, at, False)]


@pytest.mark.parametrize("seed", range(20))
def test_deaf_time_is_what_asking_every_second_gives(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    nodes = {f"n{number}": f"RT{number % 3}" for number in range(6)} | {"never-heard": "RT9"}
    words = [
        Heard(f"n{chance.randrange(6)}", "", *chance.choice(SAID)(BEGIN + timedelta(seconds=second)))
        for second in sorted(chance.sample(range(600), 60))
    ]
    since, until = BEGIN + timedelta(seconds=100), BEGIN + timedelta(seconds=500)
    found = deaf_time(nodes, words, since, until)
    expected = dict.fromkeys(found, 0)
    for second in range(100, 500):
        now = BEGIN + timedelta(seconds=second)
        online, serving = dict.fromkeys(nodes, False), dict.fromkeys(nodes, True)
        for word in words:
            if word.at <= now and word.online is not None:
                online[word.node] = word.online
            elif word.at <= now:
                serving[word.node] = word.serving
        for region in expected:
            expected[region] += not any(online[n] and serving[n] for n, of in nodes.items() if of == region)
    assert {region: time.total_seconds() for region, time in found.items()} == expected
    assert found["RT9"] == until - since


def test_a_day_is_the_city_s() -> None:
    assert day_of(datetime(2026, 11, 1, 16, 59, 59, tzinfo=UTC)) == date(2026, 11, 1)
    assert day_of(datetime(2026, 11, 1, 17, 0, tzinfo=UTC)) == date(2026, 11, 2)
    period = Period(date(2026, 12, 31), date(2027, 1, 1))
    assert period.since == datetime(2026, 12, 30, 17, tzinfo=UTC)
    assert period.until == datetime(2027, 1, 1, 17, tzinfo=UTC)
    assert period.days() == [date(2026, 12, 31), date(2027, 1, 1)]


def test_too_few_are_not_said() -> None:
    few = [case for case in generated(1) if case.purpose is Purpose.ACTUAL][: FEW - 1]
    found = figures([replace(case, incident_class=IncidentClass.CRIME) for case in few], timedelta(hours=3))
    assert found.incidents == {IncidentClass.CRIME: None, IncidentClass.EMERGENCY: 0, IncidentClass.COMMUNITY: 0}
    assert (found.prank_rate, found.delivered, found.deaf_hours) == (None, None, 3.0)
    assert spread([1, 2, 3, 4]) == spread([9, 9, 9, None])
    assert spread([5, 1, 4, 2, 3]).median == 3


def test_one_alone_withheld_takes_another_with_it() -> None:
    assert said_of_siblings({"a": 3, "b": 20, "c": 7, "d": 0}) == {"a": None, "b": 20, "c": None, "d": 0}
    assert said_of_siblings({"a": 3, "b": 1, "c": 7}) == {"a": None, "b": None, "c": 7}
    assert said_of_siblings({"a": 3, "b": 0}) == {"a": None, "b": 0}
    assert said_of_siblings({"a": 8, "b": 9}) == {"a": 8, "b": 9}


def period(town: Town) -> Period:
    return Period(day_of(town.clock.now()) - timedelta(days=1), day_of(town.clock.now()))


def test_a_region_is_measured_with_what_lies_below(town: Town) -> None:
    for _ in range(FEW):
        taken = town.report(SARI)
        town.wait(30)
        town.do(lambda uow, taken=taken: acknowledge(uow, taken.incident, WULAN))
        town.wait(700)
    town.press("ktg-9")
    found = town.do(lambda uow: measure(uow, HEAD, RT1, period(town)))
    assert found.total.incidents[IncidentClass.CRIME] == FEW
    assert found.total.spreads["police"].median == 30
    assert found.below == {}
    assert sum(figures.incidents[IncidentClass.CRIME] or 0 for _, figures in found.days) == FEW


def test_only_who_answers_for_a_region_may_ask(town: Town) -> None:
    for person, region in ((SARI, RT1), (JOKO, RT1), (HEAD, RT2)):
        with pytest.raises(RefusedError):
            town.do(lambda uow, person=person, region=region: measure(uow, person, region, period(town)))
    with pytest.raises(UnknownError):
        town.do(lambda uow: measure(uow, ADMIN, "33.75", period(town)))
    with pytest.raises(InvalidError):
        town.do(lambda uow: measure(uow, ADMIN, "nowhere", period(town)))
    with pytest.raises(InvalidError):
        town.do(lambda uow: measure(uow, HEAD, RT1, Period(date(2026, 2, 1), date(2026, 1, 1))))


def test_the_police_do_not_count_community_news(town: Town) -> None:
    town.report(HEAD, IncidentKind.COMMUNITY_WORK)
    assert IncidentClass.COMMUNITY not in town.do(lambda uow: measure(uow, WULAN, RT1, period(town))).classes
    assert IncidentClass.COMMUNITY in town.do(lambda uow: measure(uow, HEAD, RT1, period(town))).classes
