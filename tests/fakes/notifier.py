"""A channel to people that remembers what it carried. `away` makes it fail, `hang` makes it wait."""

import asyncio

from kentongan_server.domain.notification import Destination, Message
from kentongan_server.ports.notifier import NotifyError


class FakeNotifier:
    """`told` holds each word it took; `attempts` counts all; `error` is raised instead where one is set."""

    def __init__(self) -> None:
        self.told: list[tuple[Destination, Message]] = []
        self.attempts = 0
        self.error: NotifyError | None = None
        self.hang_s = 0.0

    async def notify(self, destination: Destination, message: Message) -> None:
        """See the port."""
        self.attempts += 1
        if self.hang_s:
            await asyncio.sleep(self.hang_s)
        if self.error is not None:
            raise self.error
        self.told.append((destination, message))
