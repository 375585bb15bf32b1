"""What every AlarmBook keeps."""

from dataclasses import replace
from typing import Any

import pytest
from tests.ports.samples import NONCE, a_command, a_node, an_alarm, an_incident, at

from kentongan_server.domain.alarm import CITY_LEISURE_MS, Action, Telling
from kentongan_server.domain.codebook import code_of
from kentongan_server.domain.incident_kind import IncidentKind, Purpose
from kentongan_server.domain.lifecycle import AlarmState, CommandState
from kentongan_server.domain.place import Presence
from kentongan_server.domain.spread import CITY
from kentongan_server.ports.alarms import Order
from kentongan_server.ports.unit_of_work import Transactions, UnitOfWork


async def due(store: Transactions, seconds: float, limit: int = 100) -> list[str]:
    found = await store.read(lambda uow: uow.alarms.commands_due(at(seconds), limit))
    return [command.id for command in found]


async def test_an_alarm_comes_back_as_it_was_kept(store: Transactions) -> None:
    gated = an_alarm("gated", state=AlarmState.GATED, level=0, due_at=at(15), requested_at=at(1))
    await store.run(lambda uow: uow.alarms.add_alarm(gated))
    assert await store.read(lambda uow: uow.alarms.alarm("gated")) == gated
    assert await store.read(lambda uow: uow.alarms.alarm("none")) is None
    assert await store.read(lambda uow: uow.alarms.alarm_of("none")) is None


async def test_the_alarm_of_an_incident_is_its_newest(store: Transactions) -> None:
    def fill(uow: UnitOfWork) -> None:
        uow.alarms.add_alarm(an_alarm("newer", requested_at=at(120)))
        uow.alarms.add_alarm(an_alarm("between", requested_at=at(60)))
        uow.incidents.add_incident(an_incident("quiet"))

    await store.run(fill)
    assert (await store.read(lambda uow: uow.alarms.alarm_of("incident-1"))).id == "newer"
    found = await store.read(lambda uow: uow.alarms.alarms_of(["incident-1", "quiet"]))
    assert {incident: alarm.id for incident, alarm in found.items()} == {"incident-1": "newer"}


async def test_state_level_and_gate_are_written(store: Transactions) -> None:
    await store.run(lambda uow: uow.alarms.set_alarm("alarm-1", AlarmState.GATED, 3, at(15)))
    changed = replace(an_alarm(), state=AlarmState.GATED, level=3, due_at=at(15))
    assert await store.read(lambda uow: uow.alarms.alarm("alarm-1")) == changed


async def test_a_gate_is_due_at_its_time_while_it_is_shut(store: Transactions) -> None:
    async def gates(seconds: float) -> list[str]:
        return [alarm.id for alarm in await store.read(lambda uow: uow.alarms.due(at(seconds)))]

    await store.run(lambda uow: uow.alarms.set_alarm("alarm-1", AlarmState.GATED, 0, at(15)))
    assert await gates(14.999) == []
    assert await gates(15) == ["alarm-1"]
    await store.run(lambda uow: uow.alarms.set_alarm("alarm-1", AlarmState.ACTIVE, 1, None))
    assert await gates(15) == []
    await store.run(lambda uow: uow.alarms.set_alarm("alarm-1", AlarmState.ACTIVE, 1, at(60)))
    assert (await gates(59), await gates(60)) == ([], ["alarm-1"]), "an active one rises by itself"


async def test_commands_come_back_as_they_were_kept_in_order(store: Transactions) -> None:
    silence = a_command("c3", node="ktg-1", action=Action.SILENCE, created_at=at(9))
    commands = [a_command("c2", node="ktg-2"), a_command("c1", node="ktg-1", counter=7, attempts=2), silence]
    await store.run(lambda uow: uow.alarms.add_commands(commands, at(1)))
    assert await store.read(lambda uow: uow.alarms.commands(["c1", "c9"])) == {"c1": commands[1]}
    assert await store.read(lambda uow: uow.alarms.commands([])) == {}
    found = await store.read(lambda uow: uow.alarms.commands_of(["incident-1"]))
    assert found == [commands[1], commands[0], silence]
    assert await store.read(lambda uow: uow.alarms.commands_of([])) == []


