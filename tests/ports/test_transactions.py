"""What every Transactions keeps: all of a unit or nothing, and a word about what wants to be acted on."""

import asyncio

import pytest
from tests.ports.samples import NONCE, a_command, a_node, an_incident, an_item, at
from tests.ports.test_timeline import ALARM_RAISED

from kentongan_server.domain.events import Noted
from kentongan_server.domain.place import Presence
from kentongan_server.ports.unit_of_work import Committed, UnitOfWork


class UnluckyError(Exception):
    """What a job may raise."""


def write_everywhere(uow: UnitOfWork) -> str:
    uow.incidents.add_incident(an_incident("second"))
    uow.places.heard(a_node("ktg-1", presence=Presence.ONLINE, nonce=NONCE), at(0))
    uow.alarms.add_commands([a_command("c1"), a_command("c2", node="ktg-2")], at(1))
    uow.outbox.add(an_item())
    uow.happened(Noted("incident-1", None, what="something"))
    return "done"


async def test_a_job_s_result_is_given_back(store) -> None:
    assert await store.run(write_everywhere) == "done"
    assert await store.read(lambda uow: uow.incidents.incident("second")) is not None


async def test_a_job_that_raises_has_written_nothing(store) -> None:
    def job(uow: UnitOfWork) -> None:
        write_everywhere(uow)
        uow.places.set_presence("ktg-2", Presence.ONLINE)
        uow.places.take_counters(["ktg-1"])
        raise UnluckyError

    with pytest.raises(UnluckyError):
        await store.run(job)

    def found(uow: UnitOfWork) -> list[object]:
        return [
            uow.incidents.incident("second"),
            uow.alarms.commands(["c1"]),
            uow.outbox.item("item-1"),
            uow.timeline.last_seq(),
            uow.places.node("ktg-1"),
            uow.places.node("ktg-2"),
        ]

    assert await store.read(found) == [None, {}, None, 0, a_node("ktg-1"), a_node("ktg-2")]
    assert await store.run(write_everywhere) == "done"


async def test_a_query_keeps_nothing(store) -> None:
    await store.read(lambda uow: uow.places.set_presence("ktg-1", Presence.ONLINE))
    assert (await store.read(lambda uow: uow.places.node("ktg-1"))).presence is Presence.UNKNOWN


async def test_a_stage_that_listens_acts_in_the_same_unit(store) -> None:
    def job(uow: UnitOfWork) -> bool:
        uow.happened(ALARM_RAISED)
        return uow.timeline.has("incident-1", "heard_by_a_stage")

    assert await store.run(job)
    found = await store.read(lambda uow: uow.timeline.of_incident("incident-1"))
    assert [entry.event for entry in found] == ["alarm_raised", "heard_by_a_stage"]


async def test_what_a_stage_did_is_undone_with_its_unit(store) -> None:
    def job(uow: UnitOfWork) -> None:
        uow.happened(ALARM_RAISED)
        raise UnluckyError

    with pytest.raises(UnluckyError):
        await store.run(job)
    assert await store.read(lambda uow: uow.timeline.last_seq()) == 0


async def test_what_became_durable_is_told(store) -> None:
    told: list[Committed] = []
    store.listen(told.append)
    await store.run(write_everywhere)
    await store.run(lambda uow: uow.places.set_presence("ktg-2", Presence.ONLINE))
    await asyncio.sleep(0)
    orders = [order.command for committed in told for order in committed.orders]
    assert orders == ["c1"]  # ktg-2 has not said a nonce yet
    assert [committed.outbox for committed in told] == [True, False]
    assert [committed.timeline for committed in told] == [True, False]


async def test_a_failed_job_is_not_told(store) -> None:
    told: list[Committed] = []
    store.listen(told.append)

    def job(uow: UnitOfWork) -> None:
        write_everywhere(uow)
        raise UnluckyError

    with pytest.raises(UnluckyError):
        await store.run(job)
    await asyncio.sleep(0)
    assert not any(committed.orders or committed.outbox or committed.timeline for committed in told)
