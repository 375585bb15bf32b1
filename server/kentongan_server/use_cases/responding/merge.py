"""Two incidents are one event. Nothing is moved: the merged one points to the other, its reports keep their origin, and
taking the pointer away undoes it all."""

from kentongan_server.domain.errors import IllegalTransitionError
from kentongan_server.domain.events import IncidentMerged, IncidentUnmerged
from kentongan_server.domain.guards import move
from kentongan_server.domain.incident import Incident
from kentongan_server.domain.lifecycle import INCIDENT, OPEN_INCIDENT_STATES, IncidentStatus, advance
from kentongan_server.domain.people import Person
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.responding.moving import allowed, write

_BACK_TO = {
    IncidentStatus.REPORTED: None,
    IncidentStatus.ACKNOWLEDGED: "acknowledge",
    IncidentStatus.DISPATCHED: "dispatch",
    IncidentStatus.ON_SCENE: "arrive",
}


def merge(uow: UnitOfWork, incident_id: str, into_id: str, person: Person) -> Incident:
    """Let the incident count as part of the other."""
    incident = allowed(uow, incident_id, person, "merge")
    into = allowed(uow, into_id, person, "merge")
    if incident.merged_into == into.id:
        return incident
    status = move(incident, "merge")
    _assert_mergeable(uow, incident, into)
    changed = write(uow, incident, status=status, merged_into=into.id, merged_status=incident.status)
    uow.happened(IncidentMerged(changed.id, changed.region, person.id, of=changed, into=into))
    return changed


def unmerge(uow: UnitOfWork, incident_id: str, person: Person) -> Incident:
    """Take the incident out of the other again; it goes on where it stood."""
    incident = allowed(uow, incident_id, person, "unmerge")
    taken_out = [e for e in uow.timeline.of_incident(incident.id) if e.event == IncidentUnmerged.name]
    if incident.status in OPEN_INCIDENT_STATES and taken_out and taken_out[-1].actor == person.id:
        return incident
    status = move(incident, "unmerge")
    again = _BACK_TO.get(incident.merged_status or IncidentStatus.REPORTED)
    status = status if again is None else advance(INCIDENT, status, again)
    out_of = incident.merged_into or ""
    changed = write(uow, incident, status=status, merged_into=None, merged_status=None)
    uow.happened(IncidentUnmerged(changed.id, changed.region, person.id, of=changed, out_of=out_of))
    return changed


def _assert_mergeable(uow: UnitOfWork, incident: Incident, into: Incident) -> None:
    if incident.id == into.id:
        raise IllegalTransitionError("An incident cannot be merged into itself; name the other one.")
    if (incident.incident_class, incident.purpose) != (into.incident_class, into.purpose):
        raise IllegalTransitionError(
            "Only incidents of one class and purpose can be merged; reclassify one of them first if it was misnamed."
        )
    if into.status not in OPEN_INCIDENT_STATES:
        raise IllegalTransitionError(f"The other incident is {into.status}; merge into one that is still open.")
    if uow.incidents.merged_into(incident.id):
        raise IllegalTransitionError("Others were merged into this incident; merge the other one into it instead.")
