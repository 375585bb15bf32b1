"""City-wide alarms, which take two people, and drills, which score every RT; and codebooks with their versions."""

from datetime import timedelta

import pytest
from tests.unit.server.town import ADMIN, HEAD, KECAMATAN, KELURAHAN, KOTA, NODES, RT1, RT2, SARI, WULAN, Town

from kentongan_server.domain.codebook import SHIPPED, Rhythm
from kentongan_server.domain.errors import ConflictError, IllegalTransitionError, InvalidError, RefusedError
from kentongan_server.domain.incident_kind import IncidentKind, Purpose
from kentongan_server.domain.lifecycle import CommandState
from kentongan_server.use_cases.alarming.adopt_codebook import adopt_codebook, forget_own
from kentongan_server.use_cases.alarming.drill import call_off, drills_due, plan_drill, score
from kentongan_server.use_cases.alarming.sound_city import abort, city_alarms_due, confirm, propose
from kentongan_server.use_cases.responding.acknowledge import acknowledge


@pytest.fixture
def wide() -> Town:
    return Town(wide=True)


def proposed(town: Town, region: str = KOTA, kind: IncidentKind = IncidentKind.DISASTER, **different):
    purpose = different.get("purpose", Purpose.ACTUAL)
    return town.do(lambda uow: propose(uow, different.get("person", ADMIN), region, kind, purpose, None))


def city_incidents(town: Town) -> list[str]:
    return [i.id for i in town.store.incidents.incidents.values() if i.region == KOTA]


def test_two_people_and_ten_seconds_sound_the_whole_city_by_the_city_s_codebook(wide: Town) -> None:
    planned = proposed(wide)
    assert planned.kentongan == len(NODES)
    with pytest.raises(RefusedError, match="Another person"):
        wide.do(lambda uow: confirm(uow, ADMIN, planned.id, len(NODES)))
    with pytest.raises(ConflictError, match="kentongan would sound now, not 1"):
        wide.do(lambda uow: confirm(uow, WULAN, planned.id, 1))
    wide.do(lambda uow: confirm(uow, WULAN, planned.id, len(NODES)))
    wide.wait(9.999)
    assert wide.do(city_alarms_due) == 0
    wide.wait(0.001)
    assert (wide.do(city_alarms_due), wide.do(city_alarms_due)) == (1, 0)
    (incident,) = city_incidents(wide)
    assert {command.node for command in wide.soundings(incident)} == set(NODES)
    assert wide.alarm(incident).level == 5
    assert wide.do(lambda uow: uow.incident_for(SARI, incident)).kind == "disaster", "everybody woken may see why"
    assert {item.channel.split("_")[0] for item in wide.forwards(incident)} == {"emergency"}


def test_anybody_who_may_propose_may_stop_it(wide: Town) -> None:
    planned = proposed(wide)
    wide.do(lambda uow: confirm(uow, WULAN, planned.id, len(NODES)))
    wide.do(lambda uow: abort(uow, ADMIN, planned.id))
    wide.wait(60)
    assert wide.do(city_alarms_due) == 0
    assert city_incidents(wide) == []
    with pytest.raises(IllegalTransitionError, match="aborted; confirm is not possible any more"):
        wide.do(lambda uow: confirm(uow, WULAN, planned.id, len(NODES)))


def test_a_proposal_nobody_confirms_is_over_after_ten_minutes(wide: Town) -> None:
    planned = proposed(wide)
    wide.wait(600)
    wide.do(city_alarms_due)
    assert wide.store.plans.city_alarm(planned.id).state == "expired"
    assert city_incidents(wide) == []


def test_who_and_where_it_is_not_for(wide: Town) -> None:
    with pytest.raises(RefusedError, match="Only the city's admin or an operator"):
        proposed(wide, person=HEAD)
    with pytest.raises(InvalidError, match="kota or a kecamatan"):
        proposed(wide, KELURAHAN)
    with pytest.raises(InvalidError, match="makes no sound"):
        proposed(wide, KECAMATAN, IncidentKind.HOUSE_WATCH)


# drills


def test_a_drill_scores_hardware_and_people_in_each_rt(wide: Town) -> None:
    region = RT1.rpartition("/")[0]
    drill = wide.do(lambda uow: plan_drill(uow, WULAN, region, IncidentKind.FIRE, None, None))
    _, scores = wide.do(lambda uow: score(uow, WULAN, drill.id))
    incidents = {each.region: each.incident for each in scores}
    assert len(incidents) == 3
    assert {wide.incident(name).purpose for name in incidents.values()} == {Purpose.DRILL}
    wide.wait(2)
    for name in ("ktg-1", "ktg-2"):
        wide.says(wide.command_to(name, incidents[RT1]), CommandState.SOUNDING)
    wide.wait(7)
    wide.do(lambda uow: acknowledge(uow, incidents[RT1], SARI))
    wide.wait(900)
    wide.open_due_gates()
    assert wide.alarm(incidents[RT1]).level == 1, "a drill never spreads"
    assert wide.do(drills_due) == 1
    found, scores = wide.do(lambda uow: score(uow, WULAN, drill.id))
    own = next(each for each in scores if each.region == RT1)
    assert found.state == "scored"
    assert (round(own.hardware, 2), own.first_answer_s, own.people[0].person) == (0.67, 9.0, "sari")
    assert [(k.node, k.after_s) for k in own.kentongan] == [("gw-1", None), ("ktg-1", 2.0), ("ktg-2", 2.0)]


