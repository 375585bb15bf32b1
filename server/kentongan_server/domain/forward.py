"""What is passed on to those who answer: one document per incident event and recipient, complete in itself."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kentongan_server.domain.incident_kind import IncidentClass, IncidentKind, Purpose


class Recipient(StrEnum):
    """Who answers: the police command centre, or the city's 112."""

    POLICE = "police"
    EMERGENCY = "emergency"


class ForwardEvent(StrEnum):
    """Why the document is sent; CAP's Alert, Update and Cancel."""

    REPORTED = "incident.reported"
    UPDATED = "incident.updated"
    CANCELLED = "incident.cancelled"


@dataclass(frozen=True, slots=True)
class Forward:
    """One document for one recipient. Times are aware UTC, positions in degrees (WGS 84)."""

    delivery: str
    recipient: Recipient
    event: ForwardEvent
    incident: str
    kind: IncidentKind
    incident_class: IncidentClass
    purpose: Purpose
    region: str
    region_name: str
    latitude: float
    longitude: float
    opened_at: datetime
    queued_at: datetime
    source: str
    trust: str
    text: str | None
