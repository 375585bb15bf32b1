"""The record of what happened: append-only, in the transaction that made it true."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from kentongan_server.domain.discretion import may_be_shown
from kentongan_server.domain.events import Event
from kentongan_server.domain.incident_kind import IncidentClass


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the record; `seq` rises. `incident_class`, and whether the incident was taken back, decide who may read it."""

    seq: int
    at: datetime
    event: str
    incident: str | None
    region: str | None
    actor: str | None
    facts: dict[str, Any]
    incident_class: IncidentClass | None = None
    cancelled_at: datetime | None = None
    duress_at: datetime | None = None

    @property
    def is_for_all(self) -> bool:
        """False for what only the police may read of an incident that was taken back."""
        return may_be_shown(self.event, self.at, self.cancelled_at, self.duress_at)


class Timeline(Protocol):
    """The record within one transaction."""

    def append(self, event: Event, at: datetime) -> None:
        """Write one event."""
        ...

    def of_incident(self, incident_id: str) -> list[Entry]:
        """Everything that happened in an incident, in order."""
        ...

    def after(self, seq: int, limit: int) -> list[Entry]:
        """The entries after `seq`, in order."""
        ...

    def last_seq(self) -> int:
        """The newest entry's number, 0 when there is none."""
        ...

    def has(self, incident_id: str, event: str) -> bool:
        """True when the incident's record holds such an event."""
        ...
