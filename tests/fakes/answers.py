"""The Answers in memory."""

from collections.abc import Collection
from datetime import datetime

from tests.fakes.incidents import FakeIncidents

from kentongan_server.domain.answer import Answer, Answered, Tally


class FakeAnswers:
    """`all` by incident and person."""

    def __init__(self, incidents: FakeIncidents) -> None:
        self.all: dict[tuple[str, str], Answered] = {}
        self._incidents = incidents

    def put(self, answered: Answered) -> None:
        """See the port, as with everything below."""
        self.all[answered.incident, answered.person] = answered

    def given(self, incident: str, person: str) -> list[Answered]:
        return sorted((one for one in self._to(incident) if one.person == person), key=lambda one: one.incident)

    def of_person(self, incidents: Collection[str], person: str) -> dict[str, Answer]:
        said = {id: {one.answer for one in self.given(id, person)} for id in incidents}
        return {id: Answer.COMING if Answer.COMING in all else Answer.SEEN for id, all in said.items() if all}

    def people(self, incident: str) -> set[str]:
        return {one.person for one in self._to(incident)}

    def somebody_comes(self, incident: str) -> bool:
        return any(one.answer is Answer.COMING for one in self._to(incident))

    def tallies(self, incidents: Collection[str], before: datetime | None = None) -> dict[str, Tally]:
        found = {}
        for id in incidents:
            said = [one for one in self._to(id) if one.by == "community"]
            said = [one for one in said if before is None or one.answered_at < before]
            coming = {one.person for one in said if one.answer is Answer.COMING}
            if said:
                found[id] = Tally(len(coming), len({one.person for one in said} - coming))
        return found

    def _to(self, incident: str) -> list[Answered]:
        """What was said to this incident, or to one that was merged into it."""
        counted = {incident, *(one.id for one in self._incidents.merged_into(incident))}
        return [one for one in self.all.values() if one.incident in counted]
