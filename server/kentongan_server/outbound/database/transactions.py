"""Units of work on a database, with group commit: many requests share one fsync, and none is answered before it.

One thread writes. It takes whatever jobs wait, runs them in one transaction, commits once, and only then answers them
all. When one raises, the group is rolled back and run again with a savepoint each, so that only that one fails: a job must
therefore change nothing but its unit of work. Measured in docs/decisions: three times the throughput of a
commit each, at the same durability.

A job may be patient: ten thousand kentongan that answer at once. Few of those are in a group, after all that are not,
so that a press waits for one small group and never for the crowd (docs/decisions/0020). Queries have threads of their own: the
interpreter's common ones also look up names, and a name server that hangs must not keep anybody from reading.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

from kentongan_server.outbound.database.access_rows import AccessRows
from kentongan_server.outbound.database.admission_rows import AdmissionRows
from kentongan_server.outbound.database.alarm_rows import AlarmRows
from kentongan_server.outbound.database.answer_rows import AnswerRows
from kentongan_server.outbound.database.codebook_rows import CodebookRows
from kentongan_server.outbound.database.consent_rows import ConsentRows
from kentongan_server.outbound.database.destination_rows import DestinationRows
from kentongan_server.outbound.database.engine import reading, writing
from kentongan_server.outbound.database.incident_rows import IncidentRows
from kentongan_server.outbound.database.notification_rows import NotificationRows
from kentongan_server.outbound.database.outbox_rows import OutboxRows
from kentongan_server.outbound.database.people_rows import PeopleRows
from kentongan_server.outbound.database.personal_rows import PersonalRows
from kentongan_server.outbound.database.place_rows import PlaceRows
from kentongan_server.outbound.database.plan_rows import PlanRows
from kentongan_server.outbound.database.record_rows import Chain, RecordRows
from kentongan_server.outbound.database.release_rows import ReleaseRows
from kentongan_server.outbound.database.reply_rows import ReplyRows
from kentongan_server.outbound.database.roster_rows import RosterRows
from kentongan_server.outbound.database.spread_rows import SpreadRows
from kentongan_server.outbound.database.statistics_rows import StatisticsRows
from kentongan_server.outbound.database.subscription_rows import SubscriptionRows
from kentongan_server.outbound.database.surroundings_rows import SurroundingsRows
from kentongan_server.outbound.database.timeline_rows import TimelineRows
from kentongan_server.outbound.database.trust_rows import TrustRows
from kentongan_server.ports.clock import Clock
from kentongan_server.ports.identifiers import Identifiers
from kentongan_server.ports.unit_of_work import Committed, Listeners, UnitOfWork

Result = TypeVar("Result")
BATCH = 256
PATIENT_BATCH = 32
READERS = 4


@dataclass(slots=True)
class _Job:
    run: Callable[[UnitOfWork], Any]
    future: "asyncio.Future[Any]"
    loop: asyncio.AbstractEventLoop
    patient: bool = False
    result: Any = None
    error: BaseException | None = None


class DatabaseTransactions:
    """Transactions over an engine."""

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        identifiers: Identifiers,
        listeners: Listeners,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._identifiers = identifiers
        self._listeners = listeners
        self._on_commit: Callable[[Committed], None] = lambda _: None
        self._queue: SimpleQueue[_Job | None] = SimpleQueue()
        self._urgent: deque[_Job] = deque()
        self._patient: deque[_Job] = deque()
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="database-reader")
        self._writer = threading.Thread(target=self._write, name="database-writer", daemon=True)
        self._writer.start()

    def listen(self, on_commit: Callable[[Committed], None]) -> None:
        """Call `on_commit` in the event loop after each group."""
        self._on_commit = on_commit

    async def run(self, job: Callable[[UnitOfWork], Result], *, patient: bool = False) -> Result:
        """Run `job`; return once what it wrote is durable. When it raises, nothing was written."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Result] = loop.create_future()
        self._queue.put(_Job(job, future, loop, patient))
        return await future

    async def read(self, query: Callable[[UnitOfWork], Result]) -> Result:
        """Run a query that writes nothing, beside the writer."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, query)

    def close(self) -> None:
        """Finish what waits, then stop."""
        self._queue.put(None)
        self._writer.join()
        self._readers.shutdown(cancel_futures=True)
        self._engine.dispose()

    def _read(self, query: Callable[[UnitOfWork], Result]) -> Result:
        with reading(self._engine) as connection:
            uow, _, _ = self._unit(connection, Chain(connection))
            return query(uow)

    def _write(self) -> None:
        connection: Connection | None = None
        open_for_work = True
        while open_for_work or self._urgent or self._patient:
            open_for_work = self._take_in() and open_for_work
            batch = self._next_group()
            if batch:
                connection = self._commit_together(connection, batch)
        if connection is not None:
            connection.close()

    def _take_in(self) -> bool:
        """Fetch all that was asked for, waiting for it where there is nothing else to do; False when told to stop."""
        is_idle = not (self._urgent or self._patient)
        while is_idle or not self._queue.empty():
            job = self._queue.get()
            if job is None:
                return False
            (self._patient if job.patient else self._urgent).append(job)
            is_idle = False
        return True

    def _next_group(self) -> list[_Job]:
        """Whoever waits, and a few of the patient after them."""
        group = [self._urgent.popleft() for _ in range(min(BATCH, len(self._urgent)))]
        room = min(PATIENT_BATCH, BATCH - len(group), len(self._patient))
        return group + [self._patient.popleft() for _ in range(room)]

    def _commit_together(self, connection: Connection | None, batch: list[_Job]) -> Connection | None:
        """Run and commit the batch; the connection to go on with, None when it must be opened anew."""
        committed = Committed()
        try:
            connection = connection or writing(self._engine)
            if not self._all_or_none(connection, batch, committed):
                committed = Committed()
                with connection.begin():
                    chain = Chain(connection)
                    for job in batch:
                        self._run_alone(connection, chain, job, committed)
        except Exception as error:  # noqa: BLE001  # the disk, not the job: nobody in this batch was stored
            for job in batch:
                job.error = error
            if connection is not None:
                connection.close()
            connection = None
            committed = Committed()
        batch[0].loop.call_soon_threadsafe(self._answer, batch, committed)
        return connection

    def _all_or_none(self, connection: Connection, batch: list[_Job], committed: Committed) -> bool:
        """Run and commit the batch without savepoints; False, and nothing kept, when one of its jobs raised."""
        with connection.begin() as transaction:
            chain = Chain(connection)
            try:
                for job in batch:
                    self._run(connection, chain, job, committed)
                chain.flush()
            except Exception:  # noqa: BLE001  # every job is run again in a savepoint of its own, and raises there
                transaction.rollback()
                return False
        return True

    def _run_alone(self, connection: Connection, chain: Chain, job: _Job, committed: Committed) -> None:
        connection.exec_driver_sql("SAVEPOINT job")
        try:
            self._run(connection, chain, job, committed)
            chain.flush()
        except Exception as error:  # noqa: BLE001  # handed to the caller, who awaits the job
            connection.exec_driver_sql("ROLLBACK TO job")
            connection.exec_driver_sql("RELEASE job")
            chain.forget()
            job.error = error
            return
        connection.exec_driver_sql("RELEASE job")

    def _run(self, connection: Connection, chain: Chain, job: _Job, committed: Committed) -> None:
        uow, timeline, new = self._unit(connection, chain)
        job.result = job.run(uow)
        committed.orders += uow.alarms.orders(new.commands)
        committed.outbox |= new.outbox
        committed.timeline |= timeline.has_grown

    def _answer(self, batch: list[_Job], committed: Committed) -> None:
        for job in batch:
            if job.future.cancelled():
                continue
            if job.error is not None:
                job.future.set_exception(job.error)
            else:
                job.future.set_result(job.result)
        self._on_commit(committed)

    def _unit(self, connection: Connection, chain: Chain) -> "tuple[UnitOfWork, TimelineRows, _New]":
        new = _New()
        timeline = TimelineRows(connection, chain)
        uow = UnitOfWork(
            incidents=IncidentRows(connection),
            answers=AnswerRows(connection),
            alarms=AlarmRows(connection, new.commands.extend),
            places=PlaceRows(connection),
            surroundings=SurroundingsRows(connection),
            people=PeopleRows(connection),
            access=AccessRows(connection),
            admissions=AdmissionRows(connection),
            roster=RosterRows(connection),
            outbox=OutboxRows(connection, new.in_outbox),
            destinations=DestinationRows(connection),
            notifications=NotificationRows(connection, new.in_outbox),
            subscriptions=SubscriptionRows(connection, new.in_outbox),
            replies=ReplyRows(connection),
            timeline=timeline,
            record=RecordRows(connection, chain.flush),
            statistics=StatisticsRows(connection),
            codebooks=CodebookRows(connection),
            releases=ReleaseRows(connection),
            spreading=SpreadRows(connection),
            trust=TrustRows(connection),
            plans=PlanRows(connection),
            personal=PersonalRows(connection, chain.flush),
            consents=ConsentRows(connection),
            clock=self._clock,
            identifiers=self._identifiers,
            listeners=self._listeners,
        )
        return uow, timeline, new


class _New:
    """What one unit of work made that is to be sent."""

    def __init__(self) -> None:
        self.commands: list[str] = []
        self.outbox = False

    def in_outbox(self) -> None:
        self.outbox = True
