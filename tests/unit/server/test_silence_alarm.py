"""Stop the noise, and keep it stopped; the incident lives on."""

import pytest
from tests.unit.server.town import ADMIN, FAR_HEAD, HEAD, JOKO, RT1_NODES, SARI, WULAN, Town

from kentongan_server.domain.alarm import Action
from kentongan_server.domain.errors import RefusedError, UnknownError
from kentongan_server.domain.incident_kind import IncidentKind
from kentongan_server.domain.lifecycle import CommandState
from kentongan_server.use_cases.alarming.quieten_alarm import silence_alarm

C = CommandState


def silence(town: Town, incident: str, person=HEAD) -> int:
    told = town.do(lambda uow: silence_alarm(uow, incident, person))
    assert told.following is None
    return told.kentongan


@pytest.mark.parametrize("person", [HEAD, WULAN], ids=["head", "operator"])
def test_silence_reaches_everything_that_sounds(town: Town, person) -> None:
    incident = town.press("ktg-1").incident
    town.all_say(incident, C.SOUNDING)
    assert silence(town, incident, person) == len(RT1_NODES)
    orders = town.commands(incident, Action.SILENCE)
    assert sorted(command.node for command in orders) == sorted(RT1_NODES)
    assert town.alarm(incident).state == "easing", "they have not said yet that they stopped"
    town.all_say(incident, C.SILENCED)
    assert town.alarm(incident).state == "ended"
    (entry,) = town.record(incident, "alarm_silenced")
    assert entry.actor == person.id
    assert town.incident(incident).status == "reported"


def test_what_has_ended_is_left_in_peace(town: Town) -> None:
    incident = town.press("ktg-1").incident
    town.says(town.command_to("ktg-1", incident), C.COMPLETED)
    town.says(town.command_to("ktg-2", incident), C.SOUNDING)
    town.says(town.command_to("gw-1", incident), C.SOUNDING)
    assert silence(town, incident) == 2
    assert {command.node for command in town.commands(incident, Action.SILENCE)} == {"ktg-2", "gw-1"}


def test_a_kentongan_that_comes_back_after_the_silence_does_not_begin(town: Town) -> None:
    incident = town.press("ktg-1").incident
    away = town.command_to("ktg-2", incident)
    town.says(town.command_to("ktg-1", incident), C.SOUNDING)
    town.says(town.command_to("gw-1", incident), C.SOUNDING)
    silence(town, incident)
    assert town.store.alarms.kept[away.id].state is C.SUPERSEDED
    town.wakes("ktg-2")
    for seconds in range(30):
        town.wait(seconds)
        assert all(order.action is Action.SILENCE for order in town.due_orders())
    for name in ("ktg-1", "gw-1"):
        town.says(town.command_to(name, incident), C.SILENCED)
    assert town.alarm(incident).state == "ended"


def test_a_silence_keeps_a_gate_shut(town: Town) -> None:
    incident = town.report(JOKO).incident
    assert silence(town, incident) == 0
    town.wait(60)
    assert town.open_due_gates() == 0
    assert town.alarm(incident).state == "ended"
    assert town.soundings(incident) == []
    town.report(SARI)
    assert town.alarm(incident).state == "active", "a second voice is heard all the same"


def test_silence_twice_is_told_twice(town: Town) -> None:
    """The first order may be lost with its kentongan's answer; pressing again must help."""
    incident = town.press("ktg-1").incident
    town.all_say(incident, C.SOUNDING)
    assert silence(town, incident) == silence(town, incident) == len(RT1_NODES)


def test_silencing_orders_are_retried_and_given_up(town: Town) -> None:
    incident = town.press("ktg-1").incident
    town.all_say(incident, C.SOUNDING)
    silence(town, incident)
    assert [at for at, _, _ in town.orders_to("ktg-1", 10)] == [1, 3, 7]
    town.wait(300)
    town.due_orders()
    assert {command.state for command in town.commands(incident, Action.SILENCE)} == {C.EXPIRED}
    assert town.alarm(incident).state == "ended"


def test_where_nothing_sounds_silence_is_no_trouble(town: Town) -> None:
    incident = town.report(SARI, IncidentKind.COMMUNITY_WORK).incident
    assert silence(town, incident) == 0


def test_only_the_head_of_this_rt_and_an_operator_may_silence(town: Town) -> None:
    incident = town.press("ktg-1").incident
    for person, refusal in (
        (SARI, RefusedError),
        (JOKO, RefusedError),
        (ADMIN, RefusedError),
        (FAR_HEAD, UnknownError),
    ):
        with pytest.raises(refusal):
            silence(town, incident, person)
    with pytest.raises(UnknownError):
        silence(town, "nothing")
    assert town.commands(incident, Action.SILENCE) == []
