"""The Answers in memory."""

from collections.abc import Collection
from datetime import datetime

from kentongan_server.domain.answer import Answer, Answered, Tally


class FakeAnswers:
    """`all` by incident and person."""

    def __init__(self) -> None:
        self.all: dict[tuple[str, str], Answered] = {}

    def put(self, answered: Answered) -> None:
        """See the port, as with everything below."""
        self.all[answered.incident, answered.person] = answered

    def of_person(self, incidents: Collection[str], person: str) -> dict[str, Answer]:
        return {id: self.all[id, person].answer for id in incidents if (id, person) in self.all}

    def people(self, incident: str) -> set[str]:
        return {person for of, person in self.all if of == incident}

    def tallies(self, incidents: Collection[str], before: datetime | None = None) -> dict[str, Tally]:
        said: dict[str, list[Answer]] = {}
        for one in self.all.values():
            if one.incident in incidents and one.by == "community" and (before is None or one.answered_at < before):
                said.setdefault(one.incident, []).append(one.answer)
        return {id: Tally(all.count(Answer.COMING), all.count(Answer.SEEN)) for id, all in said.items()}
