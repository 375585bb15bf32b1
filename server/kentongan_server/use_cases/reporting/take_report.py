"""Store what somebody said, and join it to the one event it speaks of.

Same RT and class within ten minutes is one event, whatever the channel. Community news is never joined: two notices
are two notices. A repeated id changes nothing and gets the same answer.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from kentongan_server.domain.errors import ConflictError, RefusedError, UnknownError
from kentongan_server.domain.events import Noted, ReportTaken
from kentongan_server.domain.incident import SAME_EVENT_WINDOW, Incident, Position, Report, Source
from kentongan_server.domain.incident_kind import IncidentClass, IncidentKind, Purpose
from kentongan_server.domain.lifecycle import IncidentStatus
from kentongan_server.domain.people import Person
from kentongan_server.domain.region_code import Level
from kentongan_server.ports.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Said:
    """A report as it arrives: by a person through the app, or by a node's button."""

    id: str
    kind: IncidentKind
    purpose: Purpose
    region: str
    person: Person | None
    node: str | None
    text: str | None
    position: Position | None
    happened_at: datetime | None
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What the sender is answered; `repeated` when the id was known already."""

    report: str
    incident: str
    repeated: bool


def take_report(uow: UnitOfWork, said: Said) -> Taken:
    """Keep the report; UnknownError for a region that is none, RefusedError, ConflictError for a reused id."""
    named, said = said.region, _as_it_is_today(uow, said)
    known = uow.incidents.report(said.id)
    if known is not None:
        return _repeat(known, said, named)
    now = uow.now()
    incident = _event_already_known(uow, said, now)
    opened = incident is None
    region = uow.places.region(said.region) if opened else None
    is_whole = said.source is Source.CITY  # all others spread from an RT
    if opened and (region is None or not (is_whole or region.level is Level.RT)):
        raise UnknownError("There is no such RT; ask GET /api/v1/regions for yours.")
    _assert_may_report(said)
    if incident is None:
        incident = Incident(
            id=uow.new_id(),
            kind=said.kind,
            incident_class=said.kind.incident_class,
            purpose=said.purpose,
            region=said.region,
            status=IncidentStatus.REPORTED,
            opened_at=now,
            text=said.text,
        )
        uow.incidents.add_incident(incident)
    report = _report(uow, said, incident.id, now)
    independent = not opened and not uow.incidents.has_spoken(incident.id, report.reporter, report.node)
    uow.incidents.add_report(report)
    if opened:
        facts = {"kind": incident.kind, "class": incident.incident_class, "purpose": incident.purpose}
        uow.happened(Noted(incident.id, incident.region, what="incident_opened", data=facts))
    else:
        uow.happened(Noted(incident.id, incident.region, what="witness_attached", data={"report": report.id}))
    uow.happened(
        ReportTaken(
            incident.id,
            incident.region,
            report.reporter or report.node,
            report=report,
            of=incident,
            opened=opened,
            independent=independent,
            may_gather=said.source in (Source.DRILL, Source.CITY)
            or (said.person is not None and said.person.may_gather(said.region)),
        )
    )
    return Taken(report.id, incident.id, repeated=False)


def _as_it_is_today(uow: UnitOfWork, said: Said) -> Said:
    """A page that was open while the RT was split still names the old one: take the successor that its reader lives in."""
    region = uow.places.region(said.region)
    if region is None or not region.has_ended:
        return said
    current = [one.code for one in uow.places.current(said.region)]
    own = [code for code in current if said.person is not None and code in said.person.regions]
    return replace(said, region=(own or current or [said.region])[0])


def _repeat(known: Report, said: Said, named: str) -> Taken:
    speaker = said.person.id if said.person else None
    # A node's region is the city's record, not its word: an RT that split meanwhile makes no other report of it.
    same_place = said.node is not None or known.region in (named, said.region)
    if (known.kind, known.reporter, known.node) != (said.kind, speaker, said.node) or not same_place:
        raise ConflictError("This id was already used for another report; make a new ULID for a new report.")
    return Taken(known.id, known.incident, repeated=True)


def _assert_may_report(said: Said) -> None:
    if said.person is not None and not said.person.memberships and said.kind is not IncidentKind.PANIC:
        raise RefusedError("Until your RT head has admitted you only the panic button works; or call 110 or 112.")
    if said.person is None or said.kind.incident_class is not IncidentClass.COMMUNITY:
        return
    if not said.person.belongs_to(said.region):
        raise RefusedError("Community news may be sent only to an RT that you belong to.")


def _event_already_known(uow: UnitOfWork, said: Said, now: datetime) -> Incident | None:
    incident_class = said.kind.incident_class
    if incident_class is IncidentClass.COMMUNITY:
        return None
    return uow.incidents.open_incident(said.region, incident_class, said.purpose, now - SAME_EVENT_WINDOW)


def _is_trusted(uow: UnitOfWork, person: Person, region: str, now: datetime) -> bool:
    return person.is_vouched_in(region) and not uow.trust.is_cooling(person.id, now)


def _report(uow: UnitOfWork, said: Said, incident: str, now: datetime) -> Report:
    return Report(
        id=said.id,
        kind=said.kind,
        purpose=said.purpose,
        region=said.region,
        source=said.source or (Source.APP if said.person else Source.CALL_POINT),
        reporter=said.person.id if said.person else None,
        node=said.node,
        trusted=said.person is None or _is_trusted(uow, said.person, said.region, now),
        text=said.text,
        position=said.position,
        happened_at=said.happened_at,
        received_at=now,
        incident=incident,
    )
