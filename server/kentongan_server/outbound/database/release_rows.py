"""Releases of the firmware as rows."""

from typing import Any

from sqlalchemy import Connection, select

from kentongan_server.domain.release import Release, Ring
from kentongan_server.outbound.database.release_tables import release_files, releases
from kentongan_server.outbound.database.upsert import put
from kentongan_server.outbound.database.values import from_ms, to_ms


class ReleaseRows:
    """The ReleaseShelf on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def release(self, sequence: int) -> Release | None:
        row = self._connection.execute(select(releases).where(releases.c.sequence == sequence)).one_or_none()
        return None if row is None else _release(row)

    def releases(self) -> list[Release]:
        return [
            _release(row) for row in self._connection.execute(select(releases).order_by(releases.c.sequence.desc()))
        ]

    def put(self, release: Release) -> None:
        values = {
            "sequence": release.sequence,
            "version": release.version,
            "region": release.region,
            "size": release.size,
            "ring": release.ring,
            "ring_at": to_ms(release.ring_at),
            "started_by": release.started_by,
            "started_at": to_ms(release.started_at),
            "reason": release.reason,
        }
        put(self._connection, releases, [values], changing=("ring", "ring_at", "reason"))

    def put_file(self, sequence: int, path: str, body: bytes) -> None:
        values = {"sequence": sequence, "path": path, "body": body}
        put(self._connection, release_files, [values], changing=("body",))

    def file(self, sequence: int, path: str) -> bytes | None:
        same = (release_files.c.sequence == sequence, release_files.c.path == path)
        found = self._connection.execute(select(release_files.c.body).where(*same)).scalar_one_or_none()
        return None if found is None else bytes(found)

    def paths(self, sequence: int) -> set[str]:
        query = select(release_files.c.path).where(release_files.c.sequence == sequence)
        return set(self._connection.execute(query).scalars())


def _release(row: Any) -> Release:
    return Release(
        sequence=row.sequence,
        version=row.version,
        region=row.region,
        size=row.size,
        ring=Ring(row.ring),
        ring_at=from_ms(row.ring_at),
        started_by=row.started_by,
        started_at=from_ms(row.started_at),
        reason=row.reason,
    )
