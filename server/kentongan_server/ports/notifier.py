"""The way to one person over one channel."""

from datetime import timedelta
from typing import Protocol

from kentongan_server.domain.notification import Destination, Message


class NotifyError(Exception):
    """The channel did not take it; the text is one sentence without the address.

    `gone`: there is nobody at this destination any more. `refused`: trying again will not help. `retry_after`: what the
    channel asked for.
    """

    def __init__(
        self, sentence: str, *, gone: bool = False, refused: bool = False, retry_after: timedelta | None = None
    ) -> None:
        super().__init__(sentence)
        self.gone = gone
        self.refused = refused or gone
        self.retry_after = retry_after


class Notifier(Protocol):
    """One channel."""

    async def notify(self, destination: Destination, message: Message) -> None:
        """One attempt, bounded in time; returns once the channel took it, NotifyError otherwise."""
        ...
