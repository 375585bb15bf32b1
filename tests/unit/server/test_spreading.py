"""How far an alarm spreads: by time, by a second voice, by hand; to whom, for which reason, and who is passed over."""

from datetime import UTC, datetime

import pytest
from tests.unit.server.town import (
    ADMIN,
    DEAF_RT,
    FAR_RT,
    HEAD,
    JOKO,
    KELURAHAN,
    NEXT_RT,
    RT1,
    RT2,
    SARI,
    WULAN,
    Town,
)

from kentongan_server.domain.alarm import Action
from kentongan_server.domain.errors import (
    ConflictError,
    IllegalTransitionError,
    InvalidError,
    RefusedError,
    UnknownError,
)
from kentongan_server.domain.incident_kind import IncidentClass, IncidentKind
from kentongan_server.domain.lifecycle import CommandState
from kentongan_server.domain.spread import Period, Rule, period_at
from kentongan_server.use_cases.alarming.quiet_places import shelve, take_out_of_service
from kentongan_server.use_cases.alarming.quieten_alarm import refute_alarm, sound_all_clear
from kentongan_server.use_cases.alarming.raise_by_hand import raise_by_hand
from kentongan_server.use_cases.alarming.set_rule import preview_rule, set_rule
from kentongan_server.use_cases.responding.acknowledge import acknowledge


@pytest.fixture
def wide() -> Town:
    return Town(wide=True)


def nodes(town: Town, incident: str) -> set[str]:
    return {command.node for command in town.soundings(incident)}


def reasons(town: Town, incident: str) -> dict[str, str]:
    return {woken.region: woken.reason for woken in town.store.alarms.woken(incident)}


def test_it_rises_while_nobody_takes_it_and_each_timer_fires_once(wide: Town) -> None:
    incident = wide.press("ktg-1").incident
    assert nodes(wide, incident) == {"gw-1", "ktg-1", "ktg-2"}
    wide.wait(59.999)
    assert wide.open_due_gates() == 0
    wide.wait(0.001)
    assert (wide.open_due_gates(), wide.open_due_gates()) == (1, 0)
    assert wide.alarm(incident).level == 2
    assert reasons(wide, incident) == {RT2: "same RW 01", DEAF_RT: "same RW 01"}
    wide.wait(120)
    wide.open_due_gates()
    assert wide.alarm(incident).level == 3
    assert reasons(wide, incident)[NEXT_RT] == f"beside {RT1}, 80 m, confirmed"
    assert FAR_RT not in reasons(wide, incident)
    assert [entry.facts["reason"] for entry in wide.record(incident, "rt_woken")][-1].startswith("beside")
    assert {entry.region for entry in wide.record(incident, "rt_woken")} == {RT2, DEAF_RT, NEXT_RT}
    assert wide.open_due_gates() == 0


def test_an_acknowledgement_stops_it_from_rising(wide: Town) -> None:
    incident = wide.press("ktg-1").incident
    wide.do(lambda uow: acknowledge(uow, incident, SARI))
    wide.wait(600)
    wide.open_due_gates()
    alarm = wide.alarm(incident)
    assert (alarm.state, alarm.level, alarm.due_at) == ("easing", 1, None)


def test_a_second_voice_lifts_it_by_one_level_and_no_further(wide: Town) -> None:
    incident = wide.press("ktg-1").incident
    wide.report(SARI, IncidentKind.PANIC)
    assert wide.alarm(incident).level == 2
    wide.report(HEAD, IncidentKind.PANIC)
    assert wide.alarm(incident).level == 2
    assert "ktg-9" in nodes(wide, incident)


def test_an_operator_widens_it_by_hand(wide: Town) -> None:
    incident = wide.press("ktg-1").incident
    assert wide.do(lambda uow: raise_by_hand(uow, incident, WULAN, 4)) == 4
    assert reasons(wide, incident)[FAR_RT] == f"same kelurahan {KELURAHAN}"
    with pytest.raises(IllegalTransitionError, match="level 4"):
        wide.do(lambda uow: raise_by_hand(uow, incident, WULAN, 2))
    with pytest.raises(InvalidError, match="propose a city alarm"):
        wide.do(lambda uow: raise_by_hand(uow, incident, WULAN, 5))
    with pytest.raises(RefusedError, match="Only an operator"):
        wide.do(lambda uow: raise_by_hand(uow, incident, HEAD, 4))


def test_what_still_sounds_is_not_told_twice_and_what_is_done_sounds_again(wide: Town) -> None:
    incident = wide.press("ktg-1").incident
    wide.says(wide.command_to("ktg-1", incident), CommandState.COMPLETED)
    wide.wait(60)
    wide.open_due_gates()
    told = [command.node for command in wide.commands(incident, Action.SOUND)]
    assert (told.count("ktg-1"), told.count("ktg-2"), told.count("ktg-9")) == (2, 1, 1)


def test_the_rt_it_woke_may_see_it(wide: Town) -> None:
    incident = wide.press("ktg-9").incident
    with pytest.raises(UnknownError):
        wide.do(lambda uow: uow.incident_for(SARI, incident))
    wide.wait(60)
    wide.open_due_gates()
    assert wide.do(lambda uow: uow.incident_for(SARI, incident)).id == incident


