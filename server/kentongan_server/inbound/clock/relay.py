"""Carries what has been decided to those who must hear it: at once after the commit, and again until it is done.

Sirens come first and wait for nobody; every channel has its own places, so a police server that hangs holds up only
itself.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

import structlog

from kentongan_server.domain.errors import FirewallError
from kentongan_server.domain.view_link import ViewLinks
from kentongan_server.inbound.metrics import Metrics
from kentongan_server.ports.alarms import Order
from kentongan_server.ports.outbox import Channel, OutboxItem
from kentongan_server.ports.pager import Pager, PagingError
from kentongan_server.ports.responder import DeliveryError, Responder
from kentongan_server.ports.sounder import LinkDownError, Sounder
from kentongan_server.ports.unit_of_work import Committed, Transactions, UnitOfWork
from kentongan_server.use_cases.alarming.retry_commands import due_orders, sent
from kentongan_server.use_cases.forwarding import deliver_forward, deliver_page
from kentongan_server.use_cases.informing.tell_reporter import begin_showing

TICK_S = 0.25
AT_ONCE = 16
MARKED_AT_ONCE = 500

log = structlog.get_logger()


class Relay:
    """`committed` is called in the event loop after each group commit; `run` looks after everything that comes due.

    `behind` says for how many seconds what kentongan answer has waited to be read.
    """

    def __init__(
        self,
        transactions: Transactions,
        sounder: Sounder,
        responders: Mapping[Channel, Responder],
        pager: Pager,
        metrics: Metrics,
        links: ViewLinks | None = None,
        behind: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self._transactions = transactions
        self._sounder = sounder
        self._responders = responders
        self._pager = pager
        self._metrics = metrics
        self._links = links
        self._behind = behind
        self._wake = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._under_way: dict[str, Channel] = {}

    def committed(self, committed: Committed) -> None:
        """Send the first attempt of new commands now, and look at the outbox."""
        for orders in _apart(committed.orders):
            self._begin(self._send(orders))
        if committed.outbox:
            self._wake.set()

    async def run(self) -> None:
        """Retry commands and empty the outbox until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._retry_commands())
                group.create_task(self._empty_outbox())
        finally:
            for task in self._tasks:
                task.cancel()

    async def _retry_commands(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            try:
                behind = timedelta(seconds=self._behind())
                if await self._transactions.read(partial(_is_any_due, behind=behind)):
                    for orders in _apart(await self._transactions.run(partial(due_orders, behind=behind))):
                        await self._send(orders)
            except Exception:
                log.exception("retry_failed")  # the rows are still due: the next tick tries again

    async def _send(self, orders: list[Order]) -> None:
        """Send, and write what the broker took and what it did not; a crowd's in portions, behind whoever is in a hurry."""
        taken = set(await self._sounder.send_all(orders))
        self._metrics.commands_sent.inc(len(taken))
        for first in range(0, len(orders), MARKED_AT_ONCE):
            some = [order.command for order in orders[first : first + MARKED_AT_ONCE]]
            job = partial(sent, taken=[id for id in some if id in taken], left=[id for id in some if id not in taken])
            await self._transactions.run(job, patient=len(orders) > MARKED_AT_ONCE)

    async def _empty_outbox(self) -> None:
        while True:
            try:
                async with asyncio.timeout(TICK_S):  # wait_for may swallow a cancellation that meets the event
                    await self._wake.wait()
            except TimeoutError:
                pass
            self._wake.clear()
            try:
                due = await self._transactions.read(self._due)
            except Exception:
                log.exception("outbox_unreadable")
                continue
            for item in due:
                if self._busy(item.channel) < AT_ONCE and item.id not in self._under_way:
                    self._under_way[item.id] = item.channel
                    self._begin(self._deliver(item))

    def _due(self, uow: UnitOfWork) -> list[OutboxItem]:
        """What each channel has room for: a thousand items of one that hangs must not hide another's."""
        now = uow.now()
        room = [channel for channel in uow.outbox.due_channels(now) if self._busy(channel) < AT_ONCE]
        return [item for channel in sorted(room) for item in uow.outbox.due(now, 2 * AT_ONCE, channel)]

    def _busy(self, channel: Channel) -> int:
        return sum(one is channel for one in list(self._under_way.values()))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, item: OutboxItem) -> None:
        try:
            if item.channel is Channel.RECEIPT:
                await self._show(item)
            elif item.channel is Channel.PAGER:
                await self._page(item)
            else:
                await self._forward(item)
        except Exception:
            # The item is still due. No wake: with a full disk this would spin instead of waiting for the next tick.
            log.exception("delivery_broke", channel=item.channel, incident=item.incident)
        else:
            self._wake.set()
        finally:
            del self._under_way[item.id]

    async def _show(self, item: OutboxItem) -> None:
        if await self._transactions.run(lambda uow: begin_showing(uow, item)):
            try:
                await self._sounder.show(item.body["node"], item.subject, item.body["stage"], item.incident)
            except LinkDownError:
                log.info("stage_not_shown", node=item.body["node"])  # due again by itself

    async def _page(self, item: OutboxItem) -> None:
        if not await self._transactions.run(lambda uow: deliver_page.begin_attempt(uow, item)):
            return
        try:
            await self._pager.page(item.body["reason"], item.incident)
        except PagingError as error:
            self._metrics.deliveries.labels(item.channel, "failed").inc()
            log.error("page_failed", incident=item.incident, error=str(error))
            return
        self._metrics.deliveries.labels(item.channel, "accepted").inc()
        await self._transactions.run(lambda uow: deliver_page.paged(uow, item))

    async def _forward(self, item: OutboxItem) -> None:
        try:
            await self._try_to_forward(item)
        except FirewallError as error:
            reason = str(error)
            log.critical("forward_held", channel=item.channel, incident=item.incident, reason=reason)
            self._metrics.deliveries.labels(item.channel, "held").inc()
            await self._transactions.run(lambda uow: deliver_forward.held(uow, item, reason))

    async def _try_to_forward(self, item: OutboxItem) -> None:
        responder = self._responders.get(item.channel)
        if responder is None:
            self._metrics.deliveries.labels(item.channel, "failed").inc()
            await self._transactions.run(lambda uow: deliver_forward.nobody_there(uow, item))
            return
        forward = await self._transactions.run(lambda uow: deliver_forward.begin_attempt(uow, item))
        if forward is None:
            return
        try:
            await responder.deliver(forward if self._links is None else self._links.added_to(forward))
        except DeliveryError as error:
            problem = str(error)
            self._metrics.deliveries.labels(item.channel, "failed").inc()
            await self._transactions.run(lambda uow: deliver_forward.failed(uow, item, problem))
            return
        self._metrics.deliveries.labels(item.channel, "accepted").inc()
        await self._transactions.run(lambda uow: deliver_forward.accepted(uow, item))


def _apart(orders: list[Order]) -> list[list[Order]]:
    """One RT's first: a press that was committed together with a city's portion must not be sent in its midst."""
    parts = [[order for order in orders if not order.leisure_ms], [order for order in orders if order.leisure_ms]]
    return [part for part in parts if part]


def _is_any_due(uow: UnitOfWork, behind: timedelta) -> bool:
    now = uow.now()
    return bool(uow.alarms.commands_due(now, 1, now - behind))
