"""The IncidentBook in memory."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from tests.fakes.places import lies_in

from kentongan_server.domain.incident import Incident, Report
from kentongan_server.domain.incident_kind import IncidentClass, Purpose
from kentongan_server.domain.lifecycle import OPEN_INCIDENT_STATES, IncidentStatus


class FakeIncidents:
    """`incidents` and `reports` by id."""

    def __init__(self) -> None:
        self.incidents: dict[str, Incident] = {}
        self.reports: dict[str, Report] = {}

    def report(self, report_id: str) -> Report | None:
        """See the port, as with everything below."""
        return self.reports.get(report_id)

    def add_report(self, report: Report) -> None:
        if report.id in self.reports or report.incident not in self.incidents:
            raise ValueError("A report has an id of its own and speaks of an incident that is kept.")
        self.reports[report.id] = report

    def reports_of(self, incident_id: str) -> list[Report]:
        ids = {incident_id, *(incident.id for incident in self.merged_into(incident_id))}
        found = [report for report in self.reports.values() if report.incident in ids]
        return sorted(found, key=lambda report: report.received_at)

    def has_spoken(self, incident_id: str, reporter: str | None, node: str | None) -> bool:
        said = [(r.reporter, r.node) for r in self.reports.values() if r.incident == incident_id]
        return reporter in {who for who, _ in said} if reporter else (None, node) in said

    def incident(self, incident_id: str) -> Incident | None:
        return self.incidents.get(incident_id)

    def open_incident(
        self, region: str, incident_class: IncidentClass, purpose: Purpose, since: datetime
    ) -> Incident | None:
        found = [
            incident
            for incident in self.incidents.values()
            if (incident.region, incident.incident_class, incident.purpose) == (region, incident_class, purpose)
            and incident.status in OPEN_INCIDENT_STATES
            and incident.cancelled_at is None
            and incident.opened_at >= since
        ]
        return max(found, key=lambda incident: incident.opened_at, default=None)

    def add_incident(self, incident: Incident) -> None:
        if incident.id in self.incidents:
            raise ValueError("An incident has an id of its own.")
        self.incidents[incident.id] = incident

    def set_status(self, incident_id: str, status: IncidentStatus) -> None:
        self.incidents[incident_id] = replace(self.incidents[incident_id], status=status)

    def change(self, incident: Incident) -> None:
        known = self.incidents[incident.id]
        fixed = (incident.incident_class, incident.region, incident.opened_at)
        if fixed != (known.incident_class, known.region, known.opened_at):
            raise ValueError("An incident's class, region and time of opening never change.")
        self.incidents[incident.id] = incident

    def merged_into(self, incident_id: str) -> list[Incident]:
        found = [incident for incident in self.incidents.values() if incident.merged_into == incident_id]
        return sorted(found, key=lambda incident: (incident.opened_at, incident.id))

    def resolved_before(self, limit: datetime) -> list[Incident]:
        resolved = [i for i in self.incidents.values() if i.status is IncidentStatus.RESOLVED]
        return [i for i in resolved if i.settled_at is not None and i.settled_at < limit]

    def newest(
        self, regions: Collection[str] | None, limit: int, community: Collection[str] | None = None
    ) -> list[Incident]:
        found = [
            i
            for i in self.incidents.values()
            if lies_in(i.region, regions)
            and (i.incident_class is not IncidentClass.COMMUNITY or lies_in(i.region, community))
        ]
        return sorted(found, key=lambda i: (i.opened_at, i.id), reverse=True)[:limit]

    def report_counts(self, incident_ids: Collection[str]) -> dict[str, int]:
        counts = {incident_id: len(self.reports_of(incident_id)) for incident_id in incident_ids}
        return {incident_id: count for incident_id, count in counts.items() if count}
