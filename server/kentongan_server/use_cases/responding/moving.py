"""One step of an incident by a named human: seen, allowed, possible, written, told.

A phone sends again what it has no answer to: the step that this person has just taken, asked for once more, changes nothing
and is answered as it was.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kentongan_server.domain.events import IncidentMoved, StageReached
from kentongan_server.domain.guards import assert_allowed, move
from kentongan_server.domain.incident import Incident
from kentongan_server.domain.lifecycle import INCIDENT
from kentongan_server.domain.people import Person
from kentongan_server.ports.unit_of_work import UnitOfWork


def allowed(uow: UnitOfWork, incident_id: str, person: Person, event: str) -> Incident:
    """The incident, when this person may see it and may do `event` to it."""
    incident = uow.incident_for(person, incident_id)
    has_reported = uow.incidents.has_spoken(incident.id, person.id, None)
    assert_allowed(event, person, incident.region, has_reported=has_reported)
    return incident


def write(uow: UnitOfWork, incident: Incident, **different: Any) -> Incident:
    """Keep what became of the incident. What the law allowed for the incident as it was shown is written to the true one."""
    true = uow.incidents.incident(incident.id) or incident
    changed = replace(true, **different)
    uow.incidents.change(changed)
    return changed


def step(
    uow: UnitOfWork,
    incident: Incident,
    person: Person,
    event: str,
    *,
    stage: str | None = None,
    note: str | None = None,
    changes: Mapping[str, Any] | None = None,
) -> Incident:
    """Move the incident by `event`, with its other `changes`, and tell the reporters when a `stage` is reached."""
    told = {"by": event, "note": note, "disposition": (changes or {}).get("disposition")}
    if event not in INCIDENT[incident.status] and _was_just_done(uow, incident, person, told):
        return incident
    changed = write(uow, incident, status=move(incident, event), **(changes or {}))
    uow.happened(
        IncidentMoved(
            changed.id,
            changed.region,
            person.id,
            of=changed,
            by_event=event,
            disposition=changed.disposition,
            note=note,
        )
    )
    if stage is not None:
        uow.happened(StageReached(changed.id, changed.region, stage=stage))
    return changed


def _was_just_done(uow: UnitOfWork, incident: Incident, person: Person, told: Mapping[str, Any]) -> bool:
    """True when the last step was this person's and this one, and the incident still stands (as shown) where it led."""
    moves = [entry for entry in uow.timeline.of_incident(incident.id) if entry.event == IncidentMoved.name]
    if not moves or moves[-1].actor != person.id or moves[-1].facts["status"] != incident.status:
        return False
    return all(moves[-1].facts.get(name) == value for name, value in told.items())
