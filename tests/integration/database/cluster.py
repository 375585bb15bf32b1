"""A PostgreSQL of the tests' own: a cluster in a folder that is gone afterwards, on a socket in it, durable as a real one.

`postgres` refuses to run as root, so root starts it as another user. It ends with the process that started it, however
that one ends: a shell between them waits for its standard input to close.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from kentongan_server.outbound.database.engine import migrate, open_database
from kentongan_server.outbound.database.tables import metadata

_UNTIL_WE_END = 'exec 3<&0; "$0" "$@" </dev/null & child=$!; (read -r _ <&3; kill -INT $child) & wait $child'
_START_S = 30


class Cluster:
    """Databases on one socket."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket
        self._numbers = count(1)
        self._migrated: str | None = None

    def new(self) -> str:
        """The address of a new database without any table."""
        name = f"town_{next(self._numbers)}"
        with self._session("postgres") as session:
            session.execute(f"CREATE DATABASE {name}")  # type: ignore[call-overload]
        return f"postgresql://kentongan@/{name}?host={self._socket}"

    def emptied(self) -> str:
        """The address of the one database that has every table and no row; whoever asks next gets it empty again."""
        if self._migrated is None:
            self._migrated = self.new()
            engine = open_database(self._migrated)
            migrate(engine)
            engine.dispose()
            return self._migrated
        with self._session(make_url(self._migrated).database or "") as session:
            session.execute("SET session_replication_role = replica")  # no trigger and no foreign key in the way
            for table in metadata.sorted_tables:
                session.execute(f"DELETE FROM {table.name}")  # type: ignore[call-overload]  # noqa: S608
        return self._migrated

    def execute(self, statement: str) -> None:
        """Run one statement outside of any transaction and any of our databases."""
        with self._session("postgres") as session:
            session.execute(statement)  # type: ignore[call-overload]

    def _session(self, database: str) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(host=str(self._socket), user="kentongan", dbname=database, autocommit=True)


@contextmanager
def running_cluster(postgres: Path) -> Iterator[Cluster]:
    """A cluster made with the programs beside `postgres`."""
    memory = Path("/dev/shm")  # noqa: S108  # a folder of ours is made in it
    folder = Path(tempfile.mkdtemp(prefix="kentongan-pg-", dir=memory if os.access(memory, os.W_OK) else None))
    user = _somebody() if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)
    data = folder / "data"
    try:
        subprocess.run(
            [postgres.with_name("initdb"), "-D", data, "-U", "kentongan", "-A", "trust", "-E", "UTF8", "--locale=C"],
            check=True,
            capture_output=True,
            user=user,
            cwd=folder,
        )
        settings = {"listen_addresses": "", "unix_socket_directories": folder, "max_connections": 60, "jit": "off"}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        command = ["sh", "-c", _UNTIL_WE_END, postgres, "-D", data, *options]
        log = (folder / "log").open("wb")
        with (
            log,
            subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=log, stderr=log, user=user, cwd=folder, start_new_session=True
            ) as process,
        ):
            ready = [postgres.with_name("pg_isready"), "-q", "-h", folder]
            for _ in range(_START_S * 20):
                if subprocess.run(ready, check=False).returncode == 0:
                    break
                try:
                    process.wait(0.05)
                except subprocess.TimeoutExpired:
                    continue
                raise AssertionError((folder / "log").read_text())
            try:
                yield Cluster(folder)
            finally:
                assert process.stdin is not None
                process.stdin.close()
                process.wait(_START_S)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _somebody() -> str:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise AssertionError("root needs a user `postgres` or `nobody` to run PostgreSQL as")
