"""A named human answers: a neighbour comes or has seen it, an operator takes it for the police. Many may; none stops another.

A neighbour may take "coming" back, in so many words; what the police took they end by their own steps.
"""

from dataclasses import replace

from kentongan_server.domain.answer import Answer, Answered, Tally, changes
from kentongan_server.domain.errors import IllegalTransitionError, RefusedError
from kentongan_server.domain.events import (
    ComingWithdrawn,
    IncidentAcknowledged,
    IncidentMoved,
    IncidentSeen,
    StageReached,
)
from kentongan_server.domain.guards import move
from kentongan_server.domain.incident import Incident
from kentongan_server.domain.lifecycle import OPEN_INCIDENT_STATES, IncidentStatus
from kentongan_server.domain.people import Person, Role
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.responding.moving import write


def acknowledge(uow: UnitOfWork, incident_id: str, person: Person, answer: Answer = Answer.COMING) -> str:
    """Note who answered what, and give for whom: `police` or `community`. Repeating changes nothing.

    The police take it by seeing it; of a neighbour only "coming" is an acknowledgement.
    """
    incident = uow.incident_for(person, incident_id)
    if not uow.reaches(person, incident):
        raise RefusedError("You reported this; a neighbour or the police must take it. In danger call 110 or 112.")
    kind = "police" if person.has(Role.OPERATOR) else "community"
    said = Answer.COMING if kind == "police" else answer
    if not changes(uow.answers.of_person([incident.id], person.id).get(incident.id), said):
        return kind
    living = _living(uow, incident, person)
    if living.status not in OPEN_INCIDENT_STATES:
        raise IllegalTransitionError(f"This incident is {living.status}; nobody needs to take it any more.")
    uow.answers.put(Answered(incident.id, person.id, kind, said, uow.now()))
    _tell(uow, living, person, kind, said)
    if kind == "police" and living.status is IncidentStatus.REPORTED:
        changed = write(uow, living, status=move(living, "acknowledge"))
        uow.happened(IncidentMoved(changed.id, changed.region, person.id, of=changed, by_event="acknowledge"))
        uow.happened(StageReached(changed.id, changed.region, stage="police_saw"))
    return kind


def withdraw(uow: UnitOfWork, incident_id: str, person: Person) -> None:
    """The person does not come after all, and has seen it: told no further, counted no more. Repeating changes nothing."""
    incident = uow.incident_for(person, incident_id)
    given = uow.answers.given(incident.id, person.id)
    if not given:
        raise IllegalTransitionError("You have not answered this incident, so there is nothing to take back.")
    if any(one.by == "police" for one in given):
        raise RefusedError("You took it for the police; send somebody, or say how it ended, and it goes on from there.")
    coming = [one for one in given if one.answer is Answer.COMING]
    if not coming:
        return
    living = _living(uow, incident, person)
    if living.status not in OPEN_INCIDENT_STATES:
        raise IllegalTransitionError(f"This incident is {living.status}; nobody needs to come any more.")
    for one in coming:
        uow.answers.put(replace(one, answer=Answer.SEEN, answered_at=uow.now()))
    tally = uow.answers.tallies([living.id]).get(living.id, Tally())
    uow.happened(ComingWithdrawn(living.id, living.region, person.id, tally=tally))


def _living(uow: UnitOfWork, incident: Incident, person: Person) -> Incident:
    """The incident that goes on: it, or the one it was merged into, which the answer to an older notification means."""
    into = None if incident.merged_into is None else uow.incidents.incident(incident.merged_into)
    return incident if into is None else uow.shown_to(person, into)


def _tell(uow: UnitOfWork, incident: Incident, person: Person, kind: str, said: Answer) -> None:
    tally = uow.answers.tallies([incident.id]).get(incident.id, Tally())
    if said is Answer.SEEN:
        uow.happened(IncidentSeen(incident.id, incident.region, person.id, tally=tally))
    else:
        uow.happened(IncidentAcknowledged(incident.id, incident.region, person.id, by=kind, tally=tally))
