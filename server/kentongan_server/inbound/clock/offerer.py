"""Offers a release to the kentongan of its ring, round after round; each fetches it in its own time."""

import asyncio

import structlog

from kentongan_server.ports.sounder import LinkDownError, Sounder
from kentongan_server.ports.unit_of_work import Transactions
from kentongan_server.use_cases.supervising.roll_out import roll_on

EVERY_S = 20.0

log = structlog.get_logger()


class Offerer:
    """`run` until cancelled."""

    def __init__(self, transactions: Transactions, sounder: Sounder, every_s: float = EVERY_S) -> None:
        self._transactions = transactions
        self._sounder = sounder
        self._every_s = every_s

    async def run(self) -> None:
        """A round that fails is logged, and the next one begins anew."""
        while True:
            await asyncio.sleep(self._every_s)
            try:
                await self.round()
            except LinkDownError:
                log.info("release_not_offered")
            except Exception:
                log.exception("release_round_failed")

    async def round(self) -> None:
        """Judge the release, then offer it to whoever is due."""
        for node, sequence, size in await self._transactions.run(roll_on):
            await self._sounder.offer(node, sequence, size)
