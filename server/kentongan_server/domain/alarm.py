"""The decision to make noise, and the instructions it becomes: one per kentongan, each with one end.

Trust delays, it never denies: a press of the RT's own button or a vouched resident sounds at once, a stranger's
report after fifteen seconds. A second, independent reporter opens the gate at once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from kentongan_server.domain.incident_kind import IncidentClass
from kentongan_server.domain.lifecycle import AlarmState, CommandState
from kentongan_server.domain.spread import CITY

GATE = timedelta(seconds=15)
COMMAND_LIFE = timedelta(minutes=5)
COMMAND_TTL_MS = 30_000
RETRY_AFTER_S = (1, 2, 4, 8)
CROWD = 100
CROWD_PATIENCE = timedelta(seconds=10)
TELLING_PATIENCE = timedelta(seconds=5)
CITY_LEISURE_MS = 5_000


class Action(StrEnum):
    """What a kentongan is told to do."""

    SOUND = "sound"
    SILENCE = "silence"
    ALL_CLEAR = "all_clear"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Alarm:
    """`level` is how far it has spread; `due_at` is when a gated alarm opens, or an active one rises, by itself."""

    id: str
    incident: str
    region: str
    state: AlarmState
    level: int
    codebook: str
    requested_at: datetime
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Telling:
    """A silence or an all clear that has not been told to all yet: the next is the kentongan after `after`.

    Whoever asked for it goes on by themselves; `at` is when they last did.
    """

    alarm: str
    action: Action
    after: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AlarmCommand:
    """One kentongan, one instruction, one end. `counter` is new with every attempt, the id never. `codebook` is what it sounds by.

    `report` is the call point's that made it: where neighbours sounded for that one already, the kentongan does not again.
    """

    id: str
    alarm: str
    incident: str
    node: str
    action: Action
    state: CommandState
    counter: int
    attempts: int
    created_at: datetime
    expires_at: datetime
    codebook: str | None = None
    report: str | None = None


def first_delay(kentongan: int, level: int) -> timedelta:
    """How long to wait for the first answer where so many are asked at once: those of a city all come in by one door."""
    return CROWD_PATIENCE if kentongan > CROWD or level >= CITY else retry_delay(1)


def leisure_ms(level: int) -> int:
    """Within what time a kentongan says that it has obeyed: at once, but one of a city at a moment of its own choice."""
    return CITY_LEISURE_MS if level >= CITY else 0


def retry_delay(attempts: int) -> timedelta:
    """How long to wait for the kentongan's answer after the `attempts`-th try."""
    return timedelta(seconds=RETRY_AFTER_S[min(attempts, len(RETRY_AFTER_S)) - 1])


def makes_noise(incident_class: IncidentClass, trusted_to_gather: bool) -> bool:
    """Crimes and emergencies always sound; community news only when one sends it who may call the RT together."""
    return incident_class is not IncidentClass.COMMUNITY or trusted_to_gather
