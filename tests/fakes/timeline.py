"""The Timeline in memory."""

import json
from datetime import datetime, timedelta

from tests.fakes.incidents import FakeIncidents

from kentongan_server.domain.events import Event
from kentongan_server.domain.record import GENESIS, Link, chain, commit, content
from kentongan_server.ports.timeline import Entry
from kentongan_server.use_cases.governing.verify_record import EPOCH

_MS = timedelta(milliseconds=1)


class FakeTimeline:
    """`links` in order, chained. Facts go through JSON, as they do on their way to any store."""

    def __init__(self, incidents: FakeIncidents) -> None:
        self._incidents = incidents
        self.links: list[Link] = []

    @property
    def entries(self) -> list[Entry]:
        """Everything that is kept, as it is read."""
        return [self._entry(link) for link in self.links]

    def append(self, event: Event, at: datetime) -> None:
        """See the port, as with everything below."""
        facts = json.dumps(event.facts(), ensure_ascii=False, separators=(",", ":"))
        seq, at_ms = self.last_seq() + 1, (at - EPOCH) // _MS
        salt = f"{seq:032x}"
        commitment = commit(salt, event.actor, facts)
        previous = self.links[-1].hash if self.links else GENESIS
        made = chain(previous, content(seq, at_ms, event.name, event.incident, event.region, commitment))
        link = Link(seq, at_ms, event.name, event.incident, event.region, event.actor, facts, salt, commitment, made)
        self.links.append(link)

    def of_incident(self, incident_id: str) -> list[Entry]:
        return [self._entry(link) for link in self.links if link.incident == incident_id]

    def after(self, seq: int, limit: int) -> list[Entry]:
        return [self._entry(link) for link in [link for link in self.links if link.seq > seq][:limit]]

    def last_seq(self) -> int:
        return self.links[-1].seq if self.links else 0

    def has(self, incident_id: str, event: str) -> bool:
        return any(link.event == event and link.incident == incident_id for link in self.links)

    def _entry(self, link: Link) -> Entry:
        incident = self._incidents.incident(link.incident) if link.incident else None
        told = incident.incident_class if incident else None
        at = EPOCH + link.at * _MS
        cancelled_at, duress_at = (incident.cancelled_at, incident.duress_at) if incident else (None, None)
        return Entry(
            link.seq,
            at,
            link.event,
            link.incident,
            link.region,
            link.actor,
            json.loads(link.facts),
            told,
            cancelled_at,
            duress_at,
        )