async def test_no_commands_are_no_trouble(store: Transactions) -> None:
    await store.run(lambda uow: uow.alarms.add_commands([], at(1)))
    assert await store.read(lambda uow: uow.alarms.orders([])) == []


async def test_a_command_is_due_at_its_time_until_it_is_over(store: Transactions) -> None:
    await store.run(lambda uow: uow.alarms.add_commands([a_command("c1"), a_command("c2", node="ktg-2")], at(1)))
    assert await due(store, 0.999) == []
    assert sorted(await due(store, 1)) == ["c1", "c2"]
    assert len(await due(store, 1, limit=1)) == 1
    await store.run(lambda uow: uow.alarms.set_command("c1", CommandState.SOUNDING, at(300)))
    await store.run(lambda uow: uow.alarms.set_command("c2", CommandState.COMPLETED, None))
    assert await due(store, 299) == []
    assert await due(store, 9999) == ["c1"]
    assert (await store.read(lambda uow: uow.alarms.commands(["c2"])))["c2"].state is CommandState.COMPLETED


@pytest.mark.parametrize(("level", "asked_again"), [(CITY, ["queued"]), (CITY - 1, ["queued", "sent"])])
async def test_a_citys_answers_may_have_come_and_wait_to_be_read(
    store: Transactions, level: int, asked_again: list[str]
) -> None:
    def fill(uow: UnitOfWork) -> None:
        uow.alarms.set_alarm("alarm-1", AlarmState.ACTIVE, level, None)
        uow.alarms.add_commands([a_command("queued"), a_command("sent", node="ktg-2", state=CommandState.SENT)], at(10))

    async def due_by(heard_until: float) -> list[str]:
        found = await store.read(lambda uow: uow.alarms.commands_due(at(12), 10, at(heard_until)))
        return sorted(command.id for command in found)

    await store.run(fill)
    assert await due_by(9.999) == asked_again
    assert await due_by(10) == ["queued", "sent"]


@pytest.mark.parametrize(("level", "leisure_ms"), [(CITY, CITY_LEISURE_MS), (CITY - 1, 0)])
async def test_only_a_city_answers_at_leisure(store: Transactions, level: int, leisure_ms: int) -> None:
    def fill(uow: UnitOfWork) -> None:
        uow.places.heard(a_node("ktg-1", presence=Presence.ONLINE, nonce=NONCE), at(0))
        uow.alarms.set_alarm("alarm-1", AlarmState.ACTIVE, level, None)
        uow.alarms.add_commands([a_command("c1")], at(1))

    await store.run(fill)
    assert [order.leisure_ms for order in await store.read(lambda uow: uow.alarms.orders(["c1"]))] == [leisure_ms]


async def test_what_is_due_longest_comes_first(store: Transactions) -> None:
    def fill(uow: UnitOfWork) -> None:
        for name, seconds in (("b", 2), ("c", 3), ("a", 1)):
            uow.alarms.add_commands([a_command(name)], at(seconds))

    await store.run(fill)
    assert await due(store, 10) == ["a", "b", "c"]


async def test_another_attempt_keeps_the_id(store: Transactions) -> None:
    await store.run(lambda uow: uow.alarms.add_commands([a_command("c1", state=CommandState.SENT)], at(1)))
    await store.run(lambda uow: uow.alarms.try_again("c1", CommandState.QUEUED, 42, 2, at(3)))
    again = a_command("c1", counter=42, attempts=2)
    assert await store.read(lambda uow: uow.alarms.commands(["c1"])) == {"c1": again}
    assert (await due(store, 2.999), await due(store, 3)) == ([], ["c1"])


