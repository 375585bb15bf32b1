"""What people answered, as rows. Those of a merged incident count for the one it was merged into as well."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import CompoundSelect, Connection, case, func, select, union_all

from kentongan_server.domain.answer import Answer, Answered, Tally
from kentongan_server.outbound.database.notification_tables import answers
from kentongan_server.outbound.database.tables import incidents
from kentongan_server.outbound.database.upsert import put
from kentongan_server.outbound.database.values import from_ms, to_ms

_COMES = case((answers.c.answer == Answer.COMING, 1), else_=0)


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

    def given(self, incident: str, person: str) -> list[Answered]:
        merged = select(incidents.c.id).where(incidents.c.merged_into == incident)
        query = select(answers).where(
            answers.c.person == person, (answers.c.incident == incident) | answers.c.incident.in_(merged)
        )
        return [
            Answered(row.incident, row.person, row.said_for, Answer(row.answer), from_ms(row.answered_at))
            for row in self._connection.execute(query.order_by(answers.c.incident))
        ]

    def of_person(self, incidents: Collection[str], person: str) -> dict[str, Answer]:
        said = _said_to(incidents).subquery()
        query = select(said.c.of, func.max(said.c.comes).label("comes")).where(said.c.person == person)
        rows = self._connection.execute(query.group_by(said.c.of))
        return {row.of: Answer.COMING if row.comes else Answer.SEEN for row in rows}

    def people(self, incident: str) -> set[str]:
        said = _said_to([incident]).subquery()
        return {row.person for row in self._connection.execute(select(said.c.person).distinct())}

    def somebody_comes(self, incident: str) -> bool:
        said = _said_to([incident]).subquery()
        return self._connection.execute(select(said.c.person).where(said.c.comes == 1).limit(1)).first() is not None

    def tallies(self, incidents: Collection[str], before: datetime | None = None) -> dict[str, Tally]:
        said = _said_to(incidents).subquery()
        each = select(said.c.of, said.c.person, func.max(said.c.comes).label("comes")).where(
            said.c.said_for == "community"
        )
        if before is not None:
            each = each.where(said.c.answered_at < to_ms(before))
        people = each.group_by(said.c.of, said.c.person).subquery()
        query = select(people.c.of, func.sum(people.c.comes).label("coming"), func.count().label("answered"))
        rows = self._connection.execute(query.group_by(people.c.of))
        return {row.of: Tally(int(row.coming), row.answered - int(row.coming)) for row in rows}


def _said_to(wanted: Collection[str]) -> CompoundSelect[tuple[str, str, str, int, int]]:
    """Each answer under every incident, of those wanted, for which it counts."""
    ids = sorted(wanted)
    more = (answers.c.person, answers.c.said_for, answers.c.answered_at, _COMES.label("comes"))
    own = select(answers.c.incident.label("of"), *more).where(answers.c.incident.in_(ids))
    merged = select(incidents.c.merged_into.label("of"), *more).join_from(
        answers, incidents, answers.c.incident == incidents.c.id
    )
    return union_all(own, merged.where(incidents.c.merged_into.in_(ids)))
