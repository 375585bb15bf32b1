"""What every Outbox keeps, above all the second wall of the category firewall."""

import sqlite3
from dataclasses import replace

import psycopg
import pytest
from tests.ports.samples import an_incident, an_item, at

from kentongan_server.domain.errors import FirewallError
from kentongan_server.domain.incident_kind import IncidentClass, IncidentKind
from kentongan_server.ports.outbox import Channel, ItemState
from kentongan_server.ports.unit_of_work import Transactions, UnitOfWork

KIND_OF = {
    IncidentClass.CRIME: IncidentKind.PANIC,
    IncidentClass.EMERGENCY: IncidentKind.FIRE,
    IncidentClass.COMMUNITY: IncidentKind.COMMUNITY_WORK,
}
REFUSED = (FirewallError, sqlite3.IntegrityError, psycopg.IntegrityError)


def may_carry(channel: Channel, incident_class: IncidentClass) -> bool:
    """The law, written once more: police hear of crimes, 112 of emergencies, our own channels of everything."""
    if channel in (Channel.POLICE_WEBHOOK, Channel.POLICE_CAP):
        return incident_class is IncidentClass.CRIME
    if channel in (Channel.EMERGENCY_WEBHOOK, Channel.EMERGENCY_CAP):
        return incident_class is IncidentClass.EMERGENCY
    return True


async def due(store: Transactions, seconds: float, limit: int = 100) -> list[str]:
    return [item.id for item in await store.read(lambda uow: uow.outbox.due(at(seconds), limit))]


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("written", IncidentClass)
@pytest.mark.parametrize("true", IncidentClass)
async def test_the_wall(store: Transactions, channel: Channel, written: IncidentClass, true: IncidentClass) -> None:
    def add(uow: UnitOfWork) -> None:
        uow.incidents.add_incident(an_incident("that", kind=KIND_OF[true]))
        uow.outbox.add(an_item(channel=channel, incident="that", incident_class=written))

    if written is true and may_carry(channel, true):
        await store.run(add)
        assert (await store.read(lambda uow: uow.outbox.item("item-1"))).channel is channel
    else:
        with pytest.raises(REFUSED):
            await store.run(add)
        assert await store.read(lambda uow: uow.outbox.item("item-1")) is None


async def test_an_item_of_no_incident_is_refused(store: Transactions) -> None:
    with pytest.raises(REFUSED):
        await store.run(lambda uow: uow.outbox.add(an_item(incident="nothing")))


async def test_an_item_comes_back_as_it_was_kept(store: Transactions) -> None:
    item = an_item(body={"recipient": "police", "text": "Pak RT “lari” 🏃", "deep": {"list": [1, None, True]}})
    await store.run(lambda uow: uow.outbox.add(item))
    assert await store.read(lambda uow: uow.outbox.item("item-1")) == item
    assert await store.read(lambda uow: uow.outbox.item("item-2")) is None


async def test_an_item_is_due_until_it_is_finished(store: Transactions) -> None:
    await store.run(lambda uow: uow.outbox.add(an_item(due_at=at(1))))
    assert (await due(store, 0.999), await due(store, 1)) == ([], ["item-1"])

    await store.run(lambda uow: uow.outbox.attempted("item-1", 1, at(3)))
    assert await store.read(lambda uow: uow.outbox.item("item-1")) == an_item(attempts=1, due_at=at(3))
    assert (await due(store, 2.999), await due(store, 3)) == ([], ["item-1"])

    await store.run(lambda uow: uow.outbox.failed("item-1", "The recipient is away.", at(8)))
    failing = an_item(attempts=1, due_at=at(8), state=ItemState.FAILING)
    assert await store.read(lambda uow: uow.outbox.item("item-1")) == failing
    assert (await due(store, 7.999), await due(store, 8)) == ([], ["item-1"])

    await store.run(lambda uow: uow.outbox.finished("item-1", ItemState.ACCEPTED))
    assert await store.read(lambda uow: uow.outbox.item("item-1")) == replace(
        failing, state=ItemState.ACCEPTED, due_at=at(0)
    )
    assert await due(store, 9999) == []


async def test_what_is_due_longest_comes_first(store: Transactions) -> None:
    def fill(uow: UnitOfWork) -> None:
        for name, seconds in (("b", 2), ("c", 3), ("a", 1)):
            uow.outbox.add(an_item(name, due_at=at(seconds)))

    await store.run(fill)
    assert await due(store, 10) == ["a", "b", "c"]
    assert await due(store, 10, limit=2) == ["a", "b"]


async def test_the_forwards_of_incidents_are_what_leaves_the_neighbourhood(store: Transactions) -> None:
    def fill(uow: UnitOfWork) -> None:
        uow.incidents.add_incident(an_incident("fire", kind=IncidentKind.FIRE))
        emergency = {"incident": "fire", "incident_class": IncidentClass.EMERGENCY}
        uow.outbox.add(an_item("b", channel=Channel.POLICE_CAP))
        uow.outbox.add(an_item("a", channel=Channel.POLICE_WEBHOOK))
        uow.outbox.add(an_item("page", channel=Channel.PAGER))
        uow.outbox.add(an_item("receipt", channel=Channel.RECEIPT, body={"node": "ktg-1", "stage": "police_saw"}))
        uow.outbox.add(an_item("f", channel=Channel.EMERGENCY_CAP, queued_at=at(1), **emergency))

    await store.run(fill)

    async def forwards(*incidents: str) -> list[str]:
        return [item.id for item in await store.read(lambda uow: uow.outbox.of_incidents(incidents))]

    assert await forwards("incident-1") == ["a", "b"]
    assert await forwards("fire", "incident-1") == ["a", "b", "f"]
    assert await forwards() == []


async def test_open_receipts_are_a_node_s_own(store: Transactions) -> None:
    def fill(uow: UnitOfWork) -> None:
        for name, node in (("done", "ktg-1"), ("open", "ktg-1"), ("others", "ktg-2")):
            uow.outbox.add(an_item(name, channel=Channel.RECEIPT, body={"node": node, "stage": "police_saw"}))
        uow.outbox.finished("done", ItemState.ABANDONED)

    await store.run(fill)
    assert [item.id for item in await store.read(lambda uow: uow.outbox.open_receipts("ktg-1"))] == ["open"]


async def test_unaccepted_forwards_are_found_once(store: Transactions) -> None:
    def fill(uow: UnitOfWork) -> None:
        uow.outbox.add(an_item("pending"))
        uow.outbox.add(an_item("failing", due_at=at(20)))
        uow.outbox.failed("failing", "away", at(20))
        uow.outbox.add(an_item("young", queued_at=at(0.001)))
        uow.outbox.add(an_item("accepted"))
        uow.outbox.finished("accepted", ItemState.ACCEPTED)
        uow.outbox.add(an_item("abandoned"))
        uow.outbox.finished("abandoned", ItemState.ABANDONED)
        uow.outbox.add(an_item("page", channel=Channel.PAGER))
        uow.outbox.add(an_item("receipt", channel=Channel.RECEIPT))

    await store.run(fill)

    async def unaccepted(seconds: float) -> list[str]:
        return sorted(item.id for item in await store.read(lambda uow: uow.outbox.unaccepted_since(at(seconds))))

    assert await unaccepted(-0.001) == []
    assert await unaccepted(0) == ["failing", "pending"]
    await store.run(lambda uow: uow.outbox.mark_paged("pending"))
    assert await unaccepted(0) == ["failing"]
