"""The record as it grows, to whoever may see it: server-sent events that resume where the reader left off."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

import structlog
from fastapi import APIRouter, Header, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from kentongan_server.domain.people import Person, Role
from kentongan_server.inbound.http.callers import Caller, Callers
from kentongan_server.ports.timeline import Entry
from kentongan_server.ports.unit_of_work import Committed, Transactions, UnitOfWork

PAGE = 500
SLOWEST = 2000
COALESCE_S = 0.01
ELSEWHERE_S = 1.0

log = structlog.get_logger()
router = APIRouter(prefix="/api/v1", tags=["live"])


class Feed:
    """Reads new entries once for all and hands them to every reader; one that cannot keep up is let go."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions
        self._readers: set[asyncio.Queue[Entry | None]] = set()
        self._grown = asyncio.Event()
        self._seq = 0

    def committed(self, committed: Committed) -> None:
        """There is more to read."""
        if committed.timeline:
            self._grown.set()

    async def run(self) -> None:
        """Follow the record until cancelled."""
        self._seq = await self._newest()
        while True:
            try:
                async with asyncio.timeout(ELSEWHERE_S):
                    await self._grown.wait()
            except TimeoutError:
                pass  # another server, or a command, may have written to the same database
            self._grown.clear()
            try:
                await self._hand_out()
            except Exception:
                log.exception("feed_failed")
            await asyncio.sleep(COALESCE_S)

    async def follow(self, after: int | None) -> AsyncIterator[Entry]:
        """Every entry after `after` (None: from now on), for ever, or until the reader falls too far behind."""
        mine: asyncio.Queue[Entry | None] = asyncio.Queue(SLOWEST)
        self._readers.add(mine)
        try:
            # A number from before a restored or another database is none of ours: nothing would ever come after it.
            last = 0 if after is None else min(after, await self._newest())
            while after is not None:
                page = await self._page(last)
                for entry in page:
                    last = entry.seq
                    yield entry
                if len(page) < PAGE:
                    break
            while (entry_or_end := await mine.get()) is not None:
                if entry_or_end.seq > last:
                    yield entry_or_end
        finally:
            self._readers.discard(mine)

    async def _newest(self) -> int:
        return await self._transactions.read(lambda uow: uow.timeline.last_seq())

    async def _page(self, after: int) -> list[Entry]:
        return await self._transactions.read(lambda uow: uow.timeline.after(after, PAGE))

    async def _hand_out(self) -> None:
        if not self._readers:
            newest = await self._newest()
            if not self._readers:  # whoever joined meanwhile must not miss what came before `newest`
                self._seq = newest
                return
        while True:
            page = await self._page(self._seq)
            for entry in page:
                self._seq = entry.seq
                for reader in list(self._readers):
                    if reader.qsize() >= SLOWEST - 1:
                        self._readers.discard(reader)
                        reader.put_nowait(None)
                    else:
                        reader.put_nowait(entry)
            if len(page) < PAGE:
                return


@router.get("/events", response_class=EventSourceResponse)
async def events(
    request: Request, _: Caller, last_event_id: Annotated[str | None, Header(max_length=20)] = None
) -> AsyncIterator[ServerSentEvent]:
    """What happens in the regions that the caller may see. Send `Last-Event-ID` to miss nothing after a break."""
    feed: Feed = request.app.state.feed
    callers: Callers = request.app.state.callers
    transactions: Transactions = request.app.state.transactions
    after = int(last_event_id) if last_event_id and last_event_id.isascii() and last_event_id.isdigit() else None
    async for entry in feed.follow(after):
        calling = await callers.of(request)
        if calling is None:
            return  # the token was revoked, or the session ended, while the reader listened
        person = calling.person
        may_see = _may_see(person, entry) or await _is_own(transactions, person, entry)
        if may_see and (entry.is_for_all or await _knows_all(transactions, person, entry)):
            yield ServerSentEvent(
                id=str(entry.seq),
                event=entry.event,
                data={
                    "seq": entry.seq,
                    "at": entry.at.isoformat(),
                    "event": entry.event,
                    "incident": entry.incident,
                    "region": entry.region,
                    "data": entry.facts,
                },
            )


async def _is_own(transactions: Transactions, person: Person, entry: Entry) -> bool:
    """True for what becomes of the report of somebody who is not admitted to an RT yet."""
    incident_id = entry.incident
    if person.memberships or incident_id is None:
        return False

    def ask(uow: UnitOfWork) -> bool:
        incident = uow.incidents.incident(incident_id)
        return incident is not None and uow.concerns(person, incident)

    return await transactions.read(ask)


async def _knows_all(transactions: Transactions, person: Person, entry: Entry) -> bool:
    if entry.incident is None:
        return person.has(Role.OPERATOR)

    def ask(uow: UnitOfWork) -> bool:
        incident = uow.incidents.incident(entry.incident or "")
        return incident is not None and uow.knows_all(person, incident)

    return await transactions.read(ask)


def _may_see(person: Person, entry: Entry) -> bool:
    if entry.region is None:
        return person.sees_city and entry.incident is None
    return person.sees(entry.region, entry.incident_class)
