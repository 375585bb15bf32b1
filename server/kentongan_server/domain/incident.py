"""Reports and the incident they speak of: what was said, and the one event in the world behind it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from kentongan_server.domain.incident_kind import IncidentClass, IncidentKind, Purpose
from kentongan_server.domain.lifecycle import IncidentStatus

SAME_EVENT_WINDOW = timedelta(minutes=10)


class Source(StrEnum):
    """Where a report came from."""

    CALL_POINT = "call_point"
    APP = "app"


@dataclass(frozen=True, slots=True)
class Position:
    """Degrees, WGS 84."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Report:
    """What one person or one button said; not yet a fact. `happened_at` is None when the time is uncertain."""

    id: str
    kind: IncidentKind
    purpose: Purpose
    region: str
    source: Source
    reporter: str | None
    node: str | None
    trusted: bool
    text: str | None
    position: Position | None
    happened_at: datetime | None
    received_at: datetime
    incident: str


@dataclass(frozen=True, slots=True)
class Incident:
    """The event in the world; one or more reports."""

    id: str
    kind: IncidentKind
    incident_class: IncidentClass
    purpose: Purpose
    region: str
    status: IncidentStatus
    opened_at: datetime
    text: str | None
