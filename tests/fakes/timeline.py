"""The Timeline in memory."""

import json
from datetime import datetime

from tests.fakes.incidents import FakeIncidents

from kentongan_server.domain.events import Event
from kentongan_server.ports.timeline import Entry


class FakeTimeline:
    """`entries` in order. Facts go through JSON, as they do on their way to any store."""

    def __init__(self, incidents: FakeIncidents) -> None:
        self._incidents = incidents
        self.entries: list[Entry] = []

    def append(self, event: Event, at: datetime) -> None:
        """See the port, as with everything below."""
        facts = json.loads(json.dumps(event.facts()))
        seq = self.last_seq() + 1
        incident = self._incidents.incident(event.incident) if event.incident else None
        told = incident.incident_class if incident else None
        self.entries.append(Entry(seq, at, event.name, event.incident, event.region, event.actor, facts, told))

    def of_incident(self, incident_id: str) -> list[Entry]:
        return [entry for entry in self.entries if entry.incident == incident_id]

    def after(self, seq: int, limit: int) -> list[Entry]:
        return [entry for entry in self.entries if entry.seq > seq][:limit]

    def last_seq(self) -> int:
        return self.entries[-1].seq if self.entries else 0

    def has(self, incident_id: str, event: str) -> bool:
        return any(entry.event == event for entry in self.of_incident(incident_id))
