"""It was not over: for a day the incident can be taken up again, with everything that is known of it."""

from kentongan_server.domain.errors import RefusedError
from kentongan_server.domain.guards import assert_in_time
from kentongan_server.domain.incident import Incident
from kentongan_server.domain.lifecycle import IncidentStatus
from kentongan_server.domain.people import Person, Role
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.responding.moving import allowed, step


def reopen(uow: UnitOfWork, incident_id: str, person: Person) -> Incident:
    """Take the incident up again; its disposition is withdrawn."""
    incident = allowed(uow, incident_id, person, "reopen")
    if incident.status is IncidentStatus.CANCELLED and not person.has(Role.OPERATOR, incident.region):
        raise RefusedError("Only an operator may reopen a cancelled incident; send a new report instead.")
    if incident.settled_at is not None:
        assert_in_time("reopen", incident.settled_at, uow.now())
    changes = {"disposition": None, "settled_at": None, "cancelled_at": None, "duress_at": None}
    return step(uow, incident, person, "reopen", changes=changes)
