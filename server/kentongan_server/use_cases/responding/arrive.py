"""Somebody is there."""

from kentongan_server.domain.incident import Incident
from kentongan_server.domain.people import Person
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.responding.moving import allowed, step


def arrive(uow: UnitOfWork, incident_id: str, person: Person) -> Incident:
    """Note that help has arrived."""
    return step(uow, allowed(uow, incident_id, person, "arrive"), person, "arrive", stage="on_the_way")
