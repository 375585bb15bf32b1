"""What is passed on to those who answer: one document per incident event and recipient, complete in itself."""

import math
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kentongan_server.domain.errors import FirewallError
from kentongan_server.domain.incident_kind import IncidentClass, IncidentKind, Purpose

# Delivery and incident ids travel in an HTTP header, in URLs and in CAP, which forbids space, comma, < and &.
_TRAVELLING_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")


class Recipient(StrEnum):
    """Who answers: the police command centre, or the city's 112."""

    POLICE = "police"
    EMERGENCY = "emergency"


class ForwardEvent(StrEnum):
    """Why the document is sent; CAP's Alert, Update and Cancel."""

    REPORTED = "incident.reported"
    UPDATED = "incident.updated"
    CANCELLED = "incident.cancelled"


class FirewallBreach(FirewallError):  # noqa: N818 - the name of what happened, not of a kind of error
    """The last wall, the one in the adapter, had to stop a document. A defect of ours: nothing was sent, no retry will help."""


@dataclass(frozen=True, slots=True)
class EarlierForward:
    """A document already queued for this incident and channel, as a later one refers to it."""

    delivery: str
    queued_at: datetime


@dataclass(frozen=True, slots=True)
class ForwardCamera:
    """A camera of the RT that may show something. `link` opens for this incident alone, for a time; every opening is noted.

    `distance_m` is from the incident, or from the middle of its RT where nobody said more.
    """

    id: str
    name: str
    role: str
    health: str
    distance_m: int
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Forward:
    """One document for one recipient. Times are aware UTC, positions in degrees (WGS 84).

    `earlier` names the documents an update or cancellation is about, oldest first; only a first report has none. `reason` says why there is another.
    Links are for what really happens: a drill and a test carry none (`links_until`).
    """

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
    earlier: tuple[EarlierForward, ...] = ()
    reason: str | None = None
    cameras: tuple[ForwardCamera, ...] = ()
    links_until: datetime | None = None
    position_link: str | None = None

    def __post_init__(self) -> None:
        for name, value in (("delivery", self.delivery), ("incident", self.incident)):
            if not _TRAVELLING_ID.fullmatch(value):
                raise ValueError(f"The {name} id of a forward may hold only letters, digits and . _ : -")
        if self.opened_at.tzinfo is None or self.queued_at.tzinfo is None:
            raise ValueError("The times of a forward must carry their zone.")
        if self.event is not ForwardEvent.REPORTED and not self.earlier:
            raise ValueError("An update or a cancellation must name the earlier documents it is about.")

    @property
    def has_position(self) -> bool:
        """Whether the position can be put on a map; a report goes out without one rather than not at all."""
        return (
            math.isfinite(self.latitude)
            and math.isfinite(self.longitude)
            and abs(self.latitude) <= 90
            and abs(self.longitude) <= 180
        )
