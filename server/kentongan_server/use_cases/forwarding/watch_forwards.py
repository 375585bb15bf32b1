"""Page a human when nobody outside has taken a forward for a minute, and tell the reporter to call 110 or 112."""

from datetime import timedelta

from kentongan_server.domain.events import Noted, StageReached
from kentongan_server.ports.outbox import Channel, ItemState, OutboxItem
from kentongan_server.ports.unit_of_work import UnitOfWork

PATIENCE = timedelta(seconds=60)


def page_for_unaccepted(uow: UnitOfWork) -> int:
    """Page once per incident; how many pages were queued."""
    now = uow.now()
    paged = 0
    for item in uow.outbox.unaccepted_since(now - PATIENCE):
        uow.outbox.mark_paged(item.id)
        if uow.timeline.has(item.incident, "human_paged"):
            continue
        incident = uow.incidents.incident(item.incident)
        if incident is None:
            continue
        paged += 1
        reason = f"{item.channel} not accepted for {int(PATIENCE.total_seconds())} s"
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
        forwards = [f for f in uow.outbox.of_incidents([incident.id]) if f.channel is not Channel.PAGER]
        if all(forward.state is not ItemState.ACCEPTED for forward in forwards):
            uow.happened(StageReached(incident.id, incident.region, stage="not_delivered"))
    return paged
