"""Send somebody: the ronda, the RW's officer, a patrol."""

from kentongan_server.domain.incident import Incident
from kentongan_server.domain.people import Person
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.responding.moving import allowed, step


def dispatch(uow: UnitOfWork, incident_id: str, person: Person, unit: str) -> Incident:
    """Note who was sent, and tell the reporters that help is on the way."""
    incident = allowed(uow, incident_id, person, "dispatch")
    return step(uow, incident, person, "dispatch", stage="on_the_way", note=unit)
