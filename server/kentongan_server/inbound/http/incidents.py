"""Incidents: what happened, how far help has come, and the first things one can do about it."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from kentongan_server.domain.errors import UnknownError
from kentongan_server.domain.incident_kind import IncidentClass
from kentongan_server.domain.people import Person
from kentongan_server.inbound.http.callers import Caller
from kentongan_server.inbound.http.strict_json import StrictRoute
from kentongan_server.inbound.http.views import (
    ForwardOut,
    IncidentDetailOut,
    IncidentOut,
    glance,
    timeline_of,
)
from kentongan_server.ports.unit_of_work import Transactions, UnitOfWork
from kentongan_server.use_cases.alarming.silence_alarm import silence_alarm
from kentongan_server.use_cases.responding.acknowledge import acknowledge

router = APIRouter(prefix="/api/v1", tags=["incidents"], route_class=StrictRoute)


@router.get("/incidents")
async def list_incidents(
    request: Request, person: Caller, limit: Annotated[int, Query(ge=1, le=500)] = 50
) -> list[IncidentOut]:
    """The newest incidents that the caller may see, newest first."""
    transactions: Transactions = request.app.state.transactions
    scope = person.scope(IncidentClass.CRIME)
    found = await transactions.read(
        lambda uow: glance(uow, uow.incidents.newest(scope, limit, person.community_regions))
    )
    return [IncidentOut(**fields) for fields in found]


@router.get("/incidents/{incident_id}")
async def show_incident(incident_id: str, request: Request, person: Caller) -> IncidentDetailOut:
    """One incident with its kentongan, its forwards and its timeline."""
    transactions: Transactions = request.app.state.transactions
    return IncidentDetailOut(**await transactions.read(lambda uow: _detail(uow, incident_id, person)))


@router.post("/incidents/{incident_id}/acknowledge")
async def acknowledge_incident(incident_id: str, request: Request, person: Caller) -> dict[str, str]:
    """Take the incident: an operator for the police, everybody else for the community."""
    transactions: Transactions = request.app.state.transactions
    return {"acknowledged": await transactions.run(lambda uow: acknowledge(uow, incident_id, person))}


@router.post("/incidents/{incident_id}/silence")
async def silence_incident(incident_id: str, request: Request, person: Caller) -> dict[str, int]:
    """Stop the noise; the incident lives on. RT head or operator only."""
    transactions: Transactions = request.app.state.transactions
    return {"kentongan": await transactions.run(lambda uow: silence_alarm(uow, incident_id, person))}


def _detail(uow: UnitOfWork, incident_id: str, person: Person) -> dict[str, Any]:
    incident = uow.incidents.incident(incident_id)
    if incident is None or not person.sees(incident.region, incident.incident_class):
        raise UnknownError("There is no such incident, or it is not yours to see.")
    fields = glance(uow, [incident])[0]
    fields["text"] = incident.text
    fields["forwards"] = [
        ForwardOut(channel=item.channel, state=item.state, attempts=item.attempts)
        for item in uow.outbox.of_incidents([incident.id])
    ]
    fields["timeline"] = timeline_of(uow.timeline.of_incident(incident.id))
    return fields
