"""Opens the database, durable by its settings, and brings its tables to this version.

SQLite lets one writer in at a time. On PostgreSQL we ask for the same: a writer first takes one lock for the whole
record and holds it until its commit is on disk. Two servers on one database therefore take turns, group by group: what
a job has read cannot be changed under it, and numbers of the record appear in the order in which they were given.
"""

import re
from importlib import resources
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool

if TYPE_CHECKING:
    from alembic.config import Config

BUSY_MS = 5000
WRITES = "kentongan_writes"
ONE_WRITER = 0x6B746E67  # "ktng": the advisory lock of whoever writes
_REVISION = re.compile(r'^(revision|down_revision) = "(.+)"$', re.MULTILINE)
_SUPPORTED = "The database must be sqlite:///<file> or postgresql://<user>@<host>/<name>."
_KINDS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg", "postgresql+psycopg": "postgresql+psycopg"}
_PATIENCE = {"lock_timeout": "15s", "idle_in_transaction_session_timeout": "10s"}
_CONNECT = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}


class DatabaseError(Exception):
    """The database is not one that we can keep a promise with; the text says what to do."""


def database_url(text: str) -> URL:
    """The address of a database that we support; DatabaseError otherwise. A password is never repeated in the sentence."""
    try:
        url = make_url(text)
    except ArgumentError:
        raise DatabaseError(_SUPPORTED) from None
    kind = _KINDS.get(url.drivername)
    if kind is None:
        raise DatabaseError(_SUPPORTED)
    return url.set(drivername=kind)


def open_database(address: str) -> Engine:
    """An engine for the database at `address`, so set that what is committed survives a power cut."""
    url = database_url(address)
    return _sqlite(url) if url.drivername == "sqlite" else _postgresql(url)


def reading(engine: Engine) -> Connection:
    """A connection on which several queries see one state of the record."""
    connection = engine.connect()
    if engine.dialect.name == "postgresql":  # SQLite's transactions are so by themselves
        connection = connection.execution_options(isolation_level="REPEATABLE READ")
    return connection


def writing(engine: Engine) -> Connection:
    """A connection whose transactions wait their turn before they read."""
    return engine.connect().execution_options(**{WRITES: True})


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the tables up to `revision`, all or nothing; two servers that start together take turns."""
    if revision == "head" and _is_newest(engine):
        return  # as at nearly every start, which need not wait for the library that could change something
    from alembic import command

    with writing(engine) as connection, connection.begin():
        command.upgrade(_migrations(connection), revision)


def migrate_down(engine: Engine, revision: str) -> None:
    """Take the tables back to `revision`, all or nothing; what only later tables can hold is gone with them."""
    from alembic import command

    with writing(engine) as connection, connection.begin():
        command.downgrade(_migrations(connection), revision)


def newest_revision() -> str | None:
    """The revision that no other follows, None when that is not one; read from the files without running them."""
    made, followed = set(), set()
    for file in (resources.files(__package__) / "migrations" / "versions").iterdir():
        if file.name.endswith(".py"):
            said = dict(_REVISION.findall(file.read_text(encoding="utf-8")))
            made.add(said.get("revision", ""))
            followed.add(said.get("down_revision", ""))
    newest = made - followed
    return newest.pop() if len(newest) == 1 else None


def _is_newest(engine: Engine) -> bool:
    with reading(engine) as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        stands = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars().all()
    return stands == [newest_revision()]


def _migrations(connection: Connection) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(resources.files(__package__) / "migrations"))
    config.attributes["connection"] = connection
    return config


def _sqlite(url: URL) -> Engine:
    engine = create_engine(
        url, poolclass=QueuePool, pool_size=5, connect_args={"check_same_thread": False}, hide_parameters=True
    )  # a refused statement is logged, and a log is no place for what people said

    @event.listens_for(engine, "connect")
    def _durable(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes too late for savepoints
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_MS}"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A writer takes the lock first: one that reads before it writes is refused when another process wrote meanwhile.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _writes(connection) else "BEGIN")

    return engine


def _postgresql(url: URL) -> Engine:
    engine = create_engine(url, pool_pre_ping=True, pool_size=5, connect_args=_CONNECT, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _durable(connection: Any, _record: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('fsync'), current_setting('synchronous_commit')")
            fsync, commit = cursor.fetchone()
            if fsync != "on":
                raise DatabaseError("PostgreSQL runs with fsync = off and would lose reports: turn it on.")
            if commit in ("off", "local"):
                cursor.execute("SET synchronous_commit = on")
            for name, value in _PATIENCE.items():  # a server that hangs must not keep the others from writing
                cursor.execute(f"SET {name} = '{value}'")
        connection.commit()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if _writes(connection):
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ONE_WRITER})")

    return engine


def _writes(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get(WRITES, False))
