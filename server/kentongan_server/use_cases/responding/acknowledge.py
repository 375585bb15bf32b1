"""A named human takes the incident: a neighbour for the community, an operator for the police."""

from kentongan_server.domain.errors import UnknownError
from kentongan_server.domain.events import Noted, StageReached
from kentongan_server.domain.lifecycle import INCIDENT, IncidentStatus, advance
from kentongan_server.domain.people import Person, Role
from kentongan_server.ports.unit_of_work import UnitOfWork


def acknowledge(uow: UnitOfWork, incident_id: str, person: Person) -> str:
    """Note who took it, and give the kind of acknowledgement: `police` or `community`. Repeating changes nothing."""
    incident = uow.incidents.incident(incident_id)
    if incident is None or not person.sees(incident.region, incident.incident_class):
        raise UnknownError("There is no such incident.")
    kind = "police" if person.has(Role.OPERATOR) else "community"
    if any(e.event == "acknowledged" and e.actor == person.id for e in uow.timeline.of_incident(incident.id)):
        return kind
    uow.happened(Noted(incident.id, incident.region, person.id, what="acknowledged", data={"by": kind}))
    if kind == "police" and incident.status is IncidentStatus.REPORTED:
        status = advance(INCIDENT, incident.status, "acknowledge")
        uow.incidents.set_status(incident.id, status)
        facts = {"status": status}
        uow.happened(Noted(incident.id, incident.region, person.id, what="incident_status_changed", data=facts))
        uow.happened(StageReached(incident.id, incident.region, stage="police_saw"))
    return kind
