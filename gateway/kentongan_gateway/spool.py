"""What must survive a power cut in the guard post: the reports the server has not stored, and the boot count.

A report is kept until a receipt that names it passes down. The gateway holds no key to check another node's receipt, so
a forged one could make it forget; that is why the node itself stays the keeper and repeats until it has checked the
seal. SQLite, write-ahead log, synchronous FULL: what is committed is on the disk.
"""

import sqlite3
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

VERSION = 1
_SOUNDED_KEPT = 1000
_TABLES = """
CREATE TABLE boots (boot INTEGER NOT NULL) STRICT;
CREATE TABLE reports (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    node TEXT NOT NULL,
    payload BLOB NOT NULL
) STRICT;
CREATE TABLE sounded (position INTEGER PRIMARY KEY AUTOINCREMENT, node TEXT NOT NULL, report TEXT NOT NULL) STRICT;
CREATE TABLE lines (
    node TEXT NOT NULL,
    key TEXT NOT NULL,
    counter INTEGER NOT NULL,
    PRIMARY KEY (node, key)
) STRICT;
"""


class SpoolError(Exception):
    """The spool must not be used; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One report: sealed as it came for a serial node, the bare message for the gateway's own press."""

    id: str
    node: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Keep:
    """Write down a report that is new here."""

    kept: Kept


@dataclass(frozen=True, slots=True)
class Forget:
    """The server has this report."""

    report: str


@dataclass(frozen=True, slots=True)
class Sounded:
    """This report has sounded the siren and shall not do so again."""

    node: str
    report: str


@dataclass(frozen=True, slots=True)
class Heard:
    """The last counter of a line, and a fingerprint of the key it was made with: a new key starts anew."""

    node: str
    key: str
    counter: int


Note = Keep | Forget | Sounded | Heard


class Spool:
    """One file, one owner. Every method commits before it returns, or raises sqlite3.Error and has changed nothing."""

    def __init__(self, path: Path) -> None:
        """Open or create. SpoolError when another gateway or another version owns the file.

        A broken disk must not silence the siren: a file that is no database is moved aside, and where none can be
        written the spool lives in memory. `trouble` then holds the sentence for the log.
        """
        self._path = path
        self.trouble: str | None = None
        try:
            self._open(path)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise SpoolError(f"The spool {path} belongs to another gateway that is running.") from error
            self.trouble = f"The spool {path} cannot be written ({error}): reports are kept in memory only."
            self._open(":memory:")
        except sqlite3.DatabaseError as error:
            aside = self._move_aside()
            self.trouble = f"The spool {path} was damaged ({error}); it was moved to {aside.name} and begun anew."
            self._open(path)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def next_boot(self, wall_seconds: int) -> int:
        """This start's number, above every earlier one.

        An empty spool begins at the time of day: a gateway that lost its disk must not use its old report ids again.
        """
        with self._database:
            (last,) = self._database.execute("SELECT max(boot) FROM boots").fetchone()
            boot = wall_seconds if last is None else int(last) + 1
            self._database.execute("DELETE FROM boots")
            self._database.execute("INSERT INTO boots VALUES (?)", (boot,))
        return boot

    def kept(self) -> list[Kept]:
        """Every report not yet stored by the server, oldest first."""
        rows = self._database.execute("SELECT id, node, payload FROM reports ORDER BY position")
        return [Kept(*row) for row in rows]

    def sounded(self) -> list[tuple[str, str]]:
        """(node, report) of the last soundings, oldest first."""
        return list(self._database.execute("SELECT node, report FROM sounded ORDER BY position"))

    def heard(self, keys: Iterable[tuple[str, str]]) -> dict[str, int]:
        """The last counter by node, for these (node, key fingerprint) pairs."""
        known = {(node, key): counter for node, key, counter in self._database.execute("SELECT * FROM lines")}
        return {node: known[node, key] for node, key in keys if (node, key) in known}

    def write(self, notes: Iterable[Note]) -> None:
        """All of them in one commit, in order."""
        with self._database:
            for note in notes:
                self._write(note)

    def _write(self, note: Note) -> None:
        run = self._database.execute
        match note:
            case Keep(kept):
                run(
                    "INSERT OR IGNORE INTO reports (id, node, payload) VALUES (?, ?, ?)",
                    (kept.id, kept.node, kept.payload),
                )
            case Forget(report):
                run("DELETE FROM reports WHERE id = ?", (report,))
            case Sounded(node, report):
                run("INSERT INTO sounded (node, report) VALUES (?, ?)", (node, report))
                run("DELETE FROM sounded WHERE position <= (SELECT max(position) FROM sounded) - ?", (_SOUNDED_KEPT,))
            case Heard(node, key, counter):
                run("INSERT OR REPLACE INTO lines VALUES (?, ?, ?)", (node, key, counter))

    def _open(self, where: Path | str) -> None:
        if isinstance(where, Path) and where.parent.is_dir() and not where.exists():
            with suppress(OSError):  # SQLite meets the same fault next and tells it better
                where.touch(mode=0o600)
        # Opened and read by the main thread, then written by the spool's own; never by both at once.
        self._database = sqlite3.connect(where, timeout=2, check_same_thread=False)
        try:
            self._database.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = FULL")
            with self._database:
                self._database.execute("BEGIN IMMEDIATE")
                (version,) = self._database.execute("PRAGMA user_version").fetchone()
                if version == 0:
                    for statement in _TABLES.split(";\n"):
                        self._database.execute(statement)
                    self._database.execute(f"PRAGMA user_version = {VERSION}")
            (health,) = self._database.execute("PRAGMA quick_check").fetchone()
            if health != "ok":
                raise sqlite3.DatabaseError(health)
            if version not in (0, VERSION):
                raise SpoolError(f"The spool {self._path} was written by another version of the gateway ({version}).")
        except BaseException:
            self._database.close()
            raise

    def _move_aside(self) -> Path:
        aside = self._path.with_name(f"{self._path.name}.broken-{time.time_ns()}")
        for suffix in ("", "-wal", "-shm"):
            part = self._path.with_name(self._path.name + suffix)
            if part.exists():
                part.rename(aside.with_name(aside.name + suffix))
        return aside
