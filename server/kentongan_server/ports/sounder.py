"""The way to the kentongan and the call points."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from kentongan_server.domain.codebook import Codebook
from kentongan_server.ports.alarms import Order


class LinkDownError(Exception):
    """The broker is away; the outbox tries again."""


class Sounder(Protocol):
    """Seals and sends; returning means that the broker took it, nothing more."""

    async def send(self, order: Order) -> None:
        """Send one attempt at a command; LinkDownError when the broker did not take it."""
        ...

    async def send_all(self, orders: Collection[Order]) -> list[str]:
        """Send one attempt at each of many commands; those that the broker took. Others may send in between, and what they
        overtake is not sent: its counter would be refused."""
        ...

    async def show(self, node: str, report: str, stage: str, incident: str | None) -> None:
        """Tell a call point how far help has come with its report; LinkDownError when the broker did not take it."""
        ...

    async def tell_time(self, node: str, nonce: str, at: datetime) -> None:
        """Set the clock of a node that has none; LinkDownError when the broker did not take it."""
        ...

    async def offer(self, node: str, sequence: int, size: int) -> None:
        """Offer a node a release with a manifest of `size` bytes; LinkDownError when the broker did not take it."""
        ...

    async def give(self, node: str, sequence: int, path: str, offset: int, data: bytes) -> None:
        """Give a node a piece that it asked for; LinkDownError when the broker did not take it."""
        ...

    async def teach(self, node: str, book: Codebook) -> None:
        """Give a node the beats to keep; LinkDownError when the broker did not take it."""
        ...
