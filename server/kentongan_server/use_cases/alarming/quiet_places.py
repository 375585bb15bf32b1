"""Where it is kept quiet on purpose: an RT in mourning wants no community sounds, a kentongan in repair gets no command.

Crimes and emergencies cannot be shelved.
"""

from datetime import datetime, timedelta

from kentongan_server.domain.errors import InvalidError, RefusedError, UnknownError
from kentongan_server.domain.events import Noted
from kentongan_server.domain.people import Person, Role
from kentongan_server.domain.place import Node
from kentongan_server.domain.region_code import Level, level_of
from kentongan_server.ports.unit_of_work import UnitOfWork

LONGEST = timedelta(days=7)


def shelve(uow: UnitOfWork, person: Person, region: str, hours: float, reason: str) -> datetime:
    """No community sounds in this RT for so many hours, from now on; 0 ends it. When it ends."""
    if level_of(region) is not Level.RT:
        raise InvalidError("Community sounds are shelved RT by RT; name an RT.")
    if uow.places.region(region) is None or not person.sees(region):
        raise UnknownError("There is no such region, or it is not yours to see.")
    if not (person.has(Role.RT_HEAD, region) or person.has(Role.CITY_ADMIN, region)):
        raise RefusedError("Only the RT head may shelve the RT's community sounds; ask them.")
    if not 0 <= hours <= LONGEST.total_seconds() / 3600:
        raise InvalidError("Community sounds can be shelved for 0 to 168 hours; crimes and emergencies always sound.")
    until = uow.now() + timedelta(hours=hours)
    uow.spreading.shelve(region, until, reason, person.id)
    told = {"until": until.isoformat(), "reason": reason}
    uow.happened(Noted(None, region, person.id, what="rt_shelved", data=told))
    return until


def take_out_of_service(uow: UnitOfWork, person: Person, node_id: str, reason: str | None) -> tuple[Node, bool]:
    """Command this kentongan no more, for a reason, or (None) again; and whether its RT is deaf now."""
    node = uow.places.node(node_id)
    if node is None or not person.sees(node.region):
        raise UnknownError("There is no such kentongan, or it is not yours to see.")
    if not any(person.has(role, node.region) for role in (Role.TECHNICIAN, Role.RT_HEAD, Role.CITY_ADMIN)):
        raise RefusedError("Only a technician, the RT head or the city's admin may take a kentongan out of service.")
    uow.places.set_out_of_service(node.id, reason)
    told = {"node": node.id, "reason": reason}
    what = "kentongan_back_in_service" if reason is None else "kentongan_out_of_service"
    uow.happened(Noted(None, node.region, person.id, what=what, data=told))
    deaf = all(each.out_of_service is not None for each in uow.places.nodes_of([node.region]))
    if deaf:
        uow.happened(Noted(None, node.region, person.id, what="region_deaf", data={"node": node.id}))
    return uow.places.node(node_id) or node, deaf
