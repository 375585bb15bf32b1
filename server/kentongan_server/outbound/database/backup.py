"""A copy of a running SQLite database, whole and of one moment; writers go on meanwhile."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from kentongan_server.outbound.database.engine import DatabaseError, database_url

PAGES = 2000


def back_up(address: str, file: Path) -> None:
    """Write the copy, durably and all or nothing; DatabaseError for a database that another program copies better."""
    url = database_url(address)
    if url.drivername != "sqlite":
        raise DatabaseError(
            "This record is in PostgreSQL: copy it with pg_dump --format=custom (docs/operate/backup.md)."
        )
    if file.exists():
        raise DatabaseError(f"{file} is there already; a backup never overwrites another.")
    if not url.database or not Path(url.database).exists():
        raise DatabaseError(f"There is no database at {url.database}.")
    unfinished = file.with_name(file.name + ".unfinished")
    unfinished.unlink(missing_ok=True)
    with closing(sqlite3.connect(url.database)) as source, closing(sqlite3.connect(unfinished)) as copy:
        source.backup(copy, pages=PAGES, sleep=0.01)
        found = copy.execute("PRAGMA integrity_check").fetchone()[0]
        if found != "ok":
            raise DatabaseError(f"The copy is damaged ({found}); the database itself may be.")
    with unfinished.open("rb") as whole:
        os.fsync(whole.fileno())
    unfinished.rename(file)
    folder = os.open(file.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
