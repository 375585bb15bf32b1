"""The ronda's roster: its tables and rows."""

import json
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    bindparam,
    delete,
    insert,
    select,
)

from kentongan_server.domain.roster import CheckIn, Rota, Swap
from kentongan_server.outbound.database.statement import Statement
from kentongan_server.outbound.database.tables import ID, metadata
from kentongan_server.outbound.database.upsert import put
from kentongan_server.outbound.database.values import from_ms, from_ms_or_none, to_ms, to_ms_or_none

rotas = Table(
    "rotas",
    metadata,
    Column("id", ID, primary_key=True),
    Column("region", ID, ForeignKey("regions.code"), nullable=False),
    Column("weekday", Integer, nullable=False),
    Column("begins", String(8), nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("people", Text, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_until", Date),
    Index("ix_rotas_region", "region"),
)

rota_people = Table(
    "rota_people",
    metadata,
    Column("rota", ID, ForeignKey("rotas.id"), primary_key=True),
    Column("person", ID, ForeignKey("people.id"), primary_key=True),
    Index("ix_rota_people_person", "person"),
)

swaps = Table(
    "swaps",
    metadata,
    Column("id", ID, primary_key=True),
    Column("rota", ID, ForeignKey("rotas.id"), nullable=False),
    Column("night", Date, nullable=False),
    Column("person", ID, ForeignKey("people.id"), nullable=False),
    Column("asked", ID, ForeignKey("people.id")),
    Column("asked_at", BigInteger, nullable=False),
    Column("accepted_by", ID, ForeignKey("people.id")),
    Column("accepted_at", BigInteger),
    Index("ix_swaps_rota_night", "rota", "night"),
)

check_ins = Table(
    "check_ins",
    metadata,
    Column("rota", ID, ForeignKey("rotas.id"), primary_key=True),
    Column("night", Date, primary_key=True),
    Column("person", ID, ForeignKey("people.id"), primary_key=True),
    Column("came_at", BigInteger, nullable=False),
)

calendars = Table(
    "calendars",
    metadata,
    Column("person", ID, ForeignKey("people.id"), primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
)


_BY_WEEKDAY = (rotas.c.weekday, rotas.c.valid_from, rotas.c.id)
_ROTAS_OF = Statement(select(rotas).where(rotas.c.region == bindparam("region")).order_by(*_BY_WEEKDAY))


class RosterRows:
    """The RosterBook on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def rotas_of(self, region: str) -> list[Rota]:
        return [_rota(row) for row in _ROTAS_OF.all(self._connection, region=region)]

    def rotas_with(self, person_id: str) -> list[Rota]:
        own = select(rota_people.c.rota).where(rota_people.c.person == person_id)
        taken = select(swaps.c.rota).where(swaps.c.accepted_by == person_id)
        query = select(rotas).where(rotas.c.id.in_(own.union(taken)))
        return [_rota(row) for row in self._connection.execute(query.order_by(*_BY_WEEKDAY))]

    def rota(self, rota_id: str) -> Rota | None:
        row = self._connection.execute(select(rotas).where(rotas.c.id == rota_id)).one_or_none()
        return None if row is None else _rota(row)

    def put_rota(self, rota: Rota) -> None:
        row = {
            "id": rota.id,
            "region": rota.region,
            "weekday": rota.weekday,
            "begins": rota.begins.isoformat("minutes"),
            "minutes": rota.lasts // timedelta(minutes=1),
            "people": json.dumps(rota.people),
            "valid_from": rota.valid_from,
            "valid_until": rota.valid_until,
        }
        put(self._connection, rotas, [row])
        put(self._connection, rota_people, [{"rota": rota.id, "person": person} for person in rota.people])

    def swaps_of(self, rota_ids: list[str], since: date) -> list[Swap]:
        query = select(swaps).where(swaps.c.rota.in_(rota_ids), swaps.c.night >= since)
        return [_swap(row) for row in self._connection.execute(query.order_by(swaps.c.asked_at, swaps.c.id))]

    def swap(self, swap_id: str) -> Swap | None:
        row = self._connection.execute(select(swaps).where(swaps.c.id == swap_id)).one_or_none()
        return None if row is None else _swap(row)

    def put_swap(self, swap: Swap) -> None:
        row = {
            "id": swap.id,
            "rota": swap.rota,
            "night": swap.night,
            "person": swap.person,
            "asked": swap.to,
            "asked_at": to_ms(swap.asked_at),
            "accepted_by": swap.accepted_by,
            "accepted_at": to_ms_or_none(swap.accepted_at),
        }
        put(self._connection, swaps, [row])

    def check_ins_of(self, rota_ids: list[str], since: date) -> list[CheckIn]:
        query = select(check_ins).where(check_ins.c.rota.in_(rota_ids), check_ins.c.night >= since)
        found = self._connection.execute(query.order_by(check_ins.c.came_at, check_ins.c.person))
        return [CheckIn(row.rota, row.night, row.person, from_ms(row.came_at)) for row in found]

    def put_check_in(self, check_in: CheckIn) -> None:
        row = {
            "rota": check_in.rota,
            "night": check_in.night,
            "person": check_in.person,
            "came_at": to_ms(check_in.came_at),
        }
        there = select(check_ins.c.person).where(
            *(check_ins.c[name] == row[name] for name in ("rota", "night", "person"))
        )
        if self._connection.execute(there).one_or_none() is None:
            self._connection.execute(insert(check_ins), row)

    def calendar_of(self, token_hash: str) -> str | None:
        query = select(calendars.c.person).where(calendars.c.token_hash == token_hash)
        return self._connection.execute(query).scalar_one_or_none()

    def put_calendar(self, person_id: str, token_hash: str | None) -> None:
        self._connection.execute(delete(calendars).where(calendars.c.person == person_id))
        if token_hash is not None:
            self._connection.execute(insert(calendars), {"person": person_id, "token_hash": token_hash})


def _rota(row: Any) -> Rota:
    return Rota(
        id=row.id,
        region=row.region,
        weekday=row.weekday,
        begins=time.fromisoformat(row.begins),
        lasts=timedelta(minutes=row.minutes),
        people=tuple(json.loads(row.people)),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
    )


def _swap(row: Any) -> Swap:
    asked_at: datetime = from_ms(row.asked_at)
    return Swap(
        row.id, row.rota, row.night, row.person, row.asked, asked_at, row.accepted_by, from_ms_or_none(row.accepted_at)
    )
