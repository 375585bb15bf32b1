"""Queue the documents for those outside the neighbourhood who may hear of the incident, or note that nobody may."""

from kentongan_server.domain.events import Noted, ReportTaken
from kentongan_server.domain.forward import ForwardEvent, Recipient
from kentongan_server.domain.routing import recipient_of
from kentongan_server.ports.outbox import Channel, ItemState, OutboxItem
from kentongan_server.ports.unit_of_work import UnitOfWork

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
    now = uow.now()
    for channel in CHANNELS[recipient]:
        item = OutboxItem(
            id=uow.new_id(),
            channel=channel,
            incident=incident.id,
            incident_class=incident.incident_class,
            subject=incident.id,
            body={
                "event": ForwardEvent.REPORTED,
                "recipient": recipient,
                "source": event.report.source,
                "trust": "trusted" if event.report.trusted else "unknown",
            },
            state=ItemState.PENDING,
            attempts=0,
            queued_at=now,
            due_at=now,
        )
        uow.outbox.add(item)
        uow.happened(Noted(incident.id, incident.region, what="forward_queued", data={"channel": channel}))
