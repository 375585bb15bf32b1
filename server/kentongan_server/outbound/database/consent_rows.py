"""Consents and wishes to be erased as rows."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, ForeignKey, Index, String, Table, delete, select

from kentongan_server.domain.consent import Consent, Erasure, Purpose
from kentongan_server.outbound.database.tables import ID, metadata
from kentongan_server.outbound.database.upsert import put
from kentongan_server.outbound.database.values import from_ms, from_ms_or_none, to_ms, to_ms_or_none

consents = Table(
    "consents",
    metadata,
    Column("id", ID, primary_key=True),
    Column("person", ID, ForeignKey("people.id"), nullable=False),
    Column("purpose", String(16), nullable=False),
    Column("version", String(32), nullable=False),
    Column("agreed_at", BigInteger, nullable=False),
    Column("withdrawn_at", BigInteger),
    Index("ix_consents_person", "person"),
)

erasures = Table(
    "erasures",
    metadata,
    Column("person", ID, ForeignKey("people.id"), primary_key=True),
    Column("asked_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Index("ix_erasures_due", "due_at"),
)


class ConsentRows:
    """The ConsentBook on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, consent: Consent) -> None:
        times = {"agreed_at": to_ms(consent.agreed_at), "withdrawn_at": to_ms_or_none(consent.withdrawn_at)}
        put(self._connection, consents, [asdict(consent) | times])

    def of_person(self, person: str) -> list[Consent]:
        query = select(consents).where(consents.c.person == person)
        rows = self._connection.execute(query.order_by(consents.c.agreed_at.desc(), consents.c.id.desc()))
        return [_consent(row) for row in rows]

    def erasure(self, person: str) -> Erasure | None:
        row = self._connection.execute(select(erasures).where(erasures.c.person == person)).one_or_none()
        return None if row is None else _erasure(row)

    def put_erasure(self, erasure: Erasure) -> None:
        times = {"asked_at": to_ms(erasure.asked_at), "due_at": to_ms(erasure.due_at)}
        put(self._connection, erasures, [asdict(erasure) | times])

    def drop_erasure(self, person: str) -> None:
        self._connection.execute(delete(erasures).where(erasures.c.person == person))

    def erasures_due(self, now: datetime, limit: int) -> list[Erasure]:
        query = select(erasures).where(erasures.c.due_at <= to_ms(now)).order_by(erasures.c.due_at).limit(limit)
        return [_erasure(row) for row in self._connection.execute(query)]


def _consent(row: Any) -> Consent:
    return Consent(
        row.id, row.person, Purpose(row.purpose), row.version, from_ms(row.agreed_at), from_ms_or_none(row.withdrawn_at)
    )


def _erasure(row: Any) -> Erasure:
    return Erasure(row.person, from_ms(row.asked_at), from_ms(row.due_at))
