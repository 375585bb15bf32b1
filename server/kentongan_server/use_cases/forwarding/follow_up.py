"""What those who were told must hear later: an Update or a Cancel about the documents they have.

The record says the same of a genuine cancellation and of one under duress; only the document itself tells them apart.
"""

from typing import Any

from kentongan_server.domain.events import DuressCalled, IncidentCancelled, IncidentReclassified, ReportTaken
from kentongan_server.domain.forward import ForwardEvent
from kentongan_server.domain.incident import Incident
from kentongan_server.ports.outbox import Channel, ItemState, OutboxItem
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.forwarding.forward_report import links_from
from kentongan_server.use_cases.forwarding.queue_document import queue_document


def on_witness(uow: UnitOfWork, event: ReportTaken) -> None:
    """A second, independent voice makes a report more than one person's word; a third says nothing new to the police."""
    if not event.opened and event.independent and not _is_witnessed(uow, event.of):
        follow_up(uow, event.of, ForwardEvent.UPDATED, "second_witness", trust="witnessed")


def on_cancelled(uow: UnitOfWork, event: IncidentCancelled) -> None:
    """The reporter took it back. Under duress the police have heard so already, and hear of no cancellation."""
    if event.genuine:
        follow_up(uow, event.of, ForwardEvent.CANCELLED, "cancelled_by_reporter")


def on_duress(uow: UnitOfWork, event: DuressCalled) -> None:
    """Somebody was made to take it back: it is worse than it was."""
    follow_up(uow, event.of, ForwardEvent.UPDATED, "duress")


def on_reclassified(uow: UnitOfWork, event: IncidentReclassified) -> None:
    """Another kind of the same class is an Update; an incident that went over to another class is cancelled here."""
    if event.successor is None:
        follow_up(uow, event.of, ForwardEvent.UPDATED, "reclassified")
    else:
        follow_up(uow, event.of, ForwardEvent.CANCELLED, "reclassified")


def _is_witnessed(uow: UnitOfWork, incident: Incident) -> bool:
    return any(item.body.get("trust") == "witnessed" for item in uow.outbox.of_incidents([incident.id]))


def follow_up(
    uow: UnitOfWork, incident: Incident, event: ForwardEvent, reason: str, *, trust: str | None = None
) -> int:
    """Queue one document on each channel that carried the first; how many. It is complete in itself and names the earlier."""
    now = uow.now()
    earlier: dict[Channel, list[OutboxItem]] = {}
    for item in uow.outbox.of_incidents([incident.id]):
        if item.state is not ItemState.ABANDONED:
            earlier.setdefault(item.channel, []).append(item)
    for channel, items in earlier.items():
        body: dict[str, Any] = {
            **items[-1].body,
            "event": event,
            "kind": incident.kind,
            "reason": reason,
            **links_from(incident, now),
            "earlier": [[item.id, item.queued_at.isoformat()] for item in items],
        }
        if trust is not None:
            body["trust"] = trust
        queue_document(uow, incident, channel, body)
    return len(earlier)
