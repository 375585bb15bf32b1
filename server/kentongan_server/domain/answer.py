"""What a neighbour answers an incident: "I am coming" takes it, "I have seen it" only says that it was read.

Whoever has answered is told no further; only somebody who comes (or the police, who take it by seeing it) stops the alarm
from rising. A later "seen" never takes a "coming" back: an old notification tapped late withdraws no help. Taking it back is
an act of its own, and when nobody comes any more the alarm goes on.

Where incidents were merged, what was answered to any of them counts for the one that goes on, each person once.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Answer(StrEnum):
    """The two buttons."""

    COMING = "coming"
    SEEN = "seen"


@dataclass(frozen=True, slots=True)
class Answered:
    """The last word of one person to one incident, given for the `community` or the `police`."""

    incident: str
    person: str
    by: str
    answer: Answer
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class Tally:
    """How many neighbours come, and how many have seen it and do not."""

    coming: int = 0
    seen: int = 0


def changes(known: Answer | None, said: Answer) -> bool:
    """True when `said` is more than what the person had answered already."""
    return known is None or (known is Answer.SEEN and said is Answer.COMING)
