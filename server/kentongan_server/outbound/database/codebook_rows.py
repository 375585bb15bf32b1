"""Codebooks as rows; the one that we ship is in no row."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, or_, select, union_all, update

from kentongan_server.domain.codebook import SHIPPED, Code, Codebook, Rhythm
from kentongan_server.domain.incident_kind import IncidentKind
from kentongan_server.outbound.database.alarming_tables import codebook_renewals, codebooks
from kentongan_server.outbound.database.statement import Statement
from kentongan_server.outbound.database.upsert import put
from kentongan_server.outbound.database.values import from_ms, from_text, to_ms, to_text

_CURRENT = Statement(
    select(codebooks.c.version)
    .where(or_(codebooks.c.region == bindparam("region"), codebooks.c.region.is_(None)), codebooks.c.retired.is_(False))
    .order_by(codebooks.c.region.is_(None), codebooks.c.adopted_at.desc(), codebooks.c.version.desc())
    .limit(1)
)
_CHANGES = union_all(
    select(codebooks.c.retired_at.label("at")).where(codebooks.c.region == bindparam("region")),
    select(codebook_renewals.c.at).where(codebook_renewals.c.region == bindparam("region")),
).subquery()
_SINCE = Statement(select(func.max(_CHANGES.c.at).label("at")))
_LAST = select(
    func.max(codebooks.c.adopted_at),
    func.max(codebooks.c.retired_at),
    select(func.max(codebook_renewals.c.at)).scalar_subquery(),
)
_VERSION = Statement(select(codebooks).where(codebooks.c.version == bindparam("version")))


class CodebookRows:
    """The CodebookShelf on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def current(self, region: str) -> Codebook:
        found = _CURRENT.first(self._connection, region=region)
        book = SHIPPED if found is None else (self.version(found.version) or SHIPPED)
        since = _SINCE.first(self._connection, region=region)
        return book if since is None or since.at is None else replace(book, since=from_ms(since.at))

    def version(self, name: str) -> Codebook | None:
        if name == SHIPPED.version:
            return SHIPPED
        row = _VERSION.first(self._connection, version=name)
        return None if row is None else _book(row)

    def versions(self, region: str | None) -> list[Codebook]:
        same = codebooks.c.region.is_(None) if region is None else codebooks.c.region == region
        query = select(codebooks).where(same).order_by(codebooks.c.adopted_at.desc(), codebooks.c.version.desc())
        found = [_book(row) for row in self._connection.execute(query)]
        return [*found, SHIPPED] if region is None else found

    def add(self, book: Codebook) -> None:
        if book.adopted_at is None:
            raise ValueError("A codebook is adopted at some time.")
        values = {
            "version": book.version,
            "region": book.region,
            "body": to_text(_body(book)),
            "adopted_at": to_ms(book.adopted_at),
            "adopted_by": book.adopted_by,
            "retired": False,
        }
        self._connection.execute(insert(codebooks), values)

    def forget_own(self, region: str, at: datetime) -> None:
        living = update(codebooks).where(codebooks.c.region == region, codebooks.c.retired.is_(False))
        self._connection.execute(living.values(retired=True, retired_at=to_ms(at)))

    def renew(self, region: str, at: datetime) -> None:
        put(self._connection, codebook_renewals, [{"region": region, "at": to_ms(at)}], changing=("at",))

    def last_change(self) -> datetime | None:
        times = [at for at in self._connection.execute(_LAST).one() if at is not None]
        return from_ms(max(times)) if times else None


def _body(book: Codebook) -> dict[str, Any]:
    codes = [
        {**_said(code), "kind": code.kind, "id": code.indonesian, "en": code.english} for code in book.codes.values()
    ]
    return {"codes": codes, "all_clear": _said(book.all_clear)}


def _said(rhythm: Rhythm) -> dict[str, Any]:
    return {
        "pattern": rhythm.pattern,
        "beats": list(rhythm.beats),
        "rounds": rhythm.rounds,
        "duration_ms": rhythm.duration_ms,
        "colour": rhythm.colour,
    }


def _book(row: Any) -> Codebook:
    body = from_text(row.body)
    codes = [
        Code(*_played(said), kind=IncidentKind(said["kind"]), indonesian=said["id"], english=said["en"])
        for said in body["codes"]
    ]
    return Codebook(
        version=row.version,
        region=row.region,
        codes={code.kind: code for code in codes},
        all_clear=Rhythm(*_played(body["all_clear"])),
        adopted_at=from_ms(row.adopted_at),
        adopted_by=row.adopted_by,
    )


def _played(said: dict[str, Any]) -> tuple[str, tuple[int, ...], int, int, str]:
    return said["pattern"], tuple(said["beats"]), said["rounds"], said["duration_ms"], said["colour"]
