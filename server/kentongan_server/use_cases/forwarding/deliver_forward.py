"""One attempt at one forward: what to send, what came of it, when to try again.

Emergency retry, not webhook retry: after 0, 2, 5, 10, 20, 40 s and then each minute, for ever.
"""

from datetime import datetime, timedelta

from kentongan_server.domain.events import Noted
from kentongan_server.domain.forward import EarlierForward, Forward, ForwardCamera, ForwardEvent, Recipient
from kentongan_server.domain.incident_kind import IncidentClass, IncidentKind, Purpose
from kentongan_server.domain.routing import assert_may_hear
from kentongan_server.ports.outbox import ItemState, OutboxItem
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.forwarding.page_human import page_human

RETRY_AFTER_S = (2, 5, 10, 20, 40)
NOBODY_THERE_RETRY = timedelta(seconds=60)
LEASE = timedelta(seconds=8)  # longer than any attempt takes: until then no other server begins one


def begin_attempt(uow: UnitOfWork, item: OutboxItem) -> Forward | None:
    """Write that an attempt begins and give the document; None when the item is done, or another server's, already."""
    current = uow.outbox.item(item.id)
    incident = uow.incidents.incident(item.incident)
    if current is None or incident is None or current.state in (ItemState.ACCEPTED, ItemState.ABANDONED):
        return None
    if current.due_at > uow.now():
        return None
    body = item.body
    recipient = Recipient(body["recipient"])
    incident_class = IncidentClass(body["class"])
    assert_may_hear(recipient, incident_class)
    assert_may_hear(recipient, incident.incident_class)
    attempts = current.attempts + 1
    uow.outbox.attempted(item.id, attempts, uow.now() + max(LEASE, retry_delay(attempts)))
    return Forward(
        delivery=item.id,
        recipient=recipient,
        event=ForwardEvent(body["event"]),
        incident=incident.id,
        kind=IncidentKind(body["kind"]),
        incident_class=incident_class,
        purpose=Purpose(body["purpose"]),
        region=body["region"],
        region_name=body["region_name"],
        latitude=body["latitude"],
        longitude=body["longitude"],
        opened_at=datetime.fromisoformat(body["opened_at"]),
        queued_at=item.queued_at,
        source=body["source"],
        trust=body["trust"],
        text=body["text"],
        earlier=tuple(EarlierForward(one, datetime.fromisoformat(at)) for one, at in body.get("earlier", ())),
        reason=body.get("reason"),
        cameras=tuple(ForwardCamera(**camera) for camera in body.get("cameras", ())),
        links_until=datetime.fromisoformat(body["links_until"]) if "links_until" in body else None,
    )


def accepted(uow: UnitOfWork, item: OutboxItem) -> None:
    """The recipient said 2xx."""
    current = uow.outbox.item(item.id)
    if current is None or current.state is ItemState.ACCEPTED:
        return
    uow.outbox.finished(item.id, ItemState.ACCEPTED)
    facts = {"channel": item.channel, "attempts": current.attempts}
    uow.happened(Noted(item.incident, _region(uow, item), what="forward_accepted", data=facts))


def failed(uow: UnitOfWork, item: OutboxItem, error: str) -> None:
    """The attempt failed; the next one is due after the delay."""
    current = uow.outbox.item(item.id)
    if current is None or current.state is ItemState.ACCEPTED:
        return
    _failed(uow, current, error, retry_delay(current.attempts))


def nobody_there(uow: UnitOfWork, item: OutboxItem) -> None:
    """This server has nobody to send it to. It waits for one who is set up later; a human is paged as for any other."""
    current = uow.outbox.item(item.id)
    if current is not None and current.state is not ItemState.ACCEPTED:
        _failed(uow, current, f"nobody is configured for {item.channel}", NOBODY_THERE_RETRY)


def held(uow: UnitOfWork, item: OutboxItem, reason: str) -> None:
    """A wall of the firewall stopped the document: it is never tried again, and a human must look at why."""
    incident = uow.incidents.incident(item.incident)
    if incident is None:
        return
    uow.outbox.finished(item.id, ItemState.ABANDONED)
    facts = {"class": incident.incident_class, "reason": reason}
    uow.happened(Noted(incident.id, incident.region, what="forward_held", data=facts))
    page_human(uow, incident, f"{item.channel} was held by the firewall")


def retry_delay(attempts: int) -> timedelta:
    """How long after the `attempts`-th attempt the next one is due."""
    return timedelta(seconds=RETRY_AFTER_S[attempts - 1] if attempts <= len(RETRY_AFTER_S) else 60)


def _failed(uow: UnitOfWork, item: OutboxItem, error: str, delay: timedelta) -> None:
    uow.outbox.failed(item.id, error, uow.now() + delay)
    facts = {"channel": item.channel, "attempts": item.attempts, "error": error}
    uow.happened(Noted(item.incident, _region(uow, item), what="forward_failed", data=facts))


def _region(uow: UnitOfWork, item: OutboxItem) -> str | None:
    incident = uow.incidents.incident(item.incident)
    return incident.region if incident else None
