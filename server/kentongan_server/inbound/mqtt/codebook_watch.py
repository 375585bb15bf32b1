"""Every kentongan keeps its RT's beats: told at its heartbeat when it has older ones, and at once when they change.

What changed is asked of the database, so it does not matter which server took the change. A region's codebook is looked up
once until then: a heartbeat must cost no query.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from kentongan_server.domain.codebook import Codebook
from kentongan_server.ports.sounder import LinkDownError, Sounder
from kentongan_server.ports.unit_of_work import Transactions

TICK_S = 1.0

log = structlog.get_logger()


@dataclass(slots=True)
class _Known:
    """The codebooks as they were at one moment; after a change another one takes its place."""

    as_of: datetime | None = None
    by_region: dict[str, Codebook] = field(default_factory=dict)


class CodebookWatch:
    """`keeps` is called with each heartbeat of a node that listens; `run` looks for changes."""

    def __init__(self, transactions: Transactions, sounder: Sounder) -> None:
        self._transactions = transactions
        self._sounder = sounder
        self._known = _Known()
        self._kept: dict[str, tuple[str, int]] = {}  # by node: its region, and the revision that it keeps

    async def keeps(self, node: str, region: str, revision: int) -> None:
        """Teach the node its RT's beats if what it keeps is older; LinkDownError when the broker is away."""
        self._kept[node] = region, revision
        book = await self._book_of(region)
        if revision < book.revision:
            await self._sounder.teach(node, book)

    async def run(self) -> None:
        """Look every second until cancelled."""
        while True:
            await asyncio.sleep(TICK_S)
            try:
                await self.look()
            except Exception:
                log.exception("codebooks_unreadable")  # asked again at the next tick

    async def look(self) -> None:
        """Where a codebook has changed, teach whoever keeps an older one."""
        changed = await self._transactions.read(lambda uow: uow.codebooks.last_change())
        if changed == self._known.as_of:
            return
        self._known = _Known(changed)  # a look-up that began before ends in the one that nobody asks any more
        for node, (region, revision) in list(self._kept.items()):
            book = await self._book_of(region)
            if revision < book.revision:
                try:
                    await self._sounder.teach(node, book)
                except LinkDownError:
                    log.info("node_not_taught", node=node)  # its next heartbeat asks anew

    async def _book_of(self, region: str) -> Codebook:
        known = self._known
        book = known.by_region.get(region)
        if book is None:
            book = await self._transactions.read(lambda uow: uow.codebooks.current(region))
            known.by_region[region] = book
        return book
