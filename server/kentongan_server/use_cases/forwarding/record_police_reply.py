"""What the command centre answers: it saw it, it sends somebody, they are there, it is over."""

from enum import StrEnum

from kentongan_server.domain.errors import UnknownError
from kentongan_server.domain.events import Noted, StageReached
from kentongan_server.domain.incident_kind import IncidentClass
from kentongan_server.domain.lifecycle import INCIDENT, IncidentStatus
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
    uow: UnitOfWork, incident_id: str, reply: Reply, operator: str, disposition: str | None
) -> IncidentStatus:
    """Note the answer and move the incident where the law allows; a repeated or late answer changes nothing."""
    incident = uow.incidents.incident(incident_id)
    if incident is None or incident.incident_class is IncidentClass.COMMUNITY:
        raise UnknownError("There is no such incident.")
    event, stage = _EVENT[reply]
    status = INCIDENT[incident.status].get(event)
    if status is None:
        return incident.status
    uow.incidents.set_status(incident.id, status)
    facts = {"reply": reply, "operator": operator, "disposition": disposition}
    uow.happened(Noted(incident.id, incident.region, what="police_replied", data=facts))
    uow.happened(Noted(incident.id, incident.region, what="incident_status_changed", data={"status": status}))
    uow.happened(StageReached(incident.id, incident.region, stage=stage))
    return status
