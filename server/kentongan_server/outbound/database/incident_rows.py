"""Reports and incidents as rows."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, or_, select, text, union_all, update

from kentongan_server.domain.incident import Disposition, Incident, Position, Report, Source
from kentongan_server.domain.incident_kind import IncidentClass, IncidentKind, Purpose
from kentongan_server.domain.lifecycle import OPEN_INCIDENT_STATES, IncidentStatus
from kentongan_server.outbound.database.scopes import lies_in
from kentongan_server.outbound.database.statement import Statement
from kentongan_server.outbound.database.tables import ID, incidents, reports
from kentongan_server.outbound.database.values import from_ms, from_ms_or_none, to_ms, to_ms_or_none

_ADD_REPORT = Statement(insert(reports))
_ADD_INCIDENT = Statement(insert(incidents))
_REPORT = Statement(select(reports).where(reports.c.id == bindparam("id")))
_MERGED = select(incidents.c.id).where(incidents.c.merged_into == bindparam("incident"))
# With `or` PostgreSQL would read every report there is.
_IT_AND_MERGED = union_all(select(bindparam("incident", type_=ID)), _MERGED)
_REPORTS_OF = Statement(select(reports).where(reports.c.incident.in_(_IT_AND_MERGED)).order_by(reports.c.received_at))
_SPOKEN = select(reports.c.id).where(reports.c.incident == bindparam("incident")).limit(1)
_SPOKEN_BY_PERSON = Statement(_SPOKEN.where(reports.c.reporter == bindparam("speaker")))
_SPOKEN_BY_NODE = Statement(_SPOKEN.where(reports.c.node == bindparam("speaker"), reports.c.reporter.is_(None)))
_INCIDENT = Statement(select(incidents).where(incidents.c.id == bindparam("id")))
_OPEN = Statement(
    select(incidents)
    .where(
        incidents.c.region == bindparam("region"),
        incidents.c.opened_at >= bindparam("since"),
        incidents.c.incident_class == bindparam("incident_class"),
        incidents.c.purpose == bindparam("purpose"),
        incidents.c.cancelled_at.is_(None),
        or_(
            *(incidents.c.status == status for status in sorted(OPEN_INCIDENT_STATES))
        ),  # a list would be spelt out each time
    )
    .order_by(incidents.c.opened_at.desc())
    .limit(1)
)
_IS_RESOLVED = incidents.c.status == text("'resolved'")  # as the partial index says it
_CHANGE = (
    update(incidents)
    .where(incidents.c.id == bindparam("of"))
    .values(
        {
            name: bindparam(name)
            for name in (
                "kind",
                "status",
                "text",
                "disposition",
                "settled_at",
                "cancelled_at",
                "duress_at",
                "merged_into",
                "merged_status",
            )
        }
    )
)
_SET_STATUS = Statement(update(incidents).where(incidents.c.id == bindparam("of")).values(status=bindparam("status")))


class IncidentRows:
    """The IncidentBook on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def report(self, report_id: str) -> Report | None:
        row = _REPORT.first(self._connection, id=report_id)
        return None if row is None else _report(row)

    def add_report(self, report: Report) -> None:
        position = report.position
        values = {
            "id": report.id,
            "kind": report.kind,
            "purpose": report.purpose,
            "region": report.region,
            "source": report.source,
            "reporter": report.reporter,
            "node": report.node,
            "trusted": report.trusted,
            "text": report.text,
            "latitude": position.latitude if position else None,
            "longitude": position.longitude if position else None,
            "happened_at": to_ms_or_none(report.happened_at),
            "received_at": to_ms(report.received_at),
            "incident": report.incident,
        }
        _ADD_REPORT.run(self._connection, values)

    def reports_of(self, incident_id: str) -> list[Report]:
        return [_report(row) for row in _REPORTS_OF.all(self._connection, incident=incident_id)]

    def has_spoken(self, incident_id: str, reporter: str | None, node: str | None) -> bool:
        query = _SPOKEN_BY_NODE if reporter is None else _SPOKEN_BY_PERSON
        return query.first(self._connection, incident=incident_id, speaker=reporter or node) is not None

    def incident(self, incident_id: str) -> Incident | None:
        row = _INCIDENT.first(self._connection, id=incident_id)
        return None if row is None else _incident(row)

    def open_incident(
        self, region: str, incident_class: IncidentClass, purpose: Purpose, since: datetime
    ) -> Incident | None:
        row = _OPEN.first(
            self._connection, region=region, incident_class=incident_class, purpose=purpose, since=to_ms(since)
        )
        return None if row is None else _incident(row)

    def add_incident(self, incident: Incident) -> None:
        values = {
            "id": incident.id,
            "kind": incident.kind,
            "incident_class": incident.incident_class,
            "purpose": incident.purpose,
            "region": incident.region,
            "status": incident.status,
            "opened_at": to_ms(incident.opened_at),
            "text": incident.text,
        }
        _ADD_INCIDENT.run(self._connection, values)

    def set_status(self, incident_id: str, status: IncidentStatus) -> None:
        _SET_STATUS.run(self._connection, {"of": incident_id, "status": status})

    def change(self, incident: Incident) -> None:
        values = {
            "of": incident.id,
            "kind": incident.kind,
            "status": incident.status,
            "text": incident.text,
            "disposition": incident.disposition,
            "settled_at": to_ms_or_none(incident.settled_at),
            "cancelled_at": to_ms_or_none(incident.cancelled_at),
            "duress_at": to_ms_or_none(incident.duress_at),
            "merged_into": incident.merged_into,
            "merged_status": incident.merged_status,
        }
        self._connection.execute(_CHANGE, values)

    def merged_into(self, incident_id: str) -> list[Incident]:
        query = select(incidents).where(incidents.c.merged_into == incident_id)
        return [
            _incident(row) for row in self._connection.execute(query.order_by(incidents.c.opened_at, incidents.c.id))
        ]

    def resolved_before(self, limit: datetime) -> list[Incident]:
        query = select(incidents).where(_IS_RESOLVED, incidents.c.settled_at < to_ms(limit))
        return [_incident(row) for row in self._connection.execute(query)]

    def newest(
        self, regions: Collection[str] | None, limit: int, community: Collection[str] | None = None
    ) -> list[Incident]:
        query = select(incidents).order_by(incidents.c.opened_at.desc(), incidents.c.id.desc()).limit(limit)
        if regions is not None:
            query = query.where(lies_in(incidents.c.region, regions))
        if community is not None:
            told = lies_in(incidents.c.region, community)
            query = query.where(or_(incidents.c.incident_class != IncidentClass.COMMUNITY, told))
        return [_incident(row) for row in self._connection.execute(query)]

    def report_counts(self, incident_ids: Collection[str]) -> dict[str, int]:
        counts: dict[str, int] = {}
        for of in (incidents.c.id, incidents.c.merged_into):
            query = select(of, func.count()).join_from(reports, incidents, reports.c.incident == incidents.c.id)
            for incident_id, count in self._connection.execute(query.where(of.in_(sorted(incident_ids))).group_by(of)):
                counts[incident_id] = counts.get(incident_id, 0) + count
        return counts


def _report(row: Any) -> Report:
    return Report(
        id=row.id,
        kind=IncidentKind(row.kind),
        purpose=Purpose(row.purpose),
        region=row.region,
        source=Source(row.source),
        reporter=row.reporter,
        node=row.node,
        trusted=row.trusted,
        text=row.text,
        position=None if row.latitude is None else Position(row.latitude, row.longitude),
        happened_at=from_ms_or_none(row.happened_at),
        received_at=from_ms(row.received_at),
        incident=row.incident,
    )


def _incident(row: Any) -> Incident:
    return Incident(
        id=row.id,
        kind=IncidentKind(row.kind),
        incident_class=IncidentClass(row.incident_class),
        purpose=Purpose(row.purpose),
        region=row.region,
        status=IncidentStatus(row.status),
        opened_at=from_ms(row.opened_at),
        text=row.text,
        disposition=None if row.disposition is None else Disposition(row.disposition),
        settled_at=from_ms_or_none(row.settled_at),
        cancelled_at=from_ms_or_none(row.cancelled_at),
        duress_at=from_ms_or_none(row.duress_at),
        merged_into=row.merged_into,
        merged_status=None if row.merged_status is None else IncidentStatus(row.merged_status),
    )
