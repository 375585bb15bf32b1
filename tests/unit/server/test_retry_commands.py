"""A command is sent until its kentongan answers or its time is over; then it ends, and with it the alarm."""

import pytest
from tests.unit.server.town import RT1_NODES, SARI, Town

from kentongan_server.domain.lifecycle import CommandState
from kentongan_server.use_cases.alarming.retry_commands import BATCH
from kentongan_server.use_cases.responding.acknowledge import acknowledge

C = CommandState


def test_the_schedule_with_a_new_counter_each_time_and_the_same_id(town: Town) -> None:
    incident = town.press("ktg-1").incident
    command = town.command_to("ktg-1", incident)
    assert (command.counter, command.attempts) == (1, 1)
    found = town.orders_to("ktg-1", 31)
    assert [at for at, _, _ in found] == [1, 3, 7, 15, 23, 31]
    assert {command_id for _, command_id, _ in found} == {command.id}
    assert [counter for _, _, counter in found] == [2, 3, 4, 5, 6, 7]
    assert town.store.alarms.kept[command.id].attempts == 7


def test_what_the_broker_took_goes_back_to_the_queue(town: Town) -> None:
    incident = town.press("ktg-1").incident
    command = town.command_to("ktg-1", incident)
    town.do(lambda uow: uow.alarms.mark_sent([command.id]))
    assert town.command_to("ktg-1", incident).state is C.SENT
    town.wait(1)
    town.due_orders()
    assert town.command_to("ktg-1", incident).state is C.QUEUED


@pytest.mark.parametrize("said", [C.DEVICE_ACKED, C.SOUNDING, C.COMPLETED, C.FAILED])
def test_an_answered_command_is_not_sent_again(town: Town, said: C) -> None:
    incident = town.press("ktg-1").incident
    town.says(town.command_to("ktg-1", incident), said)
    assert town.orders_to("ktg-1", 60) == []


def test_a_kentongan_that_never_answers_is_given_up_after_five_minutes(town: Town) -> None:
    incident = town.press("ktg-1").incident
    town.do(lambda uow: acknowledge(uow, incident, SARI))
    found = town.orders_to("ktg-1", 320)
    assert found[-1][0] < 300
    assert {command.state for command in town.soundings(incident)} == {C.EXPIRED}
    assert town.alarm(incident).state == "ended"
    states = [entry.facts["state"] for entry in town.record(incident, "command_state_changed")]
    assert states == ["expired"] * len(RT1_NODES)
    assert town.store.alarms.due_at == {}


@pytest.mark.parametrize("said", [C.DEVICE_ACKED, C.SOUNDING])
def test_a_kentongan_that_died_after_its_answer_has_failed_at_the_end(town: Town, said: C) -> None:
    incident = town.press("ktg-1").incident
    town.do(lambda uow: acknowledge(uow, incident, SARI))
    town.all_say(incident, said)
    town.wait(299.999)
    town.due_orders()
    assert town.alarm(incident).state == "easing"
    town.wait(0.001)
    assert town.due_orders() == []
    assert {command.state for command in town.soundings(incident)} == {C.FAILED}
    assert town.alarm(incident).state == "ended"


def test_a_long_pause_of_the_server_ends_what_is_over_at_once(town: Town) -> None:
    incident = town.press("ktg-1").incident
    town.do(lambda uow: acknowledge(uow, incident, SARI))
    town.wait(86_400)
    assert town.due_orders() == []
    assert town.alarm(incident).state == "ended"


def test_a_kentongan_that_comes_back_is_told_at_once_with_its_new_nonce(town: Town) -> None:
    incident = town.press("ktg-1").incident
    town.orders_to("ktg-1", 20)
    town.wakes("ktg-1")
    (order,) = [order for order in town.due_orders() if order.node == "ktg-1"]
    assert order.command == town.command_to("ktg-1", incident).id
    assert order.nonce == town.store.places.nodes["ktg-1"].nonce


def test_one_that_never_spoke_gets_its_order_with_its_first_word(asleep: Town) -> None:
    incident = asleep.press("ktg-1").incident
    assert asleep.orders_to("ktg-1", 20) == []
    asleep.wakes("ktg-1")
    assert [order.command for order in asleep.due_orders()] == [asleep.command_to("ktg-1", incident).id]


def test_due_commands_come_in_batches_and_none_is_forgotten(town: Town) -> None:
    town.press("ktg-1")
    town.wait(5)
    assert BATCH >= 500
    assert len(town.due_orders()) == len(RT1_NODES)
    assert town.due_orders() == []
