"""What the command centre answers: it saw it, it sends somebody, they are there, it is over."""

from dataclasses import replace
from enum import StrEnum
from typing import Any

from kentongan_server.domain.disposition_words import in_our_words
from kentongan_server.domain.errors import ConflictError, UnknownError
from kentongan_server.domain.events import Noted, StageReached
from kentongan_server.domain.forward import Recipient
from kentongan_server.domain.lifecycle import INCIDENT, IncidentStatus
from kentongan_server.domain.routing import recipient_of
from kentongan_server.ports.unit_of_work import UnitOfWork


class Reply(StrEnum):
    """The answers a command centre gives."""

    ACKNOWLEDGED = "acknowledged"
    DISPATCHED = "dispatched"
    ON_SCENE = "on_scene"
    RESOLVED = "resolved"


_EVENT = {
    Reply.ACKNOWLEDGED: ("acknowledge", "police_saw"),
    Reply.DISPATCHED: ("dispatch", "on_the_way"),
    Reply.ON_SCENE: ("arrive", "on_the_way"),
    Reply.RESOLVED: ("resolve", "resolved"),
}


def record_police_reply(
    uow: UnitOfWork,
    incident_id: str,
    reply: Reply,
    operator: str,
    disposition: str | None,
    *,
    delivery: str | None = None,
    digest: str = "",
    by: Recipient | None = None,
) -> IncidentStatus:
    """Note the answer and move the incident where the law allows; a repeated or late answer moves nothing.

    An answer about an incident that was merged into another is about that one: the police have documents of both, and answer
    the one that lies before them. It stands in the record of both, and theirs is the status that is returned.

    How it ended is kept in our words; the police's own stay in the record. Their `prank` costs nobody their trust: for that
    a human whom we know must say it.
    """
    incident = uow.incidents.incident(incident_id)
    # Who may not hear of a class has no word on it either.
    recipient = None if incident is None else recipient_of(incident.incident_class)
    if incident is None or recipient is None or by not in (None, recipient):
        raise UnknownError("There is no such incident.")
    if delivery is not None:
        seen = uow.replies.seen(delivery)
        if seen is not None:
            if seen != digest:
                raise ConflictError("This delivery id was used for another reply; give each reply its own.")
            return incident.status
        uow.replies.keep(delivery, digest, uow.now())
    event, stage = _EVENT[reply]
    facts = {"reply": reply, "operator": operator, "disposition": disposition}
    into = None if incident.merged_into is None else uow.incidents.incident(incident.merged_into)
    if incident.status is IncidentStatus.MERGED and into is not None:
        data = {"reply": reply, "operator": operator, "counts_for": into.id}  # how it ended is the other one's
        uow.happened(Noted(incident.id, incident.region, what="police_replied", data=data))
        facts["said_of"] = incident.id
        incident = into
    status = INCIDENT[incident.status].get(event)
    if status is None:
        if delivery is not None:  # known not to be a repeat: who said it and when stays in the record
            uow.happened(Noted(incident.id, incident.region, what="police_replied", data={**facts, "late": True}))
        return incident.status
    changes: dict[str, Any] = {"status": status}
    if status is IncidentStatus.RESOLVED:
        changes |= {"settled_at": uow.now(), "disposition": in_our_words(disposition)}
    changed = replace(incident, **changes)
    uow.incidents.change(changed)
    uow.happened(Noted(incident.id, incident.region, what="police_replied", data=facts))
    moved = {"status": status, "disposition": changed.disposition}
    told = {name: word for name, word in moved.items() if word is not None}
    uow.happened(Noted(incident.id, incident.region, what="incident_status_changed", data=told))
    uow.happened(StageReached(incident.id, incident.region, stage=stage))
    return status
