"""What people answered to incidents: one last word each."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from kentongan_server.domain.answer import Answer, Answered, Tally


class Answers(Protocol):
    """Answers within one transaction."""

    def put(self, answered: Answered) -> None:
        """Keep a person's answer; it takes the place of an earlier one."""
        ...

    def of_person(self, incidents: Collection[str], person: str) -> dict[str, Answer]:
        """What this person answered, by incident."""
        ...

    def people(self, incident: str) -> set[str]:
        """Everybody who answered, for the community or the police."""
        ...

    def tallies(self, incidents: Collection[str], before: datetime | None = None) -> dict[str, Tally]:
        """How many answered for the community, by incident; only what was said before `before` where that is given."""
        ...
