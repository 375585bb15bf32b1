"""The Subscriber in memory."""

from kentongan_server.domain.subscription import Delivery, Subscription
from kentongan_server.ports.notifier import NotifyError


class FakeSubscriber:
    """`taken` are delivery ids in order; `errors` are raised first to last."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.errors: list[NotifyError] = []

    async def deliver(self, subscription: Subscription, delivery: Delivery) -> None:  # noqa: ARG002  # its twin asks where
        """See the port."""
        if self.errors:
            raise self.errors.pop(0)
        self.taken.append(delivery.id)
