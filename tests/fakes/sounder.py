"""A way to the kentongan in memory: can be away, and remembers what it sent."""

from collections.abc import Collection
from datetime import datetime

from kentongan_server.domain.codebook import Codebook
from kentongan_server.ports.alarms import Order
from kentongan_server.ports.sounder import LinkDownError


class FakeSounder:
    """`away` makes every attempt fail; `orders` and `shown` hold what was sent, in order, `bursts` what was sent together."""

    def __init__(self) -> None:
        self.away = False
        self.orders: list[Order] = []
        self.bursts: list[list[Order]] = []
        self._newest: dict[str, int] = {}
        self.shown: list[tuple[str, str, str, str | None]] = []
        self.timed: list[tuple[str, str, datetime]] = []
        self.offered: list[tuple[str, int, int]] = []
        self.given: list[tuple[str, int, str, int, bytes]] = []
        self.taught: list[tuple[str, str]] = []
        self.books: list[tuple[str, Codebook]] = []

    async def send(self, order: Order) -> None:
        """See the port."""
        self._assert_here()
        self._newest[order.node] = max(order.counter, self._newest.get(order.node, 0))
        self.orders.append(order)

    async def send_all(self, orders: Collection[Order]) -> list[str]:
        """See the port."""
        if self.away:
            return []
        sent = [order for order in orders if order.counter >= self._newest.get(order.node, 0)]
        self._newest.update((order.node, order.counter) for order in sent)
        self.orders += sent
        self.bursts.append(sent)
        return [order.command for order in sent]

    async def show(self, node: str, report: str, stage: str, incident: str | None) -> None:
        """See the port."""
        self._assert_here()
        self.shown.append((node, report, stage, incident))

    async def tell_time(self, node: str, nonce: str, at: datetime) -> None:
        """See the port."""
        self._assert_here()
        self.timed.append((node, nonce, at))

    async def offer(self, node: str, sequence: int, size: int) -> None:
        """See the port."""
        self._assert_here()
        self.offered.append((node, sequence, size))

    async def give(self, node: str, sequence: int, path: str, offset: int, data: bytes) -> None:
        """See the port."""
        self._assert_here()
        self.given.append((node, sequence, path, offset, data))

    async def teach(self, node: str, book: Codebook) -> None:
        """See the port."""
        self._assert_here()
        self.taught.append((node, book.version))
        self.books.append((node, book))

    def _assert_here(self) -> None:
        if self.away:
            raise LinkDownError("the broker is away")
