"""From a report to noise: who sounds, when, and who must wait."""

import pytest
from tests.unit.server.town import (
    DEAF_RT,
    HEAD,
    JOKO,
    RINI,
    RT1,
    RT1_NODES,
    RT2,
    SARI,
    Town,
)

from kentongan_server.domain.alarm import Action
from kentongan_server.domain.incident_kind import IncidentClass, IncidentKind, Purpose
from kentongan_server.domain.lifecycle import CommandState

ALARMING = [kind for kind in IncidentKind if kind.incident_class is not IncidentClass.COMMUNITY]
CALLING = [IncidentKind.COMMUNITY_WORK, IncidentKind.GATHERING, IncidentKind.DEATH_NOTICE]


@pytest.mark.parametrize("kind", ALARMING)
def test_a_button_sounds_its_whole_rt_at_once_and_no_other(town: Town, kind: IncidentKind) -> None:
    incident = town.press("ktg-1", kind).incident
    commands = town.soundings(incident)
    assert sorted(command.node for command in commands) == sorted(RT1_NODES)
    assert {command.state for command in commands} == {CommandState.QUEUED}
    assert {command.attempts for command in commands} == {1}
    assert all((command.expires_at - command.created_at).total_seconds() == 300 for command in commands)
    alarm = town.alarm(incident)
    assert (alarm.state, alarm.level, alarm.region) == ("active", 1, RT1)
    (raised,) = town.record(incident, "alarm_raised")
    assert sorted(raised.facts["nodes"]) == sorted(RT1_NODES)
    assert raised.facts["level"] == 1
    assert raised.facts["beats"]


def test_a_vouched_resident_sounds_at_once(town: Town) -> None:
    assert town.alarm(town.report(SARI).incident).state == "active"


def test_a_stranger_waits_fifteen_seconds_and_then_sounds(town: Town) -> None:
    incident = town.report(JOKO).incident
    alarm = town.alarm(incident)
    assert (alarm.state, alarm.level, town.soundings(incident)) == ("gated", 0, [])
    assert town.record(incident, "alarm_gated")[0].facts == {"seconds": 15}
    town.wait(14.999)
    assert town.open_due_gates() == 0
    town.wait(0.001)
    assert town.open_due_gates() == 1
    alarm = town.alarm(incident)
    assert (alarm.state, alarm.level) == ("active", 1)
    assert len(town.soundings(incident)) == len(RT1_NODES)
    assert town.record(incident, "alarm_raised")[0].facts["level"] == 1
    assert town.open_due_gates() == 0


@pytest.mark.parametrize("who", ["another stranger", "a vouched resident", "a button", "the head"])
def test_a_second_voice_opens_the_gate_at_once(town: Town, who: str) -> None:
    incident = town.report(JOKO).incident
    speak = {
        "another stranger": lambda: town.report(RINI),
        "a vouched resident": lambda: town.report(SARI),
        "a button": lambda: town.press("ktg-1", IncidentKind.THEFT),
        "the head": lambda: town.report(HEAD),
    }
    speak[who]()
    assert town.alarm(incident).state == "active"
    town.wait(15)
    assert town.open_due_gates() == 0
    assert len(town.soundings(incident)) == len(RT1_NODES)


def test_the_same_stranger_twice_is_still_one_voice(town: Town) -> None:
    incident = town.report(JOKO).incident
    town.wait(5)
    town.report(JOKO)
    assert town.alarm(incident).state == "gated"
    town.wait(10)
    assert town.open_due_gates() == 1, "speaking again must not make the neighbours wait longer"


def test_a_resident_of_another_rt_is_a_stranger_here(town: Town) -> None:
    assert town.alarm(town.report(SARI, region=RT2).incident).state == "gated"


def test_more_voices_while_it_sounds_make_no_second_alarm(town: Town) -> None:
    incident = town.press("ktg-1").incident
    town.all_say(incident, CommandState.SOUNDING)
    for again in (lambda: town.press("ktg-2"), lambda: town.report(SARI), lambda: town.press("gw-1")):
        again()
    own = [command for command in town.commands(incident) if command.node in RT1_NODES]
    assert len(own) == len(RT1_NODES)
    assert len(town.store.alarms.alarms) == 1


@pytest.mark.parametrize("how", ["the same button", "a new voice"])
def test_an_alarm_that_is_over_sounds_again(town: Town, how: str) -> None:
    incident = town.press("ktg-1").incident
    town.all_say(incident, CommandState.COMPLETED)
    town.wait(30)
    if how == "the same button":
        town.press("ktg-1")
    else:
        town.report(SARI)
    assert town.alarm(incident).state == "active"
    own = [command for command in town.commands(incident, Action.SOUND) if command.node in RT1_NODES]
    assert len({command.id for command in own}) == 2 * len(RT1_NODES)


