"""What a kentongan says of its commands, and what follows from it."""

from dataclasses import replace

import pytest
from tests.unit.server.town import RT1, SARI, WULAN, Town

from kentongan_server.domain.lifecycle import CommandState
from kentongan_server.use_cases.responding.acknowledge import acknowledge

C = CommandState


def test_every_step_is_written_and_noted(town: Town) -> None:
    incident = town.press("ktg-1").incident
    command = town.command_to("ktg-1", incident)
    for said in (C.DEVICE_ACKED, C.SOUNDING, C.COMPLETED):
        town.says(command, said)
        assert town.store.alarms.kept[command.id].state is said
    noted = town.record(incident, "command_state_changed")
    assert [entry.facts["state"] for entry in noted] == ["device_acked", "sounding", "completed"]
    assert {(entry.facts["node"], entry.facts["command"], entry.region) for entry in noted} == {
        ("ktg-1", command.id, RT1)
    }


@pytest.mark.parametrize("end", [C.COMPLETED, C.SILENCED, C.FAILED])
def test_the_end_is_believed_although_all_before_it_was_lost(town: Town, end: C) -> None:
    incident = town.press("ktg-1").incident
    command = town.command_to("ktg-1", incident)
    town.says(command, end)
    assert town.store.alarms.kept[command.id].state is end
    assert command.id not in town.store.alarms.due_at


def test_an_attempt_refused_as_stale_is_no_end_and_the_next_one_is_obeyed(town: Town) -> None:
    """Whoever replays an old attempt must not be able to stop an alarm."""
    incident = town.press("ktg-1").incident
    command = town.command_to("ktg-1", incident)
    town.do(lambda uow: uow.alarms.mark_sent([command.id]))
    town.says(command, C.EXPIRED)
    assert town.command_to("ktg-1", incident).state is C.SENT
    town.wait(1)
    assert command.id in [order.command for order in town.due_orders()]
    town.says(command, C.SOUNDING)
    assert town.command_to("ktg-1", incident).state is C.SOUNDING


def test_repeated_and_late_words_change_nothing(town: Town) -> None:
    incident = town.press("ktg-1").incident
    command = town.command_to("ktg-1", incident)
    town.says(command, C.COMPLETED)
    before = list(town.store.timeline.entries)
    town.says(command, C.COMPLETED, C.SOUNDING, C.DEVICE_ACKED, C.FAILED)
    assert town.store.alarms.kept[command.id].state is C.COMPLETED
    assert town.store.timeline.entries == before


def test_nobody_speaks_for_another_kentongan(town: Town) -> None:
    incident = town.press("ktg-1").incident
    command = town.command_to("ktg-1", incident)
    before = list(town.store.timeline.entries)
    town.says(command, C.COMPLETED, node="ktg-2")
    assert town.store.alarms.kept[command.id] == command
    assert town.store.timeline.entries == before


def test_an_unknown_command_is_ignored(town: Town) -> None:
    incident = town.press("ktg-1").incident
    command = town.command_to("ktg-1", incident)
    town.says(replace(command, id="forged"), C.COMPLETED)
    assert "forged" not in town.store.alarms.kept


def test_an_answered_command_may_last_until_it_expires(town: Town) -> None:
    incident = town.press("ktg-1").incident
    command = town.command_to("ktg-1", incident)
    town.says(command, C.SOUNDING)
    assert town.store.alarms.due_at[command.id] == command.expires_at


def test_the_alarm_ends_with_its_last_kentongan(town: Town) -> None:
    incident = town.press("ktg-1").incident
    town.do(lambda uow: acknowledge(uow, incident, SARI))
    ends = {"ktg-1": C.COMPLETED, "ktg-2": C.SILENCED, "gw-1": C.FAILED}
    for name, end in ends.items():
        assert town.alarm(incident).state == "easing"
        town.says(town.command_to(name, incident), end)
    assert town.alarm(incident).state == "ended"
    assert len(town.record(incident, "alarm_ended")) == 1
    assert town.incident(incident).status == "reported", "the incident lives on"


@pytest.mark.parametrize("said", [C.SOUNDING, C.COMPLETED])
def test_the_reporter_hears_once_that_the_neighbours_are_called(town: Town, said: C) -> None:
    incident = town.press("ktg-1").incident
    town.says(town.command_to("ktg-1", incident), C.DEVICE_ACKED)
    assert town.record(incident, "stage_reached") == []
    town.all_say(incident, said)
    assert [entry.facts for entry in town.record(incident, "stage_reached")] == [{"stage": "neighbours_called"}]


def test_help_that_has_come_further_is_not_called_back(town: Town) -> None:
    incident = town.press("ktg-1").incident
    town.do(lambda uow: acknowledge(uow, incident, WULAN))
    town.all_say(incident, C.SOUNDING)
    assert [entry.facts["stage"] for entry in town.record(incident, "stage_reached")] == ["police_saw"]
