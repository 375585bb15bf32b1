"""Where reports and incidents are kept."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from kentongan_server.domain.incident import Incident, Report
from kentongan_server.domain.incident_kind import IncidentClass, Purpose
from kentongan_server.domain.lifecycle import IncidentStatus


class IncidentBook(Protocol):
    """Reports and incidents within one transaction."""

    def report(self, report_id: str) -> Report | None:
        """The report with this id."""
        ...

    def add_report(self, report: Report) -> None:
        """Keep a new report."""
        ...

    def reports_of(self, incident_id: str) -> list[Report]:
        """Every report of an incident and of those merged into it, oldest first."""
        ...

    def has_spoken(self, incident_id: str, reporter: str | None, node: str | None) -> bool:
        """True when this person, or this node where no person is named, has reported the incident before."""
        ...

    def incident(self, incident_id: str) -> Incident | None:
        """The incident with this id."""
        ...

    def open_incident(
        self, region: str, incident_class: IncidentClass, purpose: Purpose, since: datetime
    ) -> Incident | None:
        """The newest open incident of this class in the region, reported at or after `since` and not taken back."""
        ...

    def add_incident(self, incident: Incident) -> None:
        """Keep a new incident."""
        ...

    def set_status(self, incident_id: str, status: IncidentStatus) -> None:
        """Write the status that the law allowed."""
        ...

    def change(self, incident: Incident) -> None:
        """Write what became of an incident; its class, region and time of opening never change."""
        ...

    def merged_into(self, incident_id: str) -> list[Incident]:
        """The incidents that were merged into this one, oldest first."""
        ...

    def resolved_before(self, limit: datetime) -> list[Incident]:
        """Resolved incidents that ended before `limit` and are not closed yet."""
        ...

    def newest(
        self, regions: Collection[str] | None, limit: int, community: Collection[str] | None = None
    ) -> list[Incident]:
        """The newest incidents, of these regions or (None) of the city; community news only of those in `community`."""
        ...

    def report_counts(self, incident_ids: Collection[str]) -> dict[str, int]:
        """How many reports each of these incidents has, those of merged ones included."""
        ...
