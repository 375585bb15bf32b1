"""Reports and the incident they speak of: what was said, and the one event in the world behind it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from kentongan_server.domain.incident_kind import IncidentClass, IncidentKind, Purpose
from kentongan_server.domain.lifecycle import IncidentStatus

SAME_EVENT_WINDOW = timedelta(minutes=10)
CANCEL_WINDOW = timedelta(seconds=60)
REOPEN_WINDOW = timedelta(hours=24)
CLOSE_AFTER = timedelta(hours=1)


class Source(StrEnum):
    """Where a report came from."""

    CALL_POINT = "call_point"
    APP = "app"
    DRILL = "drill"
    CITY = "city"
    ANNOUNCEMENT = "announcement"


class Disposition(StrEnum):
    """How it ended, in the words of a named human. Only `prank` costs the reporter anything; `other` needs a note."""

    FOUNDED = "founded"
    UNFOUNDED = "unfounded"
    MINOR = "minor"
    DUPLICATE = "duplicate"
    MISTAKEN_GOOD_FAITH = "mistaken_good_faith"
    PRANK = "prank"
    TEST = "test"
    HANDLED_BY_RESIDENTS = "handled_by_residents"
    REFERRED = "referred"
    OTHER = "other"


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
    """The event in the world; one or more reports. Its class never changes: a reclassification across classes opens another.

    `cancelled_at` is when the neighbourhood was shown it as cancelled, `duress_at` is set when that was not true.
    """

    id: str
    kind: IncidentKind
    incident_class: IncidentClass
    purpose: Purpose
    region: str
    status: IncidentStatus
    opened_at: datetime
    text: str | None
    disposition: Disposition | None = None
    settled_at: datetime | None = None
    cancelled_at: datetime | None = None
    duress_at: datetime | None = None
    merged_into: str | None = None
    merged_status: IncidentStatus | None = None

    def as_cancelled(self) -> "Incident":
        """What everybody but the police is shown of it once it was cancelled, whether that is true or not."""
        if self.cancelled_at is None:
            return replace(self, duress_at=None)
        return replace(self, status=IncidentStatus.CANCELLED, duress_at=None, disposition=None, settled_at=None)
