"""What people answered, as rows."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, func, select

from kentongan_server.domain.answer import Answer, Answered, Tally
from kentongan_server.outbound.database.notification_tables import answers
from kentongan_server.outbound.database.upsert import put
from kentongan_server.outbound.database.values import to_ms


class AnswerRows:
    """The Answers on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, answered: Answered) -> None:
        values = {
            "incident": answered.incident,
            "person": answered.person,
            "said_for": answered.by,
            "answer": answered.answer,
            "answered_at": to_ms(answered.answered_at),
        }
        put(self._connection, answers, [values])

    def of_person(self, incidents: Collection[str], person: str) -> dict[str, Answer]:
        query = select(answers.c.incident, answers.c.answer).where(
            answers.c.person == person, answers.c.incident.in_(sorted(incidents))
        )
        return {row.incident: Answer(row.answer) for row in self._connection.execute(query)}

    def people(self, incident: str) -> set[str]:
        query = select(answers.c.person).where(answers.c.incident == incident)
        return {row.person for row in self._connection.execute(query)}

    def tallies(self, incidents: Collection[str], before: datetime | None = None) -> dict[str, Tally]:
        query = (
            select(answers.c.incident, answers.c.answer, func.count().label("people"))
            .where(answers.c.incident.in_(sorted(incidents)), answers.c.said_for == "community")
            .group_by(answers.c.incident, answers.c.answer)
        )
        if before is not None:
            query = query.where(answers.c.answered_at < to_ms(before))
        found: dict[str, dict[str, int]] = {}
        for row in self._connection.execute(query):
            found.setdefault(row.incident, {})[row.answer] = row.people
        return {id: Tally(said.get(Answer.COMING, 0), said.get(Answer.SEEN, 0)) for id, said in found.items()}