@pytest.mark.parametrize("state", CommandState)
async def test_only_queued_commands_become_sent(store: Transactions, state: CommandState) -> None:
    await store.run(lambda uow: uow.alarms.add_commands([a_command("c1", state=state)], at(1)))
    await store.run(lambda uow: uow.alarms.mark_sent(["c1"]))
    after = (await store.read(lambda uow: uow.alarms.commands(["c1"])))["c1"].state
    assert after is (CommandState.SENT if state is CommandState.QUEUED else state)


async def test_what_a_node_refused_as_stale_is_due_soon_and_never_later(store: Transactions) -> None:
    def fill(uow: UnitOfWork) -> None:
        for state in (CommandState.QUEUED, CommandState.SENT, CommandState.SOUNDING):
            uow.alarms.add_commands([a_command(state, state=state)], at(100))
        uow.alarms.add_commands([a_command("soon")], at(3))
        for name in (CommandState.QUEUED, CommandState.SENT, CommandState.SOUNDING, "soon"):
            uow.alarms.hurry(name, at(5))

    await store.run(fill)
    assert await due(store, 4.999) == ["soon"]
    assert sorted(await due(store, 5)) == ["queued", "sent", "soon"]


async def test_a_node_that_is_back_is_asked_at_once(store: Transactions) -> None:
    def fill(uow: UnitOfWork) -> None:
        for state in (CommandState.QUEUED, CommandState.SENT, CommandState.SOUNDING):
            uow.alarms.add_commands([a_command(state, state=state)], at(100))
        uow.alarms.add_commands([a_command("over")], at(100))
        uow.alarms.set_command("over", CommandState.EXPIRED, None)
        uow.alarms.add_commands([a_command("another", node="ktg-2")], at(100))

    await store.run(fill)
    await store.run(lambda uow: uow.alarms.make_due("ktg-1", at(5)))
    assert sorted(await due(store, 5)) == ["queued", "sent"]


async def test_an_order_says_all_that_is_to_be_sealed(store: Transactions) -> None:
    def fill(uow: UnitOfWork) -> None:
        uow.places.heard(a_node("ktg-1", presence=Presence.ONLINE, nonce=NONCE), at(0))
        uow.incidents.add_incident(an_incident("drill", kind=IncidentKind.FIRE, purpose=Purpose.DRILL))
        uow.alarms.add_alarm(an_alarm("drill", incident="drill"))
        uow.alarms.add_commands([a_command("c1", incident="drill", alarm="drill", counter=7)], at(1))
        uow.alarms.add_commands([a_command("mute", node="ktg-2")], at(1))

    await store.run(fill)
    order = Order(
        "c1", "ktg-1", Action.SOUND, "drill", IncidentKind.FIRE, Purpose.DRILL, code_of(IncidentKind.FIRE), NONCE, 7
    )
    assert await store.read(lambda uow: uow.alarms.orders(["c1", "mute"])) == [order]


async def test_an_alarm_has_open_soundings_until_the_last_is_over(store: Transactions) -> None:
    def is_open() -> Any:
        return store.read(lambda uow: uow.alarms.has_open_soundings("alarm-1"))

    commands = [a_command("c1"), a_command("c2", node="ktg-2"), a_command("c3", action=Action.ALL_CLEAR)]
    assert await is_open() is False
    await store.run(lambda uow: uow.alarms.add_commands(commands, at(1)))
    assert await is_open() is True
    await store.run(lambda uow: uow.alarms.set_command("c1", CommandState.COMPLETED, None))
    await store.run(lambda uow: uow.alarms.set_command("c2", CommandState.SOUNDING, at(300)))
    assert await is_open() is True
    await store.run(lambda uow: uow.alarms.set_command("c2", CommandState.FAILED, None))
    assert await is_open() is False, "an all clear makes no alarm"


