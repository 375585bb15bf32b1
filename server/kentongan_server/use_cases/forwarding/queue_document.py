"""Put one document for those outside the neighbourhood into the outbox, and say so on the timeline."""

from typing import Any

from kentongan_server.domain.events import Noted
from kentongan_server.domain.incident import Incident
from kentongan_server.ports.outbox import Channel, ItemState, OutboxItem
from kentongan_server.ports.unit_of_work import UnitOfWork


def queue_document(uow: UnitOfWork, incident: Incident, channel: Channel, body: dict[str, Any]) -> None:
    """It is due at once; what it says is fixed from here on."""
    now = uow.now()
    uow.outbox.add(
        OutboxItem(
            id=uow.new_id(),
            channel=channel,
            incident=incident.id,
            incident_class=incident.incident_class,
            subject=incident.id,
            body=body,
            state=ItemState.PENDING,
            attempts=0,
            queued_at=now,
            due_at=now,
        )
    )
    uow.happened(Noted(incident.id, incident.region, what="forward_queued", data={"channel": channel}))