def test_a_refuted_gate_stays_shut(wide: Town) -> None:
    incident = wide.report(JOKO).incident
    with pytest.raises(RefusedError, match="Only the ronda"):
        wide.do(lambda uow: refute_alarm(uow, incident, SARI))
    wide.do(lambda uow: refute_alarm(uow, incident, HEAD))
    wide.wait(15)
    assert wide.open_due_gates() == 0
    assert wide.soundings(incident) == []
    assert wide.forwards(incident)
    wide.do(lambda uow: refute_alarm(uow, incident, HEAD))  # a repeat is harmless
    with pytest.raises(IllegalTransitionError, match="waits for nobody"):
        wide.do(lambda uow: refute_alarm(uow, incident, WULAN))


def test_all_clear_reaches_every_kentongan_that_sounded_with_its_own_rhythm(wide: Town) -> None:
    incident = wide.press("ktg-1").incident
    wide.do(lambda uow: raise_by_hand(uow, incident, WULAN, 2))
    sounded = nodes(wide, incident)
    assert wide.do(lambda uow: sound_all_clear(uow, incident, HEAD)).kentongan == len(sounded)
    clear = wide.commands(incident, Action.ALL_CLEAR)
    assert {command.node for command in clear} == sounded
    orders = wide.do(lambda uow: uow.alarms.orders([command.id for command in clear]))
    assert {order.rhythm.pattern for order in orders} == {"1-7-1"}
    assert all(command.state is CommandState.SUPERSEDED for command in wide.soundings(incident))


# quiet on purpose


def test_a_mourning_rt_is_passed_over_by_news_and_not_by_crime(wide: Town) -> None:
    wide.do(lambda uow: shelve(uow, HEAD, RT1, 2, "berkabung"))
    news = wide.report(HEAD, IncidentKind.COMMUNITY_WORK).incident
    assert wide.soundings(news) == []
    assert wide.record(news, "rt_shelved")[0].facts["reason"] == "berkabung"
    assert wide.soundings(wide.press("ktg-1").incident)
    wide.wait(2 * 3600)
    assert wide.soundings(wide.report(HEAD, IncidentKind.GATHERING).incident)


def test_a_kentongan_in_repair_is_skipped_with_its_reason_and_the_last_one_leaves_it_deaf(wide: Town) -> None:
    _, deaf = wide.do(lambda uow: take_out_of_service(uow, HEAD, "ktg-1", "kabel putus"))
    assert deaf is False
    incident = wide.press("ktg-2").incident
    assert nodes(wide, incident) == {"gw-1", "ktg-2"}
    assert wide.record(incident, "kentongan_skipped")[0].facts["reason"] == "kabel putus"
    for name in ("ktg-2", "gw-1"):
        _, deaf = wide.do(lambda uow, name=name: take_out_of_service(uow, HEAD, name, "banjir"))
    assert deaf is True
    fire = wide.press("ktg-2", IncidentKind.FIRE).incident
    assert wide.record(fire, "region_deaf")
    wide.do(lambda uow: take_out_of_service(uow, HEAD, "ktg-2", None))
    assert nodes(wide, wide.press("ktg-9").incident) == {"ktg-9"}


# rules


def test_a_rule_is_saved_as_its_preview_showed_it(wide: Town) -> None:
    rule = Rule({4: 30}, 2)
    would = wide.do(lambda uow: preview_rule(uow, ADMIN, KELURAHAN, IncidentClass.CRIME, rule, RT1))
    assert [(each.region, each.level, each.after_s) for each in would] == [
        (RT1, 1, 0),
        (RT2, 2, 30),
        (DEAF_RT, 2, 30),
        (NEXT_RT, 3, 30),
        (FAR_RT, 4, 30),
    ]
    assert all(each.reason for each in would)
    saves = {"home": RT1, "rts_seen": 4}
    with pytest.raises(ConflictError, match="5 RTs would sound around"):
        wide.do(lambda uow: set_rule(uow, ADMIN, KELURAHAN, IncidentClass.CRIME, Period.NIGHT, rule, **saves))
    saves["rts_seen"] = 5
    wide.do(lambda uow: set_rule(uow, ADMIN, KELURAHAN, IncidentClass.CRIME, Period.NIGHT, rule, **saves))
    incident = wide.press("ktg-1").incident
    wide.wait(30)
    wide.open_due_gates()
    assert wide.alarm(incident).level == 4


@pytest.mark.parametrize(
    ("rule", "incident_class", "why"),
    [
        (Rule({2: 60}, 1), IncidentClass.COMMUNITY, "its own RT only"),
        (Rule({2: 5}, 1), IncidentClass.CRIME, "after 15 to 3600"),
        (Rule({2: 90, 3: 60}, 1), IncidentClass.CRIME, "rising order"),
        (Rule({5: 60}, 1), IncidentClass.CRIME, "levels 2, 3 and 4"),
        (Rule({}, 5), IncidentClass.CRIME, "from 1 to 4"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused(
    wide: Town, rule: Rule, incident_class: IncidentClass, why: str
) -> None:
    with pytest.raises(InvalidError, match=why):
        wide.do(lambda uow: preview_rule(uow, ADMIN, KELURAHAN, incident_class, rule, RT1))


def test_night_is_night_in_semarang() -> None:
    assert period_at(datetime(2026, 1, 1, 15, 0, tzinfo=UTC)) is Period.NIGHT
    assert period_at(datetime(2026, 1, 1, 14, 59, tzinfo=UTC)) is Period.DAY
    assert period_at(datetime(2026, 1, 1, 22, 0, tzinfo=UTC)) is Period.DAY
