"""Runs retention in the city's quietest hour, batch after batch, with room for alarms between them."""

import asyncio
from datetime import datetime, timedelta

import structlog

from kentongan_server.domain.statistics import JAKARTA
from kentongan_server.ports.clock import Clock
from kentongan_server.ports.unit_of_work import Transactions
from kentongan_server.use_cases.governing.ask_erasure import erasures_due
from kentongan_server.use_cases.governing.retain import retain_some

AT_HOUR = 3
PAUSE_S = 0.2

log = structlog.get_logger()


class Nightly:
    """`run` until cancelled."""

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    async def run(self) -> None:
        """Wait for the hour, work, and wait for the next."""
        while True:
            await asyncio.sleep(until_next(self._clock.now()).total_seconds())
            try:
                log.info("retention", **await retain(self._transactions))
                log.info("erasures", done=await self._transactions.run(erasures_due))
            except Exception:
                log.exception("retention_failed")  # the next night tries again


def until_next(now: datetime) -> timedelta:
    """How long until the hour comes."""
    today = now.astimezone(JAKARTA).replace(hour=AT_HOUR, minute=0, second=0, microsecond=0)
    return (today if today > now else today + timedelta(days=1)) - now


async def retain(transactions: Transactions) -> dict[str, int]:
    """All there is to do; how much of what."""
    total: dict[str, int] = {}
    while done := await transactions.run(retain_some):
        for data, count in done.items():
            total[data] = total.get(data, 0) + count
        await asyncio.sleep(PAUSE_S)
    return total
