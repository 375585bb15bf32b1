"""A rehearsal, CAP's Exercise: it sounds like the real thing, says that it is none, and scores hardware and people per RT."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from kentongan_server.domain.incident_kind import IncidentKind
from kentongan_server.domain.lifecycle import CommandState, DrillState

ANSWER_WITHIN = timedelta(minutes=15)
SOUNDED = frozenset({CommandState.SOUNDING, CommandState.SILENCED, CommandState.COMPLETED})


@dataclass(frozen=True, slots=True)
class Drill:
    """`due_at` is when it starts, then when it is scored; None once it is over."""

    id: str
    region: str
    kind: IncidentKind
    text: str | None
    state: DrillState
    planned_by: str
    starts_at: datetime
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class KentonganScore:
    """How one kentongan did; `after_s` is when it said that it sounds, None if it never did. `heard` is what it heard of
    itself (`sounded`, `silent`, `cut`), None where nothing measures: then its word is all there is."""

    node: str
    sounded: bool
    after_s: float | None
    state: CommandState
    heard: str | None = None


@dataclass(frozen=True, slots=True)
class PersonScore:
    """One person who answered."""

    person: str
    after_s: float


@dataclass(frozen=True, slots=True)
class RtScore:
    """One RT in one drill: which kentongan sounded, who answered, and how soon."""

    region: str
    incident: str
    kentongan: tuple[KentonganScore, ...]
    people: tuple[PersonScore, ...]
    members: int
    out_of_service: Mapping[str, str] = field(default_factory=dict)

    @property
    def hardware(self) -> float:
        """The share of its kentongan that sounded, of those out of service none; 0 in a deaf RT."""
        total = len(self.kentongan) + len(self.out_of_service)
        return sum(k.sounded for k in self.kentongan) / total if total else 0.0

    @property
    def deaf(self) -> int:
        """How many of its kentongan nobody heard, those out of service among them."""
        return sum(not k.sounded for k in self.kentongan) + len(self.out_of_service)

    @property
    def first_answer_s(self) -> float | None:
        """When the first person answered."""
        return min((p.after_s for p in self.people), default=None)


def has_sounded(said: bool, heard: str | None) -> bool:
    """Whether a kentongan sounded: what it heard of itself counts more than what became of its command."""
    return said if heard is None else heard == "sounded"


def first_times(at: datetime, entries: Iterable[tuple[str, datetime]]) -> dict[str, float]:
    """Seconds from `at` to the first entry of each name."""
    found: dict[str, float] = {}
    for name, when in entries:
        found.setdefault(name, (when - at).total_seconds())
    return found
