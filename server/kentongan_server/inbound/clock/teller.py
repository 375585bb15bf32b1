"""Carries to people what was decided they should be told, over as many lanes as there are channels.

A lane has its own places and its own time: one that hangs fills its places and delays nobody else, no siren, no police
and no other channel. What was being sent when the server died is sent again.
"""

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any

import structlog

from kentongan_server.domain.notification import NotifyChannel
from kentongan_server.inbound.metrics import Metrics
from kentongan_server.ports.notifier import Notifier, NotifyError
from kentongan_server.ports.unit_of_work import Committed, Transactions
from kentongan_server.use_cases.informing.deliver_notifications import Outcome, Parcel, begin, conclude

TICK_S = 0.25
AT_ONCE = 32
LONGEST_S = 20.0
GATHER_S = 0.05

log = structlog.get_logger()


class Teller:
    """`committed` is called in the event loop after each group commit; `run` keeps every lane moving until cancelled."""

    def __init__(
        self,
        transactions: Transactions,
        notifiers: Mapping[NotifyChannel, Notifier],
        metrics: Metrics,
        longest_s: float = LONGEST_S,
    ) -> None:
        self._transactions = transactions
        self._notifiers = notifiers
        self._metrics = metrics
        self._longest_s = longest_s
        self._wake = asyncio.Event()
        self._busy = dict.fromkeys(NotifyChannel, 0)
        self._outcomes: list[Outcome] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._concluding = False

    def committed(self, committed: Committed) -> None:
        """There may be something to send."""
        if committed.outbox:
            self._wake.set()

    async def run(self) -> None:
        """Send until cancelled."""
        try:
            while True:
                try:
                    async with asyncio.timeout(TICK_S):  # wait_for may swallow a cancellation that meets the event
                        await self._wake.wait()
                except TimeoutError:
                    pass
                self._wake.clear()
                try:
                    due = await self._transactions.read(lambda uow: uow.notifications.due_channels(uow.now()))
                    for channel in sorted(due):
                        await self._fill(channel)
                except Exception:
                    log.exception("notifications_unreadable")  # they are still due: the next tick tries again
        finally:
            for task in self._tasks:
                task.cancel()

    async def _fill(self, channel: NotifyChannel) -> None:
        room = AT_ONCE - self._busy[channel]
        if room <= 0:
            return
        for parcel in await self._transactions.run(lambda uow: begin(uow, channel, room)):
            self._busy[channel] += 1
            self._begin(self._send(channel, parcel))

    async def _send(self, channel: NotifyChannel, parcel: Parcel) -> None:
        try:
            outcome = await self._attempt(channel, parcel)
        finally:
            self._busy[channel] -= 1
        result = "accepted" if outcome.error is None else "failed"
        self._metrics.deliveries.labels(channel, result).inc()
        self._outcomes.append(outcome)
        if not self._concluding:
            self._concluding = True
            self._begin(self._conclude())

    async def _attempt(self, channel: NotifyChannel, parcel: Parcel) -> Outcome:
        notifier = self._notifiers.get(channel)
        if notifier is None:
            return Outcome(parcel.notification, f"Nobody has set up {channel} on this server.", refused=True)
        try:
            async with asyncio.timeout(self._longest_s):
                await notifier.notify(parcel.destination, parcel.message)
        except NotifyError as error:
            return Outcome(
                parcel.notification, str(error), gone=error.gone, refused=error.refused, retry_after=error.retry_after
            )
        except TimeoutError:
            return Outcome(parcel.notification, f"The channel did not answer within {self._longest_s:g} seconds.")
        except Exception as error:
            log.exception("notifier_broke", channel=channel)
            return Outcome(parcel.notification, f"Our side of the channel broke ({type(error).__name__}).")
        return Outcome(parcel.notification)

    async def _conclude(self) -> None:
        """Write what came back within a moment in one go: fifty neighbours are one line of the timeline, not fifty."""
        await asyncio.sleep(GATHER_S)
        self._concluding = False
        outcomes, self._outcomes = self._outcomes, []
        try:
            await self._transactions.run(lambda uow: conclude(uow, outcomes))
        except Exception:
            log.exception("outcomes_lost", count=len(outcomes))  # what they were about is due again
        self._wake.set()

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