def test_a_planned_drill_starts_by_the_clock_or_is_called_off(wide: Town) -> None:
    at = wide.clock.now() + timedelta(days=1)
    one, other = (wide.do(lambda uow: plan_drill(uow, HEAD, RT1, IncidentKind.FIRE, None, at)) for _ in range(2))
    wide.do(lambda uow: call_off(uow, HEAD, other.id))
    wide.wait(86_400)
    assert wide.do(drills_due) == 1
    assert wide.store.plans.drill(one.id).state == "running"
    assert wide.store.plans.drill(other.id).state == "called_off"
    with pytest.raises(IllegalTransitionError, match="running; only one that has not begun"):
        wide.do(lambda uow: call_off(uow, HEAD, one.id))


def test_a_drill_is_no_city_alarm_and_no_resident_s(wide: Town) -> None:
    with pytest.raises(RefusedError, match="Only the RT head"):
        wide.do(lambda uow: plan_drill(uow, SARI, RT1, IncidentKind.FIRE, None, None))
    with pytest.raises(InvalidError, match="propose a city alarm as a drill"):
        wide.do(lambda uow: plan_drill(uow, ADMIN, KECAMATAN, IncidentKind.FIRE, None, None))
    past = wide.clock.now() - timedelta(seconds=1)
    with pytest.raises(InvalidError, match="now or within a year"):
        wide.do(lambda uow: plan_drill(uow, HEAD, RT1, IncidentKind.FIRE, None, past))


# codebooks


OWN = Rhythm("5-4", (90, 160, 90, 160, 90, 160, 90, 160, 90, 900), 10, 30_000, "red")


def test_an_rt_sounds_by_its_own_choice_and_every_alarm_keeps_the_version(wide: Town) -> None:
    before = wide.press("ktg-1", IncidentKind.THEFT).incident
    book = wide.do(lambda uow: adopt_codebook(uow, HEAD, RT1, {IncidentKind.THEFT: OWN}, None))
    assert book.version == "33.74.01.1001-RW01-RT01-1"
    wide.wait(601)
    after, elsewhere = (
        wide.press("ktg-1", IncidentKind.THEFT).incident,
        wide.press("ktg-9", IncidentKind.THEFT).incident,
    )

    def patterns(incident: str) -> set[str]:
        ids = [command.id for command in wide.soundings(incident)]
        return {order.rhythm.pattern for order in wide.do(lambda uow: uow.alarms.orders(ids))}

    assert (wide.alarm(before).codebook, wide.alarm(after).codebook) == ("semarang-1", book.version)
    assert (patterns(after), patterns(elsewhere)) == ({"5-4"}, {"5-5"})
    wide.do(lambda uow: forget_own(uow, HEAD, RT1))
    assert wide.store.codebooks.current(RT1).version == SHIPPED.version
    assert wide.store.codebooks.version(book.version) == book, "what sounded stays readable"
    assert patterns(after) == {"5-4"}


def test_who_may_choose_and_what(wide: Town) -> None:
    for person, region in ((SARI, RT1), (HEAD, None)):
        with pytest.raises(RefusedError):
            wide.do(lambda uow, p=person, r=region: adopt_codebook(uow, p, r, {IncidentKind.THEFT: OWN}, None))
    with pytest.raises(InvalidError, match="Only an RT"):
        wide.do(lambda uow: adopt_codebook(uow, ADMIN, KELURAHAN, {}, None))
    city = wide.do(lambda uow: adopt_codebook(uow, ADMIN, None, {IncidentKind.THEFT: OWN}, None))
    assert (city.version, wide.store.codebooks.current(RT2)) == ("semarang-2", city)


@pytest.mark.parametrize(
    ("kind", "rhythm", "why"),
    [
        (IncidentKind.THEFT, Rhythm("x", (90,), 1, 5000, "red"), "stroke and pause in turn"),
        (IncidentKind.THEFT, Rhythm("x", (90, 110) * 33, 1, 60_000, "red"), "2 to 64 numbers"),
        (IncidentKind.THEFT, Rhythm("x", (5, 900), 1, 5000, "red"), "a stroke lasts 20 to 2000"),
        (IncidentKind.THEFT, Rhythm("x", (90, 9000), 1, 60_000, "red"), "a pause lasts 1 to 5000"),
        (IncidentKind.THEFT, Rhythm("x", (90, 900), 0, 5000, "red"), "rounds are 1"),
        (IncidentKind.THEFT, Rhythm("x", (90, 900), 1, 90_000, "red"), "1000 to 60000 ms"),
        (IncidentKind.GATHERING, Rhythm("x", (90, 900), 1, 40_000, "green"), "1000 to 30000 ms"),
        (IncidentKind.THEFT, Rhythm("x", (90, 900), 1, 5000, "pink"), "its colour is one of"),
        (IncidentKind.THEFT, Rhythm("a b", (90, 900), 1, 5000, "red"), "without spaces"),
        (IncidentKind.HOUSE_WATCH, Rhythm("x", (90, 900), 1, 5000, "red"), "never sounds"),
        (IncidentKind.GATHERING, Rhythm("x", (90, 110), 1, 5000, "green"), "nobody could tell them apart"),
        (IncidentKind.THEFT, Rhythm("x", SHIPPED.all_clear.beats, 1, 9000, "red"), "nobody could tell them apart"),
    ],
)
def test_what_cannot_be_played_or_told_apart_is_refused(
    wide: Town, kind: IncidentKind, rhythm: Rhythm, why: str
) -> None:
    with pytest.raises(InvalidError, match=why):
        wide.do(lambda uow: adopt_codebook(uow, ADMIN, None, {kind: rhythm}, None))
    assert wide.store.codebooks.books == {}
