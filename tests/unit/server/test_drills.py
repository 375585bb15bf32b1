"""Regular drills: planned and told a day ahead, held once, never beside the real thing; and scored by ear."""

from datetime import UTC, datetime, time, timedelta

import pytest
from tests.unit.server.town import FAR_HEAD, HEAD, RT1, RT2, SARI, WULAN, Town

from kentongan_server.domain.drill_schedule import WIB, DrillSchedule, next_time
from kentongan_server.domain.errors import (
    ConflictError,
    IllegalTransitionError,
    InvalidError,
    RefusedError,
    UnknownError,
)
from kentongan_server.domain.incident import Disposition
from kentongan_server.domain.incident_kind import IncidentKind, Purpose
from kentongan_server.domain.lifecycle import CommandState
from kentongan_server.use_cases.alarming.drill import drills_due, plan_drill, score
from kentongan_server.use_cases.alarming.quiet_places import take_out_of_service
from kentongan_server.use_cases.alarming.record_outcomes import record_outcomes
from kentongan_server.use_cases.alarming.schedule_drills import end_schedule, schedules_due, set_schedule
from kentongan_server.use_cases.informing.tell_people import tell_due_waves
from kentongan_server.use_cases.responding.resolve import resolve

RW = RT1.rpartition("/")[0]


@pytest.fixture
def wide() -> Town:
    return Town(wide=True)


def first_sundays(town: Town, region: str = RW, **different) -> DrillSchedule:
    plain = {"week": 1, "weekday": 6, "begins": time(9)}
    who = different.pop("person", WULAN)
    return town.do(lambda uow: set_schedule(uow, who, region, IncidentKind.FIRE, None, **{**plain, **different}))


def wait_until(town: Town, at: datetime) -> None:
    town.wait((at - town.clock.now()).total_seconds())


@pytest.mark.parametrize(
    ("week", "weekday", "after", "expected"),
    [
        (1, 6, "2026-11-26T10:00", "2026-12-06T09:00"),
        (1, 6, "2026-12-06T08:59", "2026-12-06T09:00"),
        (1, 6, "2026-12-06T09:00", "2027-01-03T09:00"),
        (4, 0, "2026-02-01T00:00", "2026-02-23T09:00"),
        (5, 6, "2026-02-01T00:00", "2026-02-22T09:00"),  # the last, though there are four
        (5, 5, "2026-10-01T00:00", "2026-10-31T09:00"),
        (1, 3, "2026-12-31T12:00", "2027-01-07T09:00"),
    ],
)
def test_when_it_is(week: int, weekday: int, after: str, expected: str) -> None:
    begun = datetime.fromisoformat(after).replace(tzinfo=WIB)
    assert next_time(week, weekday, time(9), begun) == datetime.fromisoformat(expected).replace(tzinfo=WIB)


