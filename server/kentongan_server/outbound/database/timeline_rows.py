"""The record as rows, appended in one statement at the end of a commit, or before it is read in one of its jobs."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from kentongan_server.domain.events import Event
from kentongan_server.domain.incident_kind import IncidentClass
from kentongan_server.outbound.database.record_rows import Chain
from kentongan_server.outbound.database.statement import Statement
from kentongan_server.outbound.database.tables import incidents, timeline
from kentongan_server.outbound.database.values import from_ms, from_ms_or_none, from_text, to_ms, to_text
from kentongan_server.ports.timeline import Entry

_ENTRIES = select(timeline, incidents.c.incident_class, incidents.c.cancelled_at, incidents.c.duress_at).join_from(
    timeline, incidents, timeline.c.incident == incidents.c.id, isouter=True
)
_OF_INCIDENT = _ENTRIES.where(timeline.c.incident == bindparam("of")).order_by(timeline.c.seq)
_AFTER = _ENTRIES.where(timeline.c.seq > bindparam("seq")).order_by(timeline.c.seq).limit(bindparam("limit"))
_HAS = Statement(
    select(timeline.c.seq)
    .where(timeline.c.incident == bindparam("of"), timeline.c.event == bindparam("event"))
    .limit(1)
)


class TimelineRows:
    """The Timeline on one connection; what is appended waits in the chain."""

    def __init__(self, connection: Connection, chain: Chain) -> None:
        self._connection = connection
        self._chain = chain
        self.has_grown = False

    def append(self, event: Event, at: datetime) -> None:
        row = {
            "at": to_ms(at),
            "event": event.name,
            "incident": event.incident,
            "region": event.region,
            "actor": event.actor,
            "facts": to_text(event.facts()),
        }
        self._chain.waiting.append(row)
        self.has_grown = True

    def of_incident(self, incident_id: str) -> list[Entry]:
        self._chain.flush()
        return [_entry(row) for row in self._connection.execute(_OF_INCIDENT, {"of": incident_id})]

    def after(self, seq: int, limit: int) -> list[Entry]:
        self._chain.flush()
        return [_entry(row) for row in self._connection.execute(_AFTER, {"seq": seq, "limit": limit})]

    def last_seq(self) -> int:
        self._chain.flush()
        return self._connection.execute(select(func.max(timeline.c.seq))).scalar_one() or 0

    def has(self, incident_id: str, event: str) -> bool:
        if any(row["incident"] == incident_id and row["event"] == event for row in self._chain.waiting):
            return True
        return _HAS.first(self._connection, of=incident_id, event=event) is not None


def _entry(row: Any) -> Entry:
    return Entry(
        seq=row.seq,
        at=from_ms(row.at),
        event=row.event,
        incident=row.incident,
        region=row.region,
        actor=row.actor,
        facts=from_text(row.facts),
        incident_class=None if row.incident_class is None else IncidentClass(row.incident_class),
        cancelled_at=from_ms_or_none(row.cancelled_at),
        duress_at=from_ms_or_none(row.duress_at),
    )
