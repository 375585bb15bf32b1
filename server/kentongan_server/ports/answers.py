"""What people answered to incidents: one last word each. Merged incidents answer for the one they were merged into."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from kentongan_server.domain.answer import Answer, Answered, Tally


class Answers(Protocol):
    """Answers within one transaction."""

    def put(self, answered: Answered) -> None:
        """Keep a person's answer; it takes the place of an earlier one."""
        ...

    def given(self, incident: str, person: str) -> list[Answered]:
        """This person's own words to the incident and to those merged into it, by incident."""
        ...

    def of_person(self, incidents: Collection[str], person: str) -> dict[str, Answer]:
        """What counts of this person, by incident: "coming" where they said it anywhere, else "seen"."""
        ...

    def people(self, incident: str) -> set[str]:
        """Everybody who answered, for the community or the police."""
        ...

    def somebody_comes(self, incident: str) -> bool:
        """Whether a neighbour comes, or the police took it."""
        ...

    def tallies(self, incidents: Collection[str], before: datetime | None = None) -> dict[str, Tally]:
        """How many people answered for the community, by incident; only what was said before `before` where that is given."""
        ...
