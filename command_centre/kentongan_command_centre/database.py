"""The desk's memory: one SQLite file, on disk before anybody is told so (WAL, full synchronisation).

Used by one thread alone, so every transaction is a step that nobody else sees half-way. The tables know the firewall
too: nothing that is no crime can lie in them.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_TABLES = """
CREATE TABLE IF NOT EXISTS messages (
    seq INTEGER PRIMARY KEY,
    format TEXT NOT NULL, delivery TEXT NOT NULL, digest TEXT NOT NULL, event TEXT NOT NULL, incident TEXT NOT NULL,
    class TEXT NOT NULL CHECK (class = 'crime'), kind TEXT NOT NULL, purpose TEXT NOT NULL, region TEXT NOT NULL,
    received_at TEXT NOT NULL, document TEXT NOT NULL,
    UNIQUE (format, delivery)
) STRICT;
CREATE INDEX IF NOT EXISTS messages_of_incident ON messages (incident);
CREATE TABLE IF NOT EXISTS cases (
    seq INTEGER PRIMARY KEY,
    incident TEXT NOT NULL UNIQUE, received_at TEXT NOT NULL, updated_at TEXT NOT NULL,
    facts TEXT NOT NULL CHECK (facts ->> 'class' = 'crime'), facts_second INTEGER NOT NULL,
    webhooks INTEGER NOT NULL DEFAULT 0, caps INTEGER NOT NULL DEFAULT 0, status TEXT NOT NULL DEFAULT 'new'
) STRICT;
CREATE TABLE IF NOT EXISTS replies (
    seq INTEGER PRIMARY KEY,
    delivery TEXT NOT NULL UNIQUE, incident TEXT NOT NULL REFERENCES cases (incident), reply TEXT NOT NULL,
    operator TEXT NOT NULL, disposition TEXT, at TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, due_second REAL NOT NULL, sent INTEGER NOT NULL DEFAULT 0, error TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS replies_of_incident ON replies (incident);
CREATE INDEX IF NOT EXISTS replies_unsent ON replies (seq) WHERE sent = 0;
CREATE TABLE IF NOT EXISTS breaches (
    seq INTEGER PRIMARY KEY,
    format TEXT NOT NULL, delivery TEXT NOT NULL, incident TEXT NOT NULL, class TEXT NOT NULL, kind TEXT NOT NULL,
    region TEXT NOT NULL, reason TEXT NOT NULL, received_at TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 1,
    UNIQUE (format, delivery)
) STRICT;
"""


class Database:
    """The open file."""

    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(file, isolation_level=None, timeout=5)
        self._connection.row_factory = sqlite3.Row
        for order in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            self._connection.execute(f"PRAGMA {order}")
        self._connection.executescript(_TABLES)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of it or nothing; committed, and on disk, when the block ends without an error."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def rows(self, query: str, *values: str | float) -> list[sqlite3.Row]:
        """What a reading query finds."""
        return self._connection.execute(query, values).fetchall()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
