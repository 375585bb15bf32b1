"""A city is called, and told, in portions: everybody once, whatever happens in between."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.unit.server.town import ADMIN, KOTA, WULAN, Town

from kentongan_server.domain.alarm import CROWD_PATIENCE, TELLING_PATIENCE, Action
from kentongan_server.domain.incident_kind import IncidentKind, Purpose
from kentongan_server.domain.lifecycle import ALARM, CommandState, advance
from kentongan_server.domain.place import NodeRole, Region, unheard_node
from kentongan_server.domain.spread import CITY
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.alarming.quieten_alarm import PORTION as TOLD_AT_ONCE
from kentongan_server.use_cases.alarming.quieten_alarm import silence_alarm, sound_all_clear, tell_on
from kentongan_server.use_cases.alarming.retry_commands import BATCH, due_orders
from kentongan_server.use_cases.alarming.sound_city import city_alarms_due, confirm, propose
from kentongan_server.use_cases.alarming.spread_alarm import PORTION, call_cities, spread
from kentongan_server.use_cases.responding.acknowledge import acknowledge

RTS = 2 * PORTION + 40
C = CommandState


def _furnish(uow: UnitOfWork) -> None:
    codes = [f"33.74.09.1001/RW{n // 50 + 1:02d}/RT{n % 50 + 1:02d}" for n in range(RTS)]
    uow.places.put_regions([Region(code, code, -6.98, 110.41) for code in codes])
    uow.places.put_nodes([unheard_node(f"far-{n:04d}", code, NodeRole.KENTONGAN) for n, code in enumerate(codes)])


@pytest.fixture
def big() -> Town:
    """A town with some hundred RTs around it."""
    town = Town(wide=True)
    town.do(_furnish)
    return town


def begin(town: Town) -> str:
    """Two people have agreed and ten seconds are over: the first portion is called; the incident."""
    proposed = town.do(lambda uow: propose(uow, WULAN, KOTA, IncidentKind.DISASTER, Purpose.ACTUAL, None))
    town.do(lambda uow: confirm(uow, ADMIN, proposed.id, proposed.kentongan))
    town.wait(10)
    town.do(city_alarms_due)
    (incident,) = [i.id for i in town.store.incidents.incidents.values() if i.region == KOTA]
    return incident


def call_all(town: Town) -> int:
    """Call the rest; how many portions that took."""
    portions = 1
    while town.do(call_cities):
        portions += 1
    return portions


def everybody(town: Town) -> list[str]:
    return sorted(node.id for node in town.store.places.nodes.values())


def test_the_record_says_how_many_were_called_in_all(big: Town) -> None:
    incident = begin(big)
    assert big.record(incident, "city_called") == []
    call_all(big)
    (entry,) = big.record(incident, "city_called")
    rts = {node.region for node in big.store.places.nodes.values()}
    assert entry.facts["kentongan"] == len(everybody(big))
    assert entry.facts["rts"] >= len(rts)


def test_everybody_is_called_once_in_portions(big: Town) -> None:
    incident = begin(big)
    first = len(big.soundings(incident))
    assert PORTION <= first < len(everybody(big))  # an RT has one kentongan or more
    assert call_all(big) == 2
    assert sorted(command.node for command in big.soundings(incident)) == everybody(big)
    assert big.do(call_cities) == 0
    assert big.alarm(incident).due_at is None
    big.wait(CROWD_PATIENCE.total_seconds() - 1)
    assert big.due_orders() == []  # a crowd has longer to answer


def test_a_city_is_not_asked_again_for_answers_that_wait_to_be_read(big: Town) -> None:
    for node in everybody(big):
        big.wakes(node)
    incident = begin(big)
    call_all(big)
    big.do(lambda uow: uow.alarms.mark_sent([command.id for command in big.soundings(incident)]))
    big.wait(CROWD_PATIENCE.total_seconds())
    behind = timedelta(seconds=2)
    assert big.do(lambda uow: due_orders(uow, behind)) == []
    big.wait(2)
    assert len(big.do(lambda uow: due_orders(uow, behind))) == BATCH


def test_one_that_another_command_overtook_is_asked_again_soon(big: Town) -> None:
    for node in everybody(big):
        big.wakes(node)
    incident = begin(big)
    command = next(iter(big.soundings(incident)))
    big.do(lambda uow: uow.alarms.mark_sent([command.id]))
    big.says(command, C.EXPIRED)
    assert big.due_orders() == []
    big.wait(1)
    assert [order.command for order in big.due_orders()] == [command.id]
    big.wait(0.5)
    big.says(command, C.EXPIRED)  # its log says so until it has obeyed: no reason to hurry more
    assert big.due_orders() == []


def test_the_alarm_does_not_end_while_there_is_somebody_to_call(big: Town) -> None:
    incident = begin(big)
    big.all_say(incident, C.SOUNDING, C.COMPLETED)
    assert big.alarm(incident).state == "active"
    call_all(big)
    big.all_say(incident, C.SOUNDING, C.COMPLETED)
    assert big.alarm(incident).state == "ended"


def test_who_takes_it_meanwhile_does_not_leave_half_a_city_asleep(big: Town) -> None:
    incident = begin(big)
    big.do(lambda uow: acknowledge(uow, incident, WULAN))
    call_all(big)
    assert sorted(command.node for command in big.soundings(incident)) == everybody(big)


@pytest.mark.parametrize("tell", [silence_alarm, sound_all_clear])
def test_who_stops_it_meanwhile_stops_what_was_not_called_yet(big: Town, tell) -> None:
    incident = begin(big)
    called = len(big.soundings(incident))
    told = big.do(lambda uow: tell(uow, incident, WULAN))
    assert (told.kentongan, told.following) == (called, None)
    assert big.do(call_cities) == 0
    assert len(big.soundings(incident)) == called


def test_all_is_well_for_everybody_in_portions(big: Town) -> None:
    incident = begin(big)
    call_all(big)
    big.all_say(incident, C.SOUNDING)
    told = big.do(lambda uow: sound_all_clear(uow, incident, WULAN))
    assert told.kentongan == TOLD_AT_ONCE
    rest = big.do(lambda uow: sound_all_clear(uow, incident, WULAN, told.following))
    assert rest == (len(everybody(big)) - TOLD_AT_ONCE, None)
    assert sorted(c.node for c in big.commands(incident, Action.ALL_CLEAR)) == everybody(big)
    (entry,) = big.record(incident, "all_clear_sounded")
    assert entry.facts["kentongan"] == len(everybody(big))
    big.all_say(incident, C.SILENCED)
    assert big.alarm(incident).state == "ended"


@pytest.mark.parametrize(("tell", "action"), [(silence_alarm, Action.SILENCE), (sound_all_clear, Action.ALL_CLEAR)])
def test_what_nobody_goes_on_with_is_told_to_all_by_itself(big: Town, tell, action: Action) -> None:
    """The server that was telling the city was killed: the next one, or the other one, goes on, and nobody is told twice."""
    incident = begin(big)
    call_all(big)
    big.all_say(incident, C.SOUNDING)
    told = big.do(lambda uow: tell(uow, incident, WULAN))
    assert big.do(tell_on) == 0  # whoever asked is given time to go on
    assert len(big.commands(incident, action)) == told.kentongan == TOLD_AT_ONCE
    big.wait(TELLING_PATIENCE.total_seconds())
    while big.do(tell_on):
        pass
    assert sorted(command.node for command in big.commands(incident, action)) == everybody(big)
    late = big.do(lambda uow: tell(uow, incident, WULAN, told.following))
    assert late == (0, None)  # whoever asked was only slow: all have been told meanwhile
    assert big.do(tell_on) == 0
    assert len(big.commands(incident, action)) == len(everybody(big))


@pytest.mark.parametrize("tell", [silence_alarm, sound_all_clear])
def test_what_sounds_anew_is_not_quietened_by_what_was_told_by_half_before(big: Town, tell) -> None:
    incident = begin(big)
    call_all(big)
    big.all_say(incident, C.SOUNDING)
    big.do(lambda uow: tell(uow, incident, WULAN))

    def sound_anew(uow: UnitOfWork) -> None:
        alarm, found = uow.alarms.alarm_of(incident), uow.incidents.incident(incident)
        assert alarm is not None
        assert found is not None
        spread(uow, replace(alarm, state=advance(ALARM, alarm.state, "resume")), found, CITY, "a second reporter")

    big.do(sound_anew)
    before = len(big.store.alarms.kept)
    big.wait(TELLING_PATIENCE.total_seconds())
    assert big.do(tell_on) == 0
    assert len(big.store.alarms.kept) == before