def test_every_month_has_one_for_ten_years() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    for week in range(1, 6):
        for weekday in range(7):
            found, moment = [], at
            for _ in range(120):
                moment = next_time(week, weekday, time(9), moment)
                found.append(moment.astimezone(WIB))
            assert {day.weekday() for day in found} == {weekday}
            assert [(day.year, day.month) for day in found] == [(2026 + n // 12, n % 12 + 1) for n in range(120)]


def test_it_is_told_a_day_before_and_held_once_a_month(wide: Town) -> None:
    schedule = first_sundays(wide)
    wait_until(wide, schedule.next_at - timedelta(days=1, seconds=1))
    assert wide.do(schedules_due) == 0
    wide.wait(1)
    assert (wide.do(schedules_due), wide.do(schedules_due)) == (1, 0)
    news = [one for one in wide.store.incidents.incidents.values() if one.kind is IncidentKind.GATHERING]
    assert len(news) == 3, "one in each RT of the RW"
    assert all("latihan, bukan kejadian sungguhan" in one.text for one in news)
    assert all(f"{schedule.next_at.astimezone(WIB):%d-%m-%Y}, 09:00 WIB" in one.text for one in news)
    assert [wide.soundings(one.id) for one in news] == [[], [], []], "it is read, not heard"
    assert [wide.forwards(one.id) for one in news] == [[], [], []], "and never read by the police"
    assert wide.do(tell_due_waves) == 3
    assert wide.do(drills_due) == 0
    wide.wait(86_400)
    assert (wide.do(drills_due), wide.do(drills_due)) == (1, 0)
    drills = [one for one in wide.store.incidents.incidents.values() if one.purpose is Purpose.DRILL]
    assert len(drills) == 3
    following = wide.store.plans.schedule(schedule.id).next_at
    assert following == next_time(1, 6, time(9), schedule.next_at)


def test_one_that_was_missed_is_not_caught_up_with(wide: Town) -> None:
    schedule = first_sundays(wide)
    wait_until(wide, schedule.next_at + timedelta(hours=3))
    assert (wide.do(schedules_due), wide.do(drills_due)) == (1, 0)
    assert any(entry.event == "drill_missed" for entry in wide.store.timeline.entries)


def test_who_sets_and_ends_it(wide: Town) -> None:
    with pytest.raises(RefusedError, match="Only the RT head"):
        first_sundays(wide, RT1, person=SARI)
    with pytest.raises(UnknownError):
        first_sundays(wide, RT1, person=FAR_HEAD)
    with pytest.raises(InvalidError, match="between 06:00 and 21:00"):
        first_sundays(wide, begins=time(3))
    kept = first_sundays(wide, RT1, person=HEAD, id="one")
    assert first_sundays(wide, RT1, person=HEAD, id="one") == kept
    with pytest.raises(ConflictError, match="make a new ULID"):
        first_sundays(wide, RT1, person=HEAD, id="one", week=2)
    later = first_sundays(wide, RT1, person=HEAD, week=2)
    assert wide.store.plans.schedules([RT1]) == [later], "a region has one"
    with pytest.raises(UnknownError):
        wide.do(lambda uow: end_schedule(uow, FAR_HEAD, later.id))
    ended = wide.do(lambda uow: end_schedule(uow, HEAD, later.id))
    assert wide.do(lambda uow: end_schedule(uow, HEAD, later.id)) == ended
    wide.wait(70 * 86_400)
    assert wide.do(schedules_due) == 0


def test_never_while_a_real_alarm_is_on(wide: Town) -> None:
    at = wide.clock.now() + timedelta(hours=1)
    drill = wide.do(lambda uow: plan_drill(uow, WULAN, RW, IncidentKind.FIRE, None, at))
    wide.wait(3600)
    real = wide.press("ktg-9").incident
    with pytest.raises(IllegalTransitionError, match="hold the drill when it is over"):
        wide.do(lambda uow: plan_drill(uow, WULAN, RT2, IncidentKind.FIRE, None, None))
    wide.do(drills_due)
    assert wide.store.plans.drill(drill.id).state == "scheduled", "it waits"
    wide.do(lambda uow: resolve(uow, real, WULAN, Disposition.FOUNDED, None))
    wide.all_say(real, CommandState.COMPLETED)
    wide.wait(60)
    assert wide.alarm(real).state == "ended"
    wide.do(drills_due)
    assert wide.store.plans.drill(drill.id).state == "running"


def test_a_drill_that_waited_for_an_hour_is_not_held(wide: Town) -> None:
    at = wide.clock.now() + timedelta(hours=1)
    drill = wide.do(lambda uow: plan_drill(uow, WULAN, RW, IncidentKind.FIRE, None, at))
    wide.wait(3600)
    for _ in range(61):
        wide.report(SARI, region=RT2)
        wide.do(drills_due)
        wide.wait(60)
    assert wide.store.plans.drill(drill.id).state == "called_off"


def test_hardware_is_scored_by_its_own_ear(wide: Town) -> None:
    wide.do(lambda uow: take_out_of_service(uow, HEAD, "gw-1", "kabel putus"))
    drill = wide.do(lambda uow: plan_drill(uow, HEAD, RT1, IncidentKind.FIRE, None, None))
    (own,) = wide.do(lambda uow: score(uow, HEAD, drill.id))[1]
    for name, outcome, heard in (
        ("ktg-1", CommandState.COMPLETED, "cut"),
        ("ktg-2", CommandState.COMPLETED, "sounded"),
    ):
        command = wide.command_to(name, own.incident)
        wide.do(lambda uow, n=name, c=command, h=heard: record_outcomes(uow, n, [(c.id, CommandState.SOUNDING)], h))
        wide.do(lambda uow, n=name, c=command, o=outcome, h=heard: record_outcomes(uow, n, [(c.id, o)], h))
    (own,) = wide.do(lambda uow: score(uow, HEAD, drill.id))[1]
    assert [(k.node, k.sounded, k.heard, k.state) for k in own.kentongan] == [
        ("ktg-1", False, "cut", "completed"),
        ("ktg-2", True, "sounded", "completed"),
    ]
    assert (own.deaf, dict(own.out_of_service), round(own.hardware, 2)) == (2, {"gw-1": "kabel putus"}, 0.33)


def test_the_verdict_of_an_earlier_sounding_is_not_believed(wide: Town) -> None:
    drill = wide.do(lambda uow: plan_drill(uow, HEAD, RT1, IncidentKind.FIRE, None, None))
    (own,) = wide.do(lambda uow: score(uow, HEAD, drill.id))[1]
    command = wide.command_to("ktg-1", own.incident)
    wide.do(lambda uow: record_outcomes(uow, "ktg-1", [(command.id, CommandState.SOUNDING)], "silent"))
    (own,) = wide.do(lambda uow: score(uow, HEAD, drill.id))[1]
    assert {k.node: (k.sounded, k.heard) for k in own.kentongan}["ktg-1"] == (True, None)
