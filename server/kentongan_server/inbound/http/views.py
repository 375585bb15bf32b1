"""The API's shapes, and how the core's words become them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, StringConstraints

from kentongan_server.domain.alarm import Action
from kentongan_server.domain.answer import Answer, Tally
from kentongan_server.domain.incident import Disposition, Incident
from kentongan_server.domain.incident_kind import IncidentClass, IncidentKind, Purpose
from kentongan_server.domain.lifecycle import AlarmState, CommandState, IncidentStatus
from kentongan_server.domain.people import Person
from kentongan_server.ports.outbox import ItemState, OutboxItem
from kentongan_server.ports.timeline import Entry
from kentongan_server.ports.unit_of_work import UnitOfWork

Ulid = Annotated[
    str,
    StringConstraints(pattern=r"^[0-7][0-9A-HJKMNP-TV-Z]{25}$"),
    Field(description="A ULID made by the client; repeating it is harmless.", examples=["01JDBV5Y0M0000000000000000"]),
]
RegionCode = Annotated[str, StringConstraints(min_length=1, max_length=64), Field(examples=["33.74.01.1001/RW01/RT01"])]


class PositionIn(BaseModel):
    """Degrees, WGS 84."""

    model_config = ConfigDict(extra="forbid")
    latitude: float = Field(ge=-90, le=90, validation_alias=AliasChoices("latitude", "lat"))
    longitude: float = Field(ge=-180, le=180, validation_alias=AliasChoices("longitude", "lon", "lng"))


class ReportIn(BaseModel):
    """What somebody reports."""

    model_config = ConfigDict(extra="forbid")
    id: Ulid
    kind: IncidentKind
    region: RegionCode
    text: Annotated[str, StringConstraints(max_length=1000)] | None = None
    position: PositionIn | None = None


class ReportOut(BaseModel):
    """The report is stored; this is the incident it speaks of."""

    id: str
    incident: str


class KentonganOut(BaseModel):
    """One kentongan of the alarm, and how far its command has come."""

    node: str
    state: CommandState


class IncidentOut(BaseModel):
    """An incident at a glance."""

    id: str
    kind: IncidentKind
    incident_class: IncidentClass = Field(serialization_alias="class")
    purpose: Purpose
    region: str
    status: IncidentStatus
    opened_at: datetime
    reports: int
    alarm: list[KentonganOut]
    alarm_state: AlarmState | None
    alarm_level: int | None = Field(
        None, description="0 the ronda alone, 1 the RT, 2 the RW, 3 neighbours, 4 kelurahan"
    )
    disposition: Disposition | None = None
    merged_into: str | None = None
    duress: bool = Field(False, description="For the police alone: the cancellation was typed under duress.")
    coming: int = Field(0, description="How many neighbours said that they come.")
    seen: int = Field(0, description="How many neighbours have seen it and do not come.")
    my_answer: Answer | None = Field(None, description="What the caller answered.")
    police: str | None = Field(description="How far the forward to the police has come; null when there is none.")


class ForwardOut(BaseModel):
    """One document on its way to somebody outside the neighbourhood."""

    channel: str
    state: ItemState
    attempts: int


class TimelineOut(BaseModel):
    """One fact of the record."""

    seq: int
    at: datetime
    event: str
    data: dict[str, Any]


class WokenOut(BaseModel):
    """An RT beyond the own one in which it sounded, and why."""

    region: str
    level: int
    reason: str


class IncidentDetailOut(IncidentOut):
    """An incident with everything that happened in it."""

    woken: list[WokenOut] = Field(default_factory=list)

    text: str | None
    forwards: list[ForwardOut]
    timeline: list[TimelineOut]


def glance(uow: UnitOfWork, incidents: Sequence[Incident], person: Person) -> list[dict[str, Any]]:
    """The incidents as the fields of IncidentOut, as `person` may see them, in seven queries however many they are."""
    ids = [incident.id for incident in incidents]
    if not ids:
        return []
    counts = uow.incidents.report_counts(ids)
    alarms = uow.alarms.alarms_of(ids)
    commands: dict[str, dict[str, CommandState]] = {}
    for command in uow.alarms.commands_of(ids):
        if command.action is Action.SOUND:
            commands.setdefault(command.incident, {})[command.node] = command.state
    forwards: dict[str, list[OutboxItem]] = {}
    for item in uow.outbox.of_incidents(ids):
        forwards.setdefault(item.incident, []).append(item)
    tallies = uow.answers.tallies(ids)
    mine = uow.answers.of_person(ids, person.id)
    return [
        {
            "id": incident.id,
            "kind": incident.kind,
            "incident_class": incident.incident_class,
            "purpose": incident.purpose,
            "region": incident.region,
            "status": incident.status,
            "opened_at": incident.opened_at,
            "reports": counts.get(incident.id, 0),
            "alarm": [KentonganOut(node=n, state=s) for n, s in commands.get(incident.id, {}).items()],
            "disposition": incident.disposition,
            "merged_into": incident.merged_into,
            "duress": incident.duress_at is not None,
            **_answers(uow, true, incident, tallies.get(incident.id, Tally())),
            "my_answer": mine.get(incident.id),
            "alarm_level": alarms[incident.id].level if incident.id in alarms else None,
            "alarm_state": alarms[incident.id].state if incident.id in alarms else None,
            "police": police_state(
                incident,
                forwards.get(true.id, []) if incident is true else shown_forwards(true, forwards.get(true.id, [])),
            ),
        }
        for true in incidents
        for incident in (uow.shown_to(person, true),)
    ]


def _answers(uow: UnitOfWork, true: Incident, shown: Incident, tally: Tally) -> dict[str, int]:
    """The neighbourhood is shown no answer that came after a cancellation, be it true or not."""
    until = true.cancelled_at or true.duress_at
    if shown is not true and until is not None:
        tally = uow.answers.tallies([true.id], until).get(true.id, Tally())
    return {"coming": tally.coming, "seen": tally.seen}


def shown_forwards(incident: Incident, forwards: Sequence[OutboxItem]) -> list[OutboxItem]:
    """The neighbourhood is shown no forward that came after a cancellation, be it true or not."""
    until = incident.cancelled_at or incident.duress_at
    return [item for item in forwards if until is None or item.queued_at < until]


def police_state(incident: Incident, forwards: Sequence[OutboxItem]) -> str | None:
    """One word for the forward to the police; the human's answer outranks the machine's."""
    if incident.incident_class is not IncidentClass.CRIME or not forwards:
        return None
    answered = {
        IncidentStatus.ACKNOWLEDGED: "acknowledged",
        IncidentStatus.DISPATCHED: "dispatched",
        IncidentStatus.ON_SCENE: "dispatched",
        IncidentStatus.RESOLVED: "closed",
        IncidentStatus.CLOSED: "closed",
    }.get(incident.status)
    if answered:
        return answered
    states = {item.state for item in forwards}
    if ItemState.ACCEPTED in states:
        return "accepted"
    if ItemState.FAILING in states:
        return "failing"
    return "delivering" if any(item.attempts for item in forwards) else "pending"


def timeline_of(entries: Sequence[Entry]) -> list[TimelineOut]:
    """The record as the API shows it."""
    return [TimelineOut(seq=e.seq, at=e.at, event=e.event, data=e.facts) for e in entries]
