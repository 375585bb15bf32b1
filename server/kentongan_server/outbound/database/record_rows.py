"""The chain as rows. Its head is read once in a transaction and carried from job to job; a job that fails drops it."""

import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from kentongan_server.domain.record import GENESIS, Checkpoint, Head, Link, chain, commit, content
from kentongan_server.outbound.database.statement import Statement
from kentongan_server.outbound.database.tables import checkpoints, record_beginnings, timeline

_APPEND = Statement(insert(timeline))
_HEAD = Statement(select(timeline.c.seq, timeline.c.hash).order_by(timeline.c.seq.desc()).limit(1))
_BEGINNING = select(record_beginnings.c.seq, record_beginnings.c.hash).order_by(record_beginnings.c.seq.desc()).limit(1)
_LINKS = select(timeline).where(timeline.c.seq > bindparam("after")).order_by(timeline.c.seq).limit(bindparam("limit"))
_OF_INCIDENT = select(timeline).where(timeline.c.incident == bindparam("of")).order_by(timeline.c.seq)
_OF_ACTOR = select(timeline).where(timeline.c.actor == bindparam("of")).order_by(timeline.c.seq)
_CHECKPOINTS = select(checkpoints).order_by(checkpoints.c.number)
_EMPTY = (
    update(timeline)
    .where(timeline.c.seq == bindparam("of"))
    .values(actor=bindparam("left_actor"), facts=bindparam("left_facts"), salt=None)
)


class Chain:
    """Appends rows to the record, each with its number, salt and hash. One for each transaction.

    Rows wait for `flush`, so that all jobs of one commit are written in one statement.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._head: Head | None = None
        self.waiting: list[dict[str, Any]] = []

    def forget(self) -> None:
        """A job was undone: what it chained is not there."""
        self._head = None
        self.waiting = []

    def flush(self) -> None:
        """Write what waits."""
        if self.waiting:
            self._link(self.waiting)
            _APPEND.run_many(self._connection, self.waiting)
            self.waiting = []

    def _link(self, rows: list[dict[str, Any]]) -> None:
        head = self._head or head_of(self._connection)
        seq, previous = head.seq, head.hash
        for row in rows:
            seq += 1
            salt = secrets.token_hex(16)
            commitment = commit(salt, row["actor"], row["facts"])
            previous = chain(
                previous, content(seq, row["at"], row["event"], row["incident"], row["region"], commitment)
            )
            row.update(seq=seq, salt=salt, commitment=commitment, hash=previous)
        self._head = Head(seq, previous)


def head_of(connection: Connection) -> Head:
    """The newest entry, or the place where the next one will be the first."""
    row = _HEAD.first(connection)
    return _beginning(connection) if row is None else Head(row.seq, row.hash)


def _beginning(connection: Connection) -> Head:
    row = connection.execute(_BEGINNING).one_or_none()
    return Head(0, GENESIS) if row is None else Head(row.seq, row.hash)


class RecordRows:
    """The RecordBook on one connection. `flush` writes what the unit of work has appended so far."""

    def __init__(self, connection: Connection, flush: Any) -> None:
        self._connection = connection
        self._flush = flush

    def head(self) -> Head | None:
        self._flush()
        row = _HEAD.first(self._connection)
        return None if row is None else Head(row.seq, row.hash)

    def beginning(self) -> Head:
        return _beginning(self._connection)

    def links(self, after: int, limit: int) -> list[Link]:
        self._flush()
        return [_link(row) for row in self._connection.execute(_LINKS, {"after": after, "limit": limit})]

    def links_of_incident(self, incident_id: str) -> list[Link]:
        self._flush()
        return [_link(row) for row in self._connection.execute(_OF_INCIDENT, {"of": incident_id})]

    def links_of_actor(self, actor: str) -> list[Link]:
        self._flush()
        return [_link(row) for row in self._connection.execute(_OF_ACTOR, {"of": actor})]

    def empty(self, kept: Mapping[int, tuple[str | None, str]]) -> None:
        self._flush()
        if kept:
            rows = [{"of": seq, "left_actor": actor, "left_facts": facts} for seq, (actor, facts) in kept.items()]
            self._connection.execute(_EMPTY, rows)

    def prune(self, through: Head) -> None:
        self._flush()
        self._connection.execute(insert(record_beginnings), {"seq": through.seq, "hash": through.hash})
        self._connection.execute(delete(timeline).where(timeline.c.seq <= through.seq))

    def checkpoints(self) -> list[Checkpoint]:
        return [Checkpoint(*row) for row in self._connection.execute(_CHECKPOINTS)]

    def last_checkpoint(self) -> Checkpoint | None:
        query = select(checkpoints).order_by(checkpoints.c.number.desc()).limit(1)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else Checkpoint(*row)

    def checkpoint_at_or_after(self, seq: int) -> Checkpoint | None:
        query = select(checkpoints).where(checkpoints.c.seq >= seq).order_by(checkpoints.c.seq).limit(1)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else Checkpoint(*row)

    def add_checkpoint(self, checkpoint: Checkpoint) -> None:
        values = {name: getattr(checkpoint, name) for name in Checkpoint.__dataclass_fields__}
        self._connection.execute(insert(checkpoints), values)


def _link(row: Any) -> Link:
    return Link(**{name: getattr(row, name) for name in Link.__dataclass_fields__})
