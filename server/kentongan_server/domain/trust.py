"""Trust delays, it never denies, and it never holds back the police.

Only a prank costs trust, and only a named human can call a report one. For two weeks the person's alarms then start with
the ronda alone and sound after the same fifteen seconds as a stranger's. An appeal goes to the RT head, who may lift it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

COOLDOWN = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Cooldown:
    """One person's time of less trust, and what became of it."""

    id: str
    person: str
    incident: str
    region: str
    since: datetime
    until: datetime
    set_by: str
    appeal: str | None = None
    appealed_at: datetime | None = None
    lifted_at: datetime | None = None
    lifted_by: str | None = None

    def counts(self, at: datetime) -> bool:
        """True while it delays."""
        return self.lifted_at is None and at < self.until
