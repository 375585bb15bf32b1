"""Say that it is another kind than was first said: explicit, logged, by who reported it, the RT head or an operator.

An incident's class never changes, so the category firewall needs no memory: within its class it is renamed and goes on;
across classes it ends, and what this person says now is a report of its own, of the new class, in their own words. From
community news nothing is carried over: the police get the words written here and nothing else. Police who were told of a
crime that was none get a Cancel and never the news.
"""

from dataclasses import dataclass, replace

from kentongan_server.domain.errors import ConflictError, IllegalTransitionError
from kentongan_server.domain.events import IncidentReclassified
from kentongan_server.domain.guards import assert_allowed, move
from kentongan_server.domain.incident import Disposition, Incident
from kentongan_server.domain.incident_kind import IncidentClass, IncidentKind
from kentongan_server.domain.lifecycle import OPEN_INCIDENT_STATES
from kentongan_server.domain.people import Person
from kentongan_server.domain.routing import recipient_of
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.reporting.take_report import Said, take_report


@dataclass(frozen=True, slots=True)
class Sharing:
    """What a reclassification would tell, and whom; shown before it is done."""

    to: IncidentKind
    recipients: tuple[str, ...]
    shares: tuple[str, ...]
    sounds: bool


def preview(uow: UnitOfWork, incident_id: str, person: Person, kind: IncidentKind) -> Sharing:
    """What will be shared with whom if this person makes it `kind`."""
    incident = _allowed(uow, incident_id, person, kind)
    recipient = recipient_of(kind.incident_class)
    crosses = kind.incident_class is not incident.incident_class
    outside = recipient is not None and crosses
    return Sharing(
        to=kind,
        recipients=("neighbours", *([recipient.value] if recipient is not None else [])),
        shares=("kind", "region", "time", "your words, as you write them now") if outside else ("kind",),
        sounds=crosses and kind.incident_class is not IncidentClass.COMMUNITY,
    )


def reclassify(
    uow: UnitOfWork,
    incident_id: str,
    person: Person,
    kind: IncidentKind,
    *,
    report_id: str,
    text: str | None,
    understood: bool,
) -> Incident:
    """Make it `kind`; the incident that goes on. Going outside the neighbourhood wants `understood`."""
    said_before = uow.incidents.report(report_id)
    if said_before is not None and (said_before.reporter, said_before.kind) == (person.id, kind):
        uow.incident_for(person, incident_id)
        return uow.incident_for(person, said_before.incident)
    incident = _allowed(uow, incident_id, person, kind)
    if kind.incident_class is incident.incident_class:
        changed = replace(uow.incidents.incident(incident.id) or incident, kind=kind)
        uow.incidents.change(changed)
        told = IncidentReclassified(changed.id, changed.region, person.id, of=changed, was=incident.kind, to=kind)
        uow.happened(told)
        return changed
    recipient = recipient_of(kind.incident_class)
    if recipient is not None and not understood:
        raise IllegalTransitionError(
            f"As {kind} it goes to the neighbours and to the {recipient} recipient: kind, place, time and the words you "
            "write now. Look at the preview, then send it again with `understood` set to true."
        )
    said = Said(
        id=report_id,
        kind=kind,
        purpose=incident.purpose,
        region=incident.region,
        person=person,
        node=None,
        text=text,
        position=None,
        happened_at=incident.opened_at,
    )
    taken = take_report(uow, said)
    if taken.repeated:
        raise ConflictError("This id was already used for another report; make a new ULID for this one.")
    successor = uow.incidents.incident(taken.incident)
    ended = replace(
        uow.incidents.incident(incident.id) or incident,
        status=move(incident, "resolve"),
        disposition=Disposition.REFERRED,
        settled_at=uow.now(),
    )
    uow.incidents.change(ended)
    uow.happened(
        IncidentReclassified(
            ended.id, ended.region, person.id, of=ended, was=incident.kind, to=kind, successor=successor
        )
    )
    return successor or ended


def _allowed(uow: UnitOfWork, incident_id: str, person: Person, kind: IncidentKind) -> Incident:
    incident = uow.incident_for(person, incident_id)
    has_reported = uow.incidents.has_spoken(incident.id, person.id, None)
    assert_allowed("reclassify", person, incident.region, has_reported=has_reported)
    if incident.status not in OPEN_INCIDENT_STATES:
        raise IllegalTransitionError(f"This incident is {incident.status}; send a new report of what really happened.")
    if kind is incident.kind:
        raise IllegalTransitionError(f"This incident is {kind} already; choose another kind.")
    return incident
