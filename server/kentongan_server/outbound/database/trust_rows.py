"""Cooldowns as rows."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from kentongan_server.domain.trust import Cooldown
from kentongan_server.outbound.database.alarming_tables import cooldowns
from kentongan_server.outbound.database.statement import Statement
from kentongan_server.outbound.database.values import from_ms, from_ms_or_none, to_ms, to_ms_or_none

_TIMES = ("since", "until", "appealed_at", "lifted_at")
_COOLING = Statement(
    select(cooldowns.c.id)
    .where(
        cooldowns.c.person == bindparam("person"),
        cooldowns.c.until > bindparam("at"),
        cooldowns.c.lifted_at.is_(None),
    )
    .limit(1)
)


class TrustRows:
    """The TrustBook on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def is_cooling(self, person: str, at: datetime) -> bool:
        return _COOLING.first(self._connection, person=person, at=to_ms(at)) is not None

    def add(self, cooldown: Cooldown) -> None:
        self._connection.execute(insert(cooldowns), _row(cooldown))

    def put(self, cooldown: Cooldown) -> None:
        self._connection.execute(update(cooldowns).where(cooldowns.c.id == cooldown.id).values(_row(cooldown)))

    def of_person(self, person: str) -> list[Cooldown]:
        query = select(cooldowns).where(cooldowns.c.person == person).order_by(cooldowns.c.since.desc())
        return [_cooldown(row) for row in self._connection.execute(query)]


def _row(cooldown: Cooldown) -> dict[str, Any]:
    fields = asdict(cooldown)
    return fields | {name: to_ms_or_none(fields[name]) for name in _TIMES}


def _cooldown(row: Any) -> Cooldown:
    return Cooldown(
        id=row.id,
        person=row.person,
        incident=row.incident,
        region=row.region,
        since=from_ms(row.since),
        until=from_ms(row.until),
        set_by=row.set_by,
        appeal=row.appeal,
        appealed_at=from_ms_or_none(row.appealed_at),
        lifted_at=from_ms_or_none(row.lifted_at),
        lifted_by=row.lifted_by,
    )
