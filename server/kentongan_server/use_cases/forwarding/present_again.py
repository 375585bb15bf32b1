"""A document that was taken but that nobody looked at: after two minutes it is presented again, and a supervisor is paged."""

from datetime import timedelta

from kentongan_server.domain.events import Noted
from kentongan_server.domain.forward import ForwardEvent
from kentongan_server.domain.incident_kind import Purpose
from kentongan_server.domain.lifecycle import IncidentStatus
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.forwarding.follow_up import follow_up
from kentongan_server.use_cases.forwarding.page_human import page_human

UNANSWERED_AFTER = timedelta(seconds=120)
_LOOK_BACK = timedelta(hours=1)
_AT_ONCE = 8


def present_unanswered_again(uow: UnitOfWork) -> int:
    """Once for each incident whose documents were accepted two minutes ago and that no operator has acknowledged, a few at a
    time; how many. None are left when it says 0."""
    limit = uow.now() - UNANSWERED_AFTER
    count = 0
    for incident_id in sorted(uow.outbox.unanswered(limit - _LOOK_BACK, limit)):
        incident = uow.incidents.incident(incident_id)
        if incident is None or incident.status is not IncidentStatus.REPORTED:
            continue
        if uow.timeline.has(incident.id, "forward_presented_again"):
            continue
        channels = follow_up(uow, incident, ForwardEvent.UPDATED, "unacknowledged")
        uow.happened(Noted(incident.id, incident.region, what="forward_presented_again", data={"channels": channels}))
        if incident.purpose is Purpose.ACTUAL:
            seconds = int(UNANSWERED_AFTER.total_seconds())
            page_human(uow, incident, f"no operator acknowledged for {seconds} s", once="supervisor_paged")
        count += 1
        if count == _AT_ONCE:
            break
    return count