async def test_a_crowd_is_kept_counted_and_ordered_like_one(store: Transactions) -> None:
    """More than are asked for one by one, and more than fit into one statement."""
    names = [f"crowd-{number:04d}" for number in range(1_100)]

    def fill(uow: UnitOfWork) -> dict[str, int]:
        uow.places.put_nodes([a_node(name) for name in names])
        for name in names[1:]:
            uow.places.heard(a_node(name, presence=Presence.ONLINE, nonce=NONCE), at(0))
        uow.places.take_counters(names[:3])
        counters = uow.places.take_counters([*names, "nobody", names[0]])
        commands = [a_command(f"to-{n}", node=n, counter=counters[n], report="ktg-1.7.1") for n in names]
        uow.alarms.add_commands(commands, at(1))
        return counters

    counters = await store.run(fill)
    assert [counters[name] for name in names[:4]] == [2, 2, 2, 1]
    assert len(counters) == len(names)
    wanted = [f"to-{name}" for name in reversed(names)]
    orders = await store.read(lambda uow: uow.alarms.orders(wanted))
    assert [order.command for order in orders] == wanted[:-1]  # the first has said no nonce yet
    assert {order.report for order in orders} == {"ktg-1.7.1"}
    await store.run(lambda uow: uow.alarms.mark_sent(wanted))
    states = {c.state for c in (await store.read(lambda uow: uow.alarms.commands(wanted))).values()}
    assert states == {CommandState.SENT}


async def test_soundings_are_read_kentongan_by_kentongan(store: Transactions) -> None:
    """A kentongan that was commanded twice is one, and is never parted."""
    commands = [
        a_command("b", node="ktg-2", created_at=at(2)),
        a_command("a", node="ktg-2", created_at=at(1), state=CommandState.COMPLETED),
        a_command("c", node="ktg-1"),
        a_command("d", node="ktg-9"),
        a_command("e", node="ktg-9", action=Action.ALL_CLEAR),
    ]

    async def after(node: str, limit: int) -> list[str]:
        found = await store.read(lambda uow: uow.alarms.soundings_after("alarm-1", node, limit))
        return [command.id for command in found]

    assert (await after("", 9), await store.read(lambda uow: uow.alarms.heard_by("alarm-1"))) == ([], 0)
    await store.run(lambda uow: uow.alarms.add_commands(commands, at(1)))
    assert await after("", 9) == ["c", "a", "b", "d"]
    assert await after("", 2) == ["c", "a", "b"]
    assert await after("ktg-1", 1) == ["a", "b"]
    assert await after("ktg-2", 1) == ["d"]
    assert await after("ktg-9", 1) == []
    assert await store.read(lambda uow: uow.alarms.soundings_after("another", "", 9)) == []
    assert await store.read(lambda uow: uow.alarms.heard_by("alarm-1")) == 3


async def test_how_far_a_city_has_been_told_is_kept_until_all_are(store: Transactions) -> None:
    quiet = Telling("alarm-1", Action.SILENCE, "ktg-5", at(3))
    clear = Telling("alarm-1", Action.ALL_CLEAR, "ktg-1", at(1))

    async def left_alone_since(seconds: float) -> list[Telling]:
        return await store.read(lambda uow: uow.alarms.tellings(at(seconds)))

    assert await left_alone_since(9) == []
    for each in (quiet, clear):
        await store.run(lambda uow, each=each: uow.alarms.put_telling(each))
    assert (await left_alone_since(2), await left_alone_since(3)) == ([clear], [clear, quiet])
    further = replace(clear, after="ktg-2", at=at(4))
    await store.run(lambda uow: uow.alarms.put_telling(further))
    assert await left_alone_since(9) == [quiet, further]
    assert await store.read(lambda uow: uow.alarms.telling("alarm-1", Action.ALL_CLEAR)) == further
    await store.run(lambda uow: uow.alarms.drop_telling("alarm-1", Action.ALL_CLEAR))
    assert await store.read(lambda uow: uow.alarms.telling("alarm-1", Action.ALL_CLEAR)) is None
    assert await left_alone_since(9) == [quiet]
