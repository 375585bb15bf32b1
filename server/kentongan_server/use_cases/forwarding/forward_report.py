"""Queue the documents for those outside the neighbourhood who may hear of the incident, or note that nobody may."""

from datetime import datetime
from typing import Any

from kentongan_server.domain.errors import UnknownError
from kentongan_server.domain.events import Noted, ReportTaken
from kentongan_server.domain.forward import ForwardEvent, Recipient
from kentongan_server.domain.incident import Incident
from kentongan_server.domain.incident_kind import Purpose
from kentongan_server.domain.place import Region
from kentongan_server.domain.routing import recipient_of
from kentongan_server.domain.surroundings import telling_cameras
from kentongan_server.domain.view_link import OPENS_FOR
from kentongan_server.ports.outbox import Channel
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.forwarding.queue_document import queue_document

CHANNELS = {
    Recipient.POLICE: (Channel.POLICE_WEBHOOK, Channel.POLICE_CAP),
    Recipient.EMERGENCY: (Channel.EMERGENCY_WEBHOOK, Channel.EMERGENCY_CAP),
}


def on_report(uow: UnitOfWork, event: ReportTaken) -> None:
    """Forward the first report of an incident; reputation never holds it back, only the class does."""
    if not event.opened:
        return
    incident = event.of
    recipient = recipient_of(incident.incident_class)
    if recipient is None:
        facts = {"class": incident.incident_class, "reason": "community news stays in the RT"}
        uow.happened(Noted(incident.id, incident.region, what="forward_held", data=facts))
        return
    region = uow.places.region(incident.region)
    if region is None:
        raise UnknownError("An incident's region has vanished.")
    body = _snapshot(uow, event, recipient, region)
    for channel in CHANNELS[recipient]:
        queue_document(uow, incident, channel, body)


def _snapshot(uow: UnitOfWork, event: ReportTaken, recipient: Recipient, region: Region) -> dict[str, Any]:
    """What the document will say, fixed now: a repeated delivery id must always carry the same content."""
    incident = event.of
    spot = event.report.position or region
    cameras = telling_cameras(uow.surroundings.cameras_of(region.code), spot.latitude, spot.longitude)
    return {
        "event": ForwardEvent.REPORTED,
        "recipient": recipient,
        "kind": incident.kind,
        "class": incident.incident_class,
        "purpose": incident.purpose,
        "region": region.code,
        "region_name": region.name,
        "latitude": region.latitude,
        "longitude": region.longitude,
        "opened_at": incident.opened_at.isoformat(),
        "source": event.report.source,
        "trust": "trusted" if event.report.trusted else "unknown",
        "text": incident.text,
        "cameras": [
            {"id": camera.id, "name": camera.name, "role": role, "health": camera.health, "distance_m": metres}
            for role, camera, metres in cameras
        ],
        **links_from(incident, uow.now()),
    }


def links_from(incident: Incident, now: datetime) -> dict[str, str]:
    """Until when this document's links open; nothing for a drill or a test, which open no camera."""
    return {"links_until": (now + OPENS_FOR).isoformat()} if incident.purpose is Purpose.ACTUAL else {}
