"""What arrived, in one form whatever it was written in, and the ways in which it can be refused."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kentongan_command_centre.view import View


class Format(StrEnum):
    """How it was written."""

    WEBHOOK = "webhook"
    CAP = "cap"


class Event(StrEnum):
    """Why it was sent."""

    REPORTED = "incident.reported"
    UPDATED = "incident.updated"
    CANCELLED = "incident.cancelled"


@dataclass(frozen=True, slots=True)
class Document:
    """One proven and well-formed message. `raw` is the text as it came; `digest` is that of what was signed."""

    format: Format
    delivery: str
    event: Event
    recipient: str | None
    incident: str
    incident_class: str
    kind: str
    categories: tuple[str, ...]
    purpose: str
    region: str
    region_name: str
    latitude: float | None
    longitude: float | None
    source: str
    trust: str
    text: str | None
    opened_at: datetime
    queued_at: datetime
    digest: str
    raw: str
    views: tuple[View, ...] = ()


class Refusal(Exception):  # noqa: N818 - it becomes an answer, not a fault of ours
    """The sender must be told no: an HTTP status, a short title and one sentence that never echoes what came."""

    def __init__(self, status: int, title: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.title = title
        self.detail = detail


class Breach(Refusal):
    """The sender told the police something they may never hear."""

    def __init__(self, document: Document, reason: str) -> None:
        super().__init__(422, "Not for the police", reason)
        self.document = document
