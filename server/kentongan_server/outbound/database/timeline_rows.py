"""The record as rows, appended in one statement at the end of the unit of work, or before it is read in it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select

from kentongan_server.domain.events import Event
from kentongan_server.domain.incident_kind import IncidentClass
from kentongan_server.outbound.database.record_rows import Chain
from kentongan_server.outbound.database.tables import incidents, timeline
from kentongan_server.outbound.database.values import from_ms, from_ms_or_none, from_text, to_ms, to_text
from kentongan_server.ports.timeline import Entry

_APPEND = insert(timeline)
_ENTRIES = select(timeline, incidents.c.incident_class, incidents.c.cancelled_at, incidents.c.duress_at).join_from(
    timeline, incidents, timeline.c.incident == incidents.c.id, isouter=True
)
_OF_INCIDENT = _ENTRIES.where(timeline.c.incident == bindparam("of")).order_by(timeline.c.seq)
_AFTER = _ENTRIES.where(timeline.c.seq > bindparam("seq")).order_by(timeline.c.seq).limit(bindparam("limit"))
_HAS = (
    select(timeline.c.seq)
    .where(timeline.c.incident == bindparam("of"), timeline.c.event == bindparam("event"))
    .limit(1)
)


class TimelineRows:
    """The Timeline on one connection; `flush` writes what was appended."""

    def __init__(self, connection: Connection, chain: Chain) -> None:
        self._connection = connection
        self._chain = chain
        self._appended: list[dict[str, Any]] = []
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
        self._appended.append(row)

    def flush(self) -> None:
        """Write what was appended."""
        if self._appended:
            self._chain.link(self._appended)
            self._connection.execute(_APPEND, self._appended)
            self._appended = []
            self.has_grown = True

    def of_incident(self, incident_id: str) -> list[Entry]:
        self.flush()
        return [_entry(row) for row in self._connection.execute(_OF_INCIDENT, {"of": incident_id})]

    def after(self, seq: int, limit: int) -> list[Entry]:
        self.flush()
        return [_entry(row) for row in self._connection.execute(_AFTER, {"seq": seq, "limit": limit})]

    def last_seq(self) -> int:
        self.flush()
        return self._connection.execute(select(func.max(timeline.c.seq))).scalar_one() or 0

    def has(self, incident_id: str, event: str) -> bool:
        if any(row["incident"] == incident_id and row["event"] == event for row in self._appended):
            return True
        return self._connection.execute(_HAS, {"of": incident_id, "event": event}).one_or_none() is not None


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
