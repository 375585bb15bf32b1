"""It is over: a named human says how it ended, and an hour later the incident closes."""

from kentongan_server.domain.errors import InvalidError
from kentongan_server.domain.events import IncidentMoved
from kentongan_server.domain.guards import assert_names, move
from kentongan_server.domain.incident import CLOSE_AFTER, Disposition, Incident
from kentongan_server.domain.people import Person
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.responding.moving import allowed, step, write

_AT_ONCE = 16


def resolve(uow: UnitOfWork, incident_id: str, person: Person, disposition: Disposition, note: str | None) -> Incident:
    """End the incident with its disposition."""
    incident = allowed(uow, incident_id, person, "resolve")
    assert_names(person, incident.region, disposition)
    if disposition is Disposition.OTHER and not (note and note.strip()):
        raise InvalidError("Say in a note how it ended, or choose another disposition than `other`.")
    changes = {"disposition": disposition, "settled_at": uow.now()}
    return step(uow, incident, person, "resolve", stage="resolved", note=note, changes=changes)


def close_resolved(uow: UnitOfWork) -> int:
    """Close what was resolved an hour ago, a few at a time; how many. None are left when it says 0."""
    ready = uow.incidents.resolved_before(uow.now() - CLOSE_AFTER)[:_AT_ONCE]
    for incident in ready:
        closed = write(uow, incident, status=move(incident, "close"))
        uow.happened(IncidentMoved(closed.id, closed.region, of=closed, by_event="close"))
    return len(ready)
