"""Wakes the decisions that wait for time to pass: gates that open, forwards nobody took, nodes that fell silent."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import structlog

from kentongan_server.ports.unit_of_work import Transactions, UnitOfWork
from kentongan_server.use_cases.alarming.drill import drills_due
from kentongan_server.use_cases.alarming.quieten_alarm import tell_on
from kentongan_server.use_cases.alarming.raise_alarm import alarms_due
from kentongan_server.use_cases.alarming.schedule_drills import schedules_due
from kentongan_server.use_cases.alarming.sound_city import city_alarms_due, is_a_city_due
from kentongan_server.use_cases.alarming.spread_alarm import call_cities
from kentongan_server.use_cases.forwarding.present_again import present_unanswered_again
from kentongan_server.use_cases.forwarding.watch_forwards import page_for_unaccepted
from kentongan_server.use_cases.informing.tell_people import tell_due_waves
from kentongan_server.use_cases.responding.resolve import close_resolved
from kentongan_server.use_cases.supervising.note_state import find_silent_nodes

TICK_S = 0.5
SILENT_AFTER = timedelta(seconds=19)

DECISIONS = (
    tell_due_waves,
    alarms_due,
    schedules_due,
    tell_on,
    drills_due,
    close_resolved,
    page_for_unaccepted,
    present_unanswered_again,
)

log = structlog.get_logger()


class Ticker:
    """Runs each decision every `every_s` seconds, and looks ten times as often whether a city is to be called.

    `listening_for` says how long the broker has been there, in seconds, and `behind` for how long what nodes said has waited to
    be read: they are not called silent while it was the server that could not hear them.
    """

    def __init__(
        self,
        transactions: Transactions,
        listening_for: Callable[[], float],
        every_s: float = TICK_S,
        behind: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self._every_s = every_s
        self._behind = behind
        self._transactions = transactions
        self._listening_for = listening_for

    async def run(self) -> None:
        """Tick until cancelled; a decision that fails is logged and asked again."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._decide_all())
            group.create_task(self._call_cities())

    async def _call_cities(self) -> None:
        while True:
            await asyncio.sleep(self._every_s / 10)
            try:
                is_due = await self._transactions.read(is_a_city_due)
            except Exception:
                log.exception("city_alarms_unreadable")
                continue
            if is_due:
                await self._decide(city_alarms_due)
                await self._decide(call_cities)

    async def _decide_all(self) -> None:
        while True:
            await asyncio.sleep(self._every_s)
            for decision in DECISIONS:
                await self._decide(decision)
            if self._listening_for() > SILENT_AFTER.total_seconds():
                await self._decide(self._silent_nodes())

    async def _decide(self, decision: Callable[[UnitOfWork], int]) -> None:
        """Until nothing is left of it; each time is a transaction that lets others go between."""
        try:
            while await self._transactions.run(decision):
                pass
        except Exception:
            log.exception("decision_failed", decision=decision.__name__)

    def _silent_nodes(self) -> Callable[[UnitOfWork], int]:
        patience = SILENT_AFTER + timedelta(seconds=self._behind())

        def silent_nodes_found(uow: UnitOfWork) -> int:
            return find_silent_nodes(uow, patience)

        return silent_nodes_found
