"""Ask for a human on duty; the outbox pages until the pager took it."""

from kentongan_server.domain.events import Noted
from kentongan_server.domain.incident import Incident
from kentongan_server.ports.outbox import Channel, ItemState, OutboxItem
from kentongan_server.ports.unit_of_work import UnitOfWork


def page_human(uow: UnitOfWork, incident: Incident, reason: str) -> bool:
    """Queue one page for the incident; False when somebody was paged for it already. `reason` holds no names."""
    if uow.timeline.has(incident.id, "human_paged"):
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
    uow.happened(Noted(incident.id, incident.region, what="human_paged", data={"reason": reason}))
    return True
