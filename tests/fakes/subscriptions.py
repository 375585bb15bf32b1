"""The Subscriptions in memory."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from kentongan_server.domain.lifecycle import NotificationState
from kentongan_server.domain.subscription import Delivery, Subscription, assert_may_hear


class FakeSubscriptions:
    """`all` and `deliveries` by id; `new` since the job began."""

    def __init__(self) -> None:
        self.all: dict[str, Subscription] = {}
        self.deliveries: dict[str, Delivery] = {}
        self.new: list[str] = []

    def put(self, subscription: Subscription) -> None:
        """See the port, as with everything below."""
        self.all[subscription.id] = subscription

    def subscription(self, subscription_id: str) -> Subscription | None:
        return self.all.get(subscription_id)

    def of_regions(self, regions: Collection[str]) -> list[Subscription]:
        return [one for one in self.everything() if one.region in regions and one.stopped is None]

    def everything(self) -> list[Subscription]:
        return sorted(self.all.values(), key=lambda one: one.id)

    def remove(self, subscription_id: str) -> None:
        self.all.pop(subscription_id, None)
        self.deliveries = {id: d for id, d in self.deliveries.items() if d.subscription != subscription_id}

    def add(self, deliveries: Collection[Delivery]) -> None:
        for one in deliveries:
            if one.incident_class is not None:
                assert_may_hear(one.owner, self.all[one.subscription].region, frozenset({one.incident_class}))
        for one in deliveries:
            self.deliveries[one.id] = one
            self.new.append(one.id)

    def delivery(self, delivery_id: str) -> Delivery | None:
        return self.deliveries.get(delivery_id)

    def due(self, now: datetime, limit: int, busy: Collection[str] = ()) -> list[Delivery]:
        waiting = [(d.due_at, d.id, d) for d in self.deliveries.values() if d.due_at is not None and d.due_at <= now]
        found: dict[str, Delivery] = {}
        for _, _, one in sorted(waiting, key=lambda key: key[:2]):
            if one.subscription not in busy:
                found.setdefault(one.subscription, one)
        return list(found.values())[:limit]

    def set_state(
        self,
        delivery_id: str,
        state: NotificationState,
        at: datetime,
        *,
        due_at: datetime | None = None,
        attempts: int | None = None,
        error: str | None = None,
    ) -> None:
        one = self.deliveries[delivery_id]
        self.deliveries[delivery_id] = replace(
            one,
            state=state,
            changed_at=at,
            due_at=due_at,
            attempts=one.attempts if attempts is None else attempts,
            error=one.error if error is None else error,
        )

    def deliveries_of(self, subscription_id: str, limit: int) -> list[Delivery]:
        found = [d for d in self.deliveries.values() if d.subscription == subscription_id]
        return sorted(found, key=lambda d: (d.queued_at, d.id), reverse=True)[:limit]
