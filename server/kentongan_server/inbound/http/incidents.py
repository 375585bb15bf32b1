"""Incidents: what happened and how far help has come, to whoever may see it."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from kentongan_server.domain.incident import Incident
from kentongan_server.domain.incident_kind import IncidentClass
from kentongan_server.domain.people import Person
from kentongan_server.inbound.http.callers import Caller
from kentongan_server.inbound.http.strict_json import StrictRoute
from kentongan_server.inbound.http.views import (
    ForwardOut,
    IncidentDetailOut,
    IncidentOut,
    WokenOut,
    glance,
    shown_forwards,
    timeline_of,
)
from kentongan_server.ports.unit_of_work import Transactions, UnitOfWork

router = APIRouter(prefix="/api/v1", tags=["incidents"], route_class=StrictRoute)


@router.get("/incidents")
async def list_incidents(
    request: Request, person: Caller, limit: Annotated[int, Query(ge=1, le=500)] = 50
) -> list[IncidentOut]:
    """The newest incidents that the caller may see, newest first; also those of other RTs that sounded in their own."""
    transactions: Transactions = request.app.state.transactions
    found = await transactions.read(lambda uow: glance(uow, _newest(uow, person, limit), person))
    return [IncidentOut(**fields) for fields in found]


@router.get("/incidents/{incident_id}")
async def show_incident(incident_id: str, request: Request, person: Caller) -> IncidentDetailOut:
    """One incident with its kentongan, its forwards and its timeline."""
    transactions: Transactions = request.app.state.transactions
    return IncidentDetailOut(**await transactions.read(lambda uow: _detail(uow, incident_id, person)))


def _newest(uow: UnitOfWork, person: Person, limit: int) -> list[Incident]:
    if not person.memberships:
        mine = (uow.incidents.incident(each) for each in uow.personal.incidents_of(person.id))
        own = [each for each in mine if each is not None and uow.concerns(person, each)]
        return sorted(own, key=lambda each: (each.opened_at, each.id), reverse=True)[:limit]
    scope = person.scope(IncidentClass.CRIME)
    found = {each.id: each for each in uow.incidents.newest(scope, limit, person.community_regions)}
    if scope:
        for incident_id in uow.alarms.woken_incidents(scope, limit):
            incident = uow.incidents.incident(incident_id)
            if incident is not None and incident.incident_class is not IncidentClass.COMMUNITY:
                found.setdefault(incident.id, incident)
    return sorted(found.values(), key=lambda each: (each.opened_at, each.id), reverse=True)[:limit]


def _detail(uow: UnitOfWork, incident_id: str, person: Person) -> dict[str, Any]:
    incident = uow.incident_for(person, incident_id)
    true = uow.incidents.incident(incident_id) or incident
    knows_all = incident == true
    fields = glance(uow, [true], person)[0]
    fields["text"] = incident.text
    forwards = uow.outbox.of_incidents([incident.id])
    fields["forwards"] = [
        ForwardOut(channel=item.channel, state=item.state, attempts=item.attempts)
        for item in (forwards if knows_all else shown_forwards(true, forwards))
    ]
    entries = uow.timeline.of_incident(incident.id)
    fields["timeline"] = timeline_of([entry for entry in entries if knows_all or entry.is_for_all])
    fields["woken"] = [
        WokenOut(region=woken.region, level=woken.level, reason=woken.reason)
        for woken in uow.alarms.woken(incident.id)[:500]
    ]
    return fields
