"""What happened, in the past tense. Events are the only way one stage of the flow calls the next, and the record.

Each event is written to the timeline in the transaction that made it true.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from kentongan_server.domain.alarm import Alarm
from kentongan_server.domain.incident import Incident, Report


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
class AlarmRaised(Event):
    """Every kentongan named was commanded to sound."""

    alarm: Alarm = field(kw_only=True)
    pattern: str = field(kw_only=True)
    beats: tuple[int, ...] = field(kw_only=True)
    rounds: int = field(kw_only=True)
    duration_ms: int = field(kw_only=True)
    colour: str = field(kw_only=True)
    nodes: tuple[str, ...] = field(kw_only=True)

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
            "nodes": list(self.nodes),
        }


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
class StageReached(Event):
    """Help has come this far; the reporters' pages and the call points' indicators show it."""

    stage: str = field(kw_only=True)

    name: ClassVar[str] = "stage_reached"

    def facts(self) -> dict[str, Any]:
        return {"stage": self.stage}
