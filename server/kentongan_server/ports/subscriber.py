"""The way to a third party's system."""

from typing import Protocol

from kentongan_server.domain.subscription import Delivery, Subscription


class Subscriber(Protocol):
    """Hands over one delivery."""

    async def deliver(self, subscription: Subscription, delivery: Delivery) -> None:
        """One attempt, bounded in time; returns once the receiver took it, NotifyError otherwise (`gone`: it answered 410)."""
        ...
