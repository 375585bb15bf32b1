"""Somebody outside opens a link that a document brought them; each opening is in the record.

It opens for its time, while the incident lives. What ended in another class, a cancellation and the close an hour after the
end revoke it; a duress PIN does not, for it only looks like a cancellation.
"""

from dataclasses import dataclass
from datetime import datetime

from kentongan_server.domain.errors import ExpiredError, UnknownError
from kentongan_server.domain.events import Noted
from kentongan_server.domain.incident import Disposition, Incident, Position
from kentongan_server.domain.lifecycle import OPEN_INCIDENT_STATES, IncidentStatus
from kentongan_server.domain.routing import recipient_of
from kentongan_server.domain.surroundings import Camera
from kentongan_server.domain.view_link import View, without_credentials
from kentongan_server.ports.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Opened:
    """What the link leads to: a camera's own address, or (without a camera) where it happened."""

    incident: str
    region: str
    region_name: str
    latitude: float
    longitude: float
    until: datetime
    camera: Camera | None
    address: str | None


def open_view(uow: UnitOfWork, view: View, seen_from: str | None) -> Opened:
    """Note the opening and say where to look; ExpiredError with a sentence once it is over."""
    incident = uow.incidents.incident(view.incident)
    if incident is None or recipient_of(incident.incident_class) is not view.recipient:
        raise UnknownError("There is no such link.")
    if uow.now() >= view.until:
        raise ExpiredError(
            "This link has expired: it opens for two hours. The newest document of the incident carries a newer one."
        )
    if not _lives(uow, incident):
        raise ExpiredError(
            f"This link is revoked: the incident is {incident.status}. Ask the RT head if you need more."
        )
    region = uow.places.region(incident.region)
    camera = next(iter(uow.surroundings.cameras([view.camera])), None) if view.camera is not None else None
    if region is None or (view.camera is not None and camera is None):
        raise UnknownError("There is no such camera any more.")
    facts = {
        "recipient": view.recipient,
        "view": "position" if camera is None else "camera",
        "camera": view.camera,
        "from": seen_from,
    }
    known = {name: fact for name, fact in facts.items() if fact is not None}
    uow.happened(Noted(incident.id, incident.region, what="view_opened", data=known))
    place = camera or _spot(uow, incident) or region
    return Opened(
        incident=incident.id,
        region=region.code,
        region_name=region.name,
        latitude=place.latitude,
        longitude=place.longitude,
        until=view.until,
        camera=camera,
        address=without_credentials(camera.link) if camera is not None and camera.link is not None else None,
    )


def _lives(uow: UnitOfWork, incident: Incident) -> bool:
    if incident.status is IncidentStatus.MERGED and incident.merged_into is not None:
        into = uow.incidents.incident(incident.merged_into)
        return into is not None and into.status is not IncidentStatus.MERGED and _lives(uow, into)
    ended = incident.status is IncidentStatus.RESOLVED and incident.disposition is not Disposition.REFERRED
    return ended or incident.status in OPEN_INCIDENT_STATES


def _spot(uow: UnitOfWork, incident: Incident) -> Position | None:
    """Where a reporter said it is."""
    return next((r.position for r in uow.incidents.reports_of(incident.id) if r.position is not None), None)
