"""Third parties' subscriptions and what is on its way to them: written in the transaction that decided it."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from kentongan_server.domain.lifecycle import NotificationState
from kentongan_server.domain.subscription import Delivery, Subscription


class Subscriptions(Protocol):
    """Subscriptions and their deliveries within one transaction."""

    def put(self, subscription: Subscription) -> None:
        """Keep a subscription, new or changed."""
        ...

    def subscription(self, subscription_id: str) -> Subscription | None:
        """The subscription with this id."""
        ...

    def of_regions(self, regions: Collection[str]) -> list[Subscription]:
        """Those that name one of these regions and are not stopped, by id."""
        ...

    def everything(self) -> list[Subscription]:
        """Every subscription, stopped ones too, by id."""
        ...

    def remove(self, subscription_id: str) -> None:
        """Forget it and all that was or is on its way to it."""
        ...

    def add(self, deliveries: Collection[Delivery]) -> None:
        """Keep new deliveries."""
        ...

    def delivery(self, delivery_id: str) -> Delivery | None:
        """The delivery with this id."""
        ...

    def due(self, now: datetime, limit: int, busy: Collection[str] = ()) -> list[Delivery]:
        """What is due, oldest first, at most one for each subscription and none for those that are `busy`."""
        ...

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
        """Write the state that the law allowed. Without `due_at` nothing more is to be done; None leaves the others."""
        ...

    def deliveries_of(self, subscription_id: str, limit: int) -> list[Delivery]:
        """The newest deliveries of a subscription, newest first."""
        ...
