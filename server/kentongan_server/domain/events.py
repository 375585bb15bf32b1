"""What happened, in the past tense. Events are the only way one stage of the flow calls the next, and the record.

Each event is written to the timeline in the transaction that made it true.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from kentongan_server.domain.access import Reset
from kentongan_server.domain.alarm import Alarm
from kentongan_server.domain.answer import Tally
from kentongan_server.domain.incident import Disposition, Incident, Report
from kentongan_server.domain.incident_kind import IncidentKind, Purpose
from kentongan_server.domain.place import Notice

MOST_NAMED = 500


@dataclass(frozen=True, slots=True)
class Event:
    """One fact. `name` and `facts` go to the timeline; the rest is for the stages that listen."""

    incident: str | None = None
    region: str | None = None
    actor: str | None = None

    name: ClassVar[str] = ""

    def facts(self) -> dict[str, Any]:
        """What the timeline keeps, as plain JSON values; no names, no positions."""
        return {}


@dataclass(frozen=True, slots=True)
class ReportTaken(Event):
    """A report was stored. `opened` is True for the first of an incident, else it is a witness to it."""

    report: Report = field(kw_only=True)
    of: Incident = field(kw_only=True)
    opened: bool = field(kw_only=True)
    independent: bool = field(kw_only=True)
    may_gather: bool = field(kw_only=True, default=False)

    name: ClassVar[str] = "report_taken"

    def facts(self) -> dict[str, Any]:
        return {
            "report": self.report.id,
            "kind": self.report.kind,
            "source": self.report.source,
            "node": self.report.node,
            "witness": not self.opened,
            "time_uncertain": self.report.happened_at is None,
        }


@dataclass(frozen=True, slots=True)
class IncidentAcknowledged(Event):
    """A named human took it, for the `community` or the `police`; so many neighbours come or have seen it now."""

    by: str = field(kw_only=True)
    tally: Tally = field(kw_only=True)

    name: ClassVar[str] = "acknowledged"

    def facts(self) -> dict[str, Any]:
        return {"by": self.by, "coming": self.tally.coming, "seen": self.tally.seen}


@dataclass(frozen=True, slots=True)
class ComingWithdrawn(Event):
    """A neighbour who had said so does not come; so many others do."""

    tally: Tally = field(kw_only=True)

    name: ClassVar[str] = "coming_withdrawn"

    def facts(self) -> dict[str, Any]:
        return {"coming": self.tally.coming, "seen": self.tally.seen}


@dataclass(frozen=True, slots=True)
class IncidentSeen(Event):
    """A neighbour has read it and does not come: they are told no further, and the alarm rises all the same."""

    tally: Tally = field(kw_only=True)

    name: ClassVar[str] = "seen"

    def facts(self) -> dict[str, Any]:
        return {"coming": self.tally.coming, "seen": self.tally.seen}


@dataclass(frozen=True, slots=True)
class IncidentMoved(Event):
    """The incident's status changed by what somebody did: `by_event` is the table's word for it."""

    of: Incident = field(kw_only=True)
    by_event: str = field(kw_only=True)
    disposition: Disposition | None = field(kw_only=True, default=None)
    note: str | None = field(kw_only=True, default=None)

    name: ClassVar[str] = "incident_status_changed"

    def facts(self) -> dict[str, Any]:
        told = {"status": self.of.status, "by": self.by_event, "disposition": self.disposition, "note": self.note}
        return {key: value for key, value in told.items() if value is not None}


@dataclass(frozen=True, slots=True)
class IncidentCancelled(Event):
    """The reporter took it back. When not `genuine` the duress PIN was typed: only the police may ever tell the two apart,
    so the timeline says the same of both."""

    of: Incident = field(kw_only=True)
    genuine: bool = field(kw_only=True)

    name: ClassVar[str] = "incident_cancelled"


@dataclass(frozen=True, slots=True)
class DuressCalled(Event):
    """The duress PIN was typed: the incident goes on, and the police alone learn why. `shown_cancelled` when everybody else
    was shown a cancellation. This is the event to act on; an IncidentCancelled that is not `genuine` is only its cover."""

    of: Incident = field(kw_only=True)
    shown_cancelled: bool = field(kw_only=True)

    name: ClassVar[str] = "duress_called"


@dataclass(frozen=True, slots=True)
class IncidentReclassified(Event):
    """It was another kind than first said. Within its class the incident is the same; across classes `successor` is the
    incident that goes on, and `of` is over for whoever may not hear of the new class."""

    of: Incident = field(kw_only=True)
    was: IncidentKind = field(kw_only=True)
    to: IncidentKind = field(kw_only=True)
    successor: Incident | None = field(kw_only=True, default=None)

    name: ClassVar[str] = "incident_reclassified"

    def facts(self) -> dict[str, Any]:
        # The class it left for is not told: whoever may see the old one may perhaps never hear of the new.
        return {"was": self.was} | ({"to": self.to} if self.successor is None else {})


@dataclass(frozen=True, slots=True)
class IncidentMerged(Event):
    """`of` speaks of the same event as `into`; its reports count there too and keep their origin."""

    of: Incident = field(kw_only=True)
    into: Incident = field(kw_only=True)

    name: ClassVar[str] = "incident_merged"

    def facts(self) -> dict[str, Any]:
        return {"into": self.into.id}


@dataclass(frozen=True, slots=True)
class IncidentUnmerged(Event):
    """It was another event after all."""

    of: Incident = field(kw_only=True)
    out_of: str = field(kw_only=True)

    name: ClassVar[str] = "incident_unmerged"

    def facts(self) -> dict[str, Any]:
        return {"out_of": self.out_of, "status": self.of.status}


@dataclass(frozen=True, slots=True)
class AlarmGated(Event):
    """The noise waits a moment for a reason; the ronda and the operator hear of it at once."""

    alarm: Alarm = field(kw_only=True)
    of: Incident = field(kw_only=True)
    seconds: int = field(kw_only=True)

    name: ClassVar[str] = "alarm_gated"

    def facts(self) -> dict[str, Any]:
        return {"seconds": self.seconds}


@dataclass(frozen=True, slots=True)
class CityAlarmSounded(Event):
    """Two people wanted it and nobody stopped it: the whole region is to sound."""

    city_alarm: str = field(kw_only=True)
    kind: IncidentKind = field(kw_only=True)
    purpose: Purpose = field(kw_only=True)
    text: str | None = field(kw_only=True)

    name: ClassVar[str] = "city_alarm_sounded"

    def facts(self) -> dict[str, Any]:
        return {"city_alarm": self.city_alarm, "kind": self.kind, "purpose": self.purpose}


@dataclass(frozen=True, slots=True)
class DrillStarted(Event):
    """A rehearsal begins in these RTs."""

    drill: str = field(kw_only=True)
    kind: IncidentKind = field(kw_only=True)
    rts: tuple[str, ...] = field(kw_only=True)
    until: datetime = field(kw_only=True)

    name: ClassVar[str] = "drill_started"

    def facts(self) -> dict[str, Any]:
        return {"drill": self.drill, "kind": self.kind, "rts": len(self.rts), "until": self.until.isoformat()}


@dataclass(frozen=True, slots=True)
class DrillAnnounced(Event):
    """A rehearsal is near: the residents of these RTs should read of it before they hear it."""

    drill: str = field(kw_only=True)
    rts: tuple[str, ...] = field(kw_only=True)
    starts_at: datetime = field(kw_only=True)
    text: str = field(kw_only=True)

    name: ClassVar[str] = "drill_announced"

    def facts(self) -> dict[str, Any]:
        return {"drill": self.drill, "starts_at": self.starts_at.isoformat(), "rts": len(self.rts)}


@dataclass(frozen=True, slots=True)
class AlarmRaised(Event):
    """Every kentongan named was commanded to sound, in these RTs, for this reason; again when the alarm rises."""

    alarm: Alarm = field(kw_only=True)
    pattern: str = field(kw_only=True)
    beats: tuple[int, ...] = field(kw_only=True)
    rounds: int = field(kw_only=True)
    duration_ms: int = field(kw_only=True)
    colour: str = field(kw_only=True)
    nodes: tuple[str, ...] = field(kw_only=True)
    regions: tuple[str, ...] = field(kw_only=True, default=())
    why: str = field(kw_only=True, default="")

    name: ClassVar[str] = "alarm_raised"

    def facts(self) -> dict[str, Any]:
        return {
            "alarm": self.alarm.id,
            "level": self.alarm.level,
            "codebook": self.alarm.codebook,
            "pattern": self.pattern,
            "beats": list(self.beats),
            "rounds": self.rounds,
            "duration_ms": self.duration_ms,
            "colour": self.colour,
            # A whole city's names would only bloat the record; its commands are kept one by one.
            "nodes": list(self.nodes) if len(self.nodes) <= MOST_NAMED else [],
            "kentongan": len(self.nodes),
            "rts": len(self.regions),
            "why": self.why,
        }


@dataclass(frozen=True, slots=True)
class NoticeTaken(Event):
    """A node said something that is no report; `what` is the record's word for it."""

    notice: Notice = field(kw_only=True)
    what: str = field(kw_only=True)

    @property
    def name(self) -> str:  # type: ignore[override]  # named by its value, as a Noted is
        return self.what

    def facts(self) -> dict[str, Any]:
        return {"node": self.notice.node, "notice": self.notice.id, "report": self.notice.of}


@dataclass(frozen=True, slots=True)
class Noted(Event):
    """A fact to which no stage listens: it is for the timeline and the live page."""

    what: str = field(kw_only=True)
    data: dict[str, Any] = field(kw_only=True, default_factory=dict)

    @property
    def name(self) -> str:  # type: ignore[override]  # the one event that is named by its value
        return self.what

    def facts(self) -> dict[str, Any]:
        return self.data


@dataclass(frozen=True, slots=True)
class AccessReset(Event):
    """Somebody else (`actor`) reset how this person gets in, and so many of their sessions ended."""

    of: Reset = field(kw_only=True)
    sessions_ended: int = field(kw_only=True)

    @property
    def name(self) -> str:  # type: ignore[override]  # one event, named by what was reset
        return f"{self.of.what}_reset"

    def facts(self) -> dict[str, Any]:
        return {"person": self.of.person, "sessions_ended": self.sessions_ended}


@dataclass(frozen=True, slots=True)
class StageReached(Event):
    """Help has come this far; the reporters' pages and the call points' indicators show it."""

    stage: str = field(kw_only=True)

    name: ClassVar[str] = "stage_reached"

    def facts(self) -> dict[str, Any]:
        return {"stage": self.stage}
