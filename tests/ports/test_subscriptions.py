"""What every Subscriptions keeps."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from tests.ports.samples import RT1, RT2, at

from kentongan_server.domain.errors import RefusedError
from kentongan_server.domain.incident_kind import IncidentClass
from kentongan_server.domain.lifecycle import NotificationState
from kentongan_server.domain.subscription import Delivery, Owner, Subscription
from kentongan_server.ports.unit_of_work import Transactions, UnitOfWork


def a_subscription(name: str = "s-1", **different: Any) -> Subscription:
    plain: dict[str, Any] = {
        "name": "Kelurahan",
        "region": RT1,
        "owner": Owner.NEIGHBOURHOOD,
        "hears": frozenset({IncidentClass.CRIME, IncidentClass.COMMUNITY}),
        "url": "https://kelurahan.example/hook",
        "made_by": "resident-1",
        "made_at": at(0),
    }
    return Subscription(id=name, **{**plain, **different})


def a_delivery(name: str = "d-1", **different: Any) -> Delivery:
    plain: dict[str, Any] = {
        "subscription": "s-1",
        "incident": "incident-1",
        "incident_class": IncidentClass.CRIME,
        "owner": Owner.NEIGHBOURHOOD,
        "event": "incident.opened",
        "body": "{}",
        "state": NotificationState.PENDING,
        "attempts": 0,
        "error": None,
        "queued_at": at(0),
        "due_at": at(0),
        "changed_at": at(0),
    }
    return Delivery(id=name, **{**plain, **different})


async def test_a_subscription_is_kept_found_by_its_region_stopped_and_forgotten(store: Transactions) -> None:
    other = a_subscription("s-2", region=RT2)
    assert await store.read(lambda uow: uow.subscriptions.of_regions([RT1])) == []

    def fill(uow: UnitOfWork) -> None:
        uow.subscriptions.put(other)
        uow.subscriptions.put(a_subscription())
        uow.subscriptions.add([a_delivery()])

    await store.run(fill)
    assert await store.read(lambda uow: uow.subscriptions.subscription("s-1")) == a_subscription()
    assert await store.read(lambda uow: uow.subscriptions.of_regions([RT1, "33"])) == [a_subscription()]
    stopped = replace(other, stopped="410")
    await store.run(lambda uow: uow.subscriptions.put(stopped))
    assert await store.read(lambda uow: uow.subscriptions.of_regions([RT2])) == []
    assert await store.read(lambda uow: uow.subscriptions.everything()) == [a_subscription(), stopped]
    await store.run(lambda uow: uow.subscriptions.remove("s-1"))
    assert await store.read(lambda uow: uow.subscriptions.subscription("s-1")) is None
    assert await store.read(lambda uow: uow.subscriptions.delivery("d-1")) is None


async def test_one_delivery_a_receiver_is_due_and_none_for_the_busy(store: Transactions) -> None:
    def fill(uow: UnitOfWork) -> None:
        for name in ("s-1", "s-2", "s-3"):
            uow.subscriptions.put(a_subscription(name))
        uow.subscriptions.add(
            [
                a_delivery("later", due_at=at(1)),
                a_delivery("first"),
                a_delivery("other", subscription="s-2", due_at=at(2)),
                a_delivery("third", subscription="s-3", due_at=at(3)),
                a_delivery("done", subscription="s-3", due_at=None),
            ]
        )

    await store.run(fill)

    async def due(seconds: float, limit: int = 9, busy: tuple[str, ...] = ()) -> list[str]:
        return [d.id for d in await store.read(lambda uow: uow.subscriptions.due(at(seconds), limit, busy))]

    assert await due(2) == ["first", "other"]
    assert await due(3, busy=("s-1",)) == ["other", "third"]
    assert await due(3, limit=1) == ["first"]
    assert await due(-1) == []


async def test_a_delivery_comes_back_as_it_was_kept_and_moves(store: Transactions) -> None:
    test = a_delivery("test", incident=None, incident_class=None, queued_at=at(5))

    def fill(uow: UnitOfWork) -> None:
        uow.subscriptions.put(a_subscription())
        uow.subscriptions.add([a_delivery(), test])
        uow.subscriptions.set_state("d-1", NotificationState.SENDING, at(1), due_at=at(31), attempts=1, error="503")

    await store.run(fill)
    moved = a_delivery(state=NotificationState.SENDING, changed_at=at(1), due_at=at(31), attempts=1, error="503")
    assert await store.read(lambda uow: uow.subscriptions.delivery("d-1")) == moved
    assert await store.read(lambda uow: uow.subscriptions.deliveries_of("s-1", 9)) == [test, moved]
    assert await store.read(lambda uow: uow.subscriptions.deliveries_of("s-1", 1)) == [test]


@pytest.mark.parametrize(
    ("owner", "of"),
    [
        (Owner.POLICE, IncidentClass.COMMUNITY),
        (Owner.POLICE, IncidentClass.EMERGENCY),
        (Owner.EMERGENCY, IncidentClass.CRIME),
        (Owner.GOVERNMENT, IncidentClass.COMMUNITY),
    ],
)
async def test_the_wall_refuses_what_the_owner_may_never_hear(
    store: Transactions, owner: Owner, of: IncidentClass
) -> None:
    await store.run(lambda uow: uow.subscriptions.put(a_subscription(owner=owner)))
    with pytest.raises((RefusedError, IntegrityError)):
        await store.run(lambda uow: uow.subscriptions.add([a_delivery(owner=owner, incident_class=of)]))
    assert await store.read(lambda uow: uow.subscriptions.deliveries_of("s-1", 9)) == []
