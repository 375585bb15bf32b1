"""Ask for a human on duty; the outbox pages until the pager took it."""

from kentongan_server.domain.events import Noted
from kentongan_server.domain.incident import Incident
from kentongan_server.ports.outbox import Channel, ItemState, OutboxItem
from kentongan_server.ports.unit_of_work import UnitOfWork


def page_human(uow: UnitOfWork, incident: Incident, reason: str, once: str = "human_paged") -> bool:
    """Queue one page for the incident; False when that was done already. `reason` holds no names; `once` is its word in the record."""
    if uow.timeline.has(incident.id, once):
        return False
    now = uow.now()
    uow.outbox.add(
        OutboxItem(
            id=uow.new_id(),
            channel=Channel.PAGER,
            incident=incident.id,
            incident_class=incident.incident_class,
            subject=incident.id,
            body={"reason": reason},
            state=ItemState.PENDING,
            attempts=0,
            queued_at=now,
            due_at=now,
        )
    )
    uow.happened(Noted(incident.id, incident.region, what=once, data={"reason": reason}))
    return True