def test_a_person_who_only_repeats_themselves_does_not_sound_it_again(town: Town) -> None:
    incident = town.report(SARI).incident
    town.all_say(incident, CommandState.COMPLETED)
    town.report(SARI)
    assert len(town.commands(incident)) == len(RT1_NODES)


def test_a_dead_kentongan_does_not_keep_the_living_from_sounding_again(town: Town) -> None:
    incident = town.press("ktg-1").incident
    dead = town.command_to("gw-1", incident)
    for name in ("ktg-1", "ktg-2"):
        town.says(town.command_to(name, incident), CommandState.COMPLETED)
    town.wait(50)
    town.press("ktg-1")
    assert [command.node for command in town.commands(incident)].count("ktg-1") == 2
    assert town.store.alarms.kept[dead.id].state is CommandState.QUEUED, "it is still tried"
    assert [command.node for command in town.commands(incident)].count("gw-1") == 1


@pytest.mark.parametrize("said", [CommandState.DEVICE_ACKED, CommandState.SOUNDING])
def test_it_is_not_sounded_again_while_one_still_sounds(town: Town, said: CommandState) -> None:
    incident = town.press("ktg-1").incident
    town.says(town.command_to("ktg-1", incident), CommandState.COMPLETED)
    town.says(town.command_to("ktg-2", incident), said)
    town.press("ktg-1")
    assert len(town.commands(incident)) == len(RT1_NODES)


def test_an_rt_without_kentongan_is_called_deaf_and_its_alarm_goes_on(town: Town) -> None:
    incident = town.report(SARI, region=DEAF_RT).incident
    town.wait(15)
    town.open_due_gates()
    assert town.record(incident, "region_deaf")
    assert town.record(incident, "alarm_raised")[0].facts["nodes"] == []
    assert town.alarm(incident).state == "active", "its RW is called when nobody takes it"
    assert town.forwards(incident), "the police hear of it all the same"


@pytest.mark.parametrize("kind", CALLING)
def test_the_head_calls_the_rt_together(town: Town, kind: IncidentKind) -> None:
    assert town.alarm(town.report(HEAD, kind).incident).state == "active"


@pytest.mark.parametrize("kind", CALLING)
def test_others_news_makes_no_noise(town: Town, kind: IncidentKind) -> None:
    for taken in (town.report(SARI, kind), town.press("ktg-1", kind)):
        assert town.alarm(taken.incident) is None
        assert town.commands(taken.incident) == []


def test_a_house_watch_never_sounds(town: Town) -> None:
    assert town.alarm(town.report(HEAD, IncidentKind.HOUSE_WATCH).incident) is None


@pytest.mark.parametrize("purpose", [Purpose.DRILL, Purpose.TEST])
def test_a_drill_sounds_as_a_drill(town: Town, purpose: Purpose) -> None:
    incident = town.press("ktg-1", purpose=purpose).incident
    ids = [command.id for command in town.soundings(incident)]
    assert {order.purpose for order in town.do(lambda uow: uow.alarms.orders(ids))} == {purpose}


def test_kentongan_that_never_spoke_are_commanded_too(asleep: Town) -> None:
    """Their orders wait for a nonce; the command is there."""
    incident = asleep.press("ktg-1").incident
    ids = [command.id for command in asleep.soundings(incident)]
    assert len(ids) == len(RT1_NODES)
    assert asleep.do(lambda uow: uow.alarms.orders(ids)) == []


def test_counters_rise_with_every_command_to_a_kentongan(town: Town) -> None:
    first = town.press("ktg-1").incident
    second = town.press("ktg-1", IncidentKind.FIRE).incident
    assert [town.command_to("ktg-1", incident).counter for incident in (first, second)] == [1, 2]


def _named(town: Town, incident: str) -> list[str | None]:
    """The reports that the soundings of ktg-1 name, in order."""
    return [command.report for command in town.soundings(incident) if command.node == "ktg-1"]


def test_a_command_names_the_press_that_made_it(town: Town) -> None:
    """Neighbours who sounded for that press without us do not sound for it again."""
    pressed = town.press("ktg-1")
    assert _named(town, pressed.incident) == [pressed.report]
    orders = town.do(lambda uow: uow.alarms.orders(list(uow.alarms.kept)))
    assert {order.report for order in orders} == {pressed.report}
    town.wait(1)
    assert {order.report for order in town.due_orders()} == {pressed.report}  # another attempt is the same command


def test_another_press_of_the_same_event_names_itself(town: Town) -> None:
    first = town.press("ktg-1")
    town.all_say(first.incident, CommandState.COMPLETED)
    town.wait(60)
    second = town.press("ktg-1")
    assert second.incident == first.incident
    assert _named(town, first.incident) == [first.report, second.report]


def test_what_an_app_reports_or_what_rises_by_itself_names_no_press(town: Town) -> None:
    incident = town.report(SARI).incident
    assert _named(town, incident) == [None]
