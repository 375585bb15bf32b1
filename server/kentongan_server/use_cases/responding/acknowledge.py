"""A named human takes the incident: a neighbour for the community, an operator for the police. Many may; none stops another."""

from kentongan_server.domain.errors import IllegalTransitionError
from kentongan_server.domain.events import IncidentAcknowledged, IncidentMoved, StageReached
from kentongan_server.domain.guards import move
from kentongan_server.domain.lifecycle import OPEN_INCIDENT_STATES, IncidentStatus
from kentongan_server.domain.people import Person, Role
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.responding.moving import write


def acknowledge(uow: UnitOfWork, incident_id: str, person: Person) -> str:
    """Note who took it, and give the kind of acknowledgement: `police` or `community`. Repeating changes nothing."""
    incident = uow.incident_for(person, incident_id)
    kind = "police" if person.has(Role.OPERATOR) else "community"
    if any(e.event == "acknowledged" and e.actor == person.id for e in uow.timeline.of_incident(incident.id)):
        return kind
    if incident.status not in OPEN_INCIDENT_STATES:
        raise IllegalTransitionError(f"This incident is {incident.status}; nobody needs to take it any more.")
    uow.happened(IncidentAcknowledged(incident.id, incident.region, person.id, by=kind))
    if kind == "police" and incident.status is IncidentStatus.REPORTED:
        changed = write(uow, incident, status=move(incident, "acknowledge"))
        uow.happened(IncidentMoved(changed.id, changed.region, person.id, of=changed, by_event="acknowledge"))
        uow.happened(StageReached(changed.id, changed.region, stage="police_saw"))
    return kind
