"""Page a human when nobody outside has taken a forward for a minute, and tell the reporter to call 110 or 112."""

from datetime import timedelta

from kentongan_server.domain.events import StageReached
from kentongan_server.domain.incident_kind import Purpose
from kentongan_server.domain.lifecycle import IncidentStatus
from kentongan_server.ports.outbox import ItemState
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.forwarding.page_human import page_human

PATIENCE = timedelta(seconds=60)
_AT_ONCE = 16


def page_for_unaccepted(uow: UnitOfWork) -> int:
    """Page once per incident, for a few forwards at a time; how many were looked at. The reporter is told unless somebody
    already saw it. A drill or a test wakes nobody, and sends nobody to 110: that would be the false alarm it must not be. None
    are left when it says 0."""
    late = uow.outbox.unaccepted_since(uow.now() - PATIENCE)[:_AT_ONCE]
    for item in late:
        uow.outbox.mark_paged(item.id)
        incident = uow.incidents.incident(item.incident)
        reason = f"{item.channel} not accepted for {int(PATIENCE.total_seconds())} s"
        if incident is None or incident.purpose is not Purpose.ACTUAL:
            continue
        if not page_human(uow, incident, reason):
            continue
        nobody_took_it = all(f.state is not ItemState.ACCEPTED for f in uow.outbox.of_incidents([incident.id]))
        if nobody_took_it and incident.status is IncidentStatus.REPORTED:
            uow.happened(StageReached(incident.id, incident.region, stage="not_delivered"))
    return len(late)
