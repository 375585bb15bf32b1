"""Carries to third parties' systems what was decided they should hear, in a lane of its own.

A receiver has one place: one that hangs delays its own deliveries and nobody else's, no siren, no neighbour, no police.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

from kentongan_server.inbound.metrics import Metrics
from kentongan_server.ports.notifier import NotifyError
from kentongan_server.ports.subscriber import Subscriber
from kentongan_server.ports.unit_of_work import Committed, Transactions
from kentongan_server.use_cases.informing.publish import Outcome, Parcel, begin, conclude

TICK_S = 1.0
AT_ONCE = 64
LONGEST_S = 15.0

log = structlog.get_logger()


class Publisher:
    """`committed` is called in the event loop after each group commit; `run` sends until cancelled."""

    def __init__(
        self, transactions: Transactions, subscriber: Subscriber, metrics: Metrics, longest_s: float = LONGEST_S
    ) -> None:
        self._transactions = transactions
        self._subscriber = subscriber
        self._metrics = metrics
        self._longest_s = longest_s
        self._wake = asyncio.Event()
        self._busy: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def committed(self, committed: Committed) -> None:
        """There may be something to send."""
        if committed.outbox:
            self._wake.set()

    async def run(self) -> None:
        """Send until cancelled."""
        try:
            while True:
                try:
                    async with asyncio.timeout(TICK_S):
                        await self._wake.wait()
                except TimeoutError:
                    pass
                self._wake.clear()
                try:
                    await self._fill()
                except Exception:
                    log.exception("deliveries_unreadable")  # they are still due: the next tick tries again
        finally:
            for task in self._tasks:
                task.cancel()

    async def _fill(self) -> None:
        room, busy = AT_ONCE - len(self._busy), sorted(self._busy)
        if room <= 0:
            return
        if not await self._transactions.read(lambda uow: uow.subscriptions.due(uow.now(), 1, busy)):
            return
        for parcel in await self._transactions.run(lambda uow: begin(uow, room, busy)):
            self._busy.add(parcel.subscription.id)
            self._begin(self._send(parcel))

    async def _send(self, parcel: Parcel) -> None:
        try:
            outcome = await self._attempt(parcel)
            self._metrics.deliveries.labels("subscription", "failed" if outcome.error else "accepted").inc()
            await self._transactions.run(lambda uow: conclude(uow, outcome))
        except Exception:
            log.exception("outcome_lost", delivery=parcel.delivery.id)  # what it was about is due again
        finally:
            self._busy.discard(parcel.subscription.id)
            self._wake.set()

    async def _attempt(self, parcel: Parcel) -> Outcome:
        id = parcel.delivery.id
        try:
            async with asyncio.timeout(self._longest_s):
                await self._subscriber.deliver(parcel.subscription, parcel.delivery)
        except NotifyError as error:
            return Outcome(id, str(error), gone=error.gone)
        except TimeoutError:
            return Outcome(id, f"The receiver did not answer within {self._longest_s:g} seconds.")
        except Exception as error:
            log.exception("subscriber_broke")
            return Outcome(id, f"Our side of the webhook broke ({type(error).__name__}).")
        return Outcome(id)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
