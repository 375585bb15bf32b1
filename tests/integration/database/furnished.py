"""A real SQLite file with a small town in it, as the server opens it; used by the tests and by the children they kill."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from tests.unit.server.town import CITY, RT1, SARI

from kentongan_server.domain.incident_kind import IncidentKind, Purpose
from kentongan_server.outbound.clock.system_clock import SystemClock, UlidIdentifiers
from kentongan_server.outbound.database.engine import migrate, open_database
from kentongan_server.outbound.database.transactions import DatabaseTransactions
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.stages import listeners
from kentongan_server.use_cases.governing.install_city import install_city
from kentongan_server.use_cases.reporting.take_report import Said, Taken, take_report

ROOT = Path(__file__).resolve().parents[3]


@contextmanager
def opened(place: Path | str) -> Iterator[DatabaseTransactions]:
    """The store in this SQLite file, or at this address, its tables made if need be."""
    engine = open_database(f"sqlite:///{place}" if isinstance(place, Path) else place)
    migrate(engine)
    transactions = DatabaseTransactions(engine, SystemClock(), UlidIdentifiers(), listeners())
    try:
        yield transactions
    finally:
        transactions.close()


async def furnish(transactions: DatabaseTransactions) -> None:
    """Install the town."""
    await transactions.run(lambda uow: install_city(uow, CITY))


async def report(transactions: DatabaseTransactions, name: str, text: str | None = None) -> Taken:
    """Bu Sari reports a theft; returns once it is durable."""
    said = Said(name, IncidentKind.THEFT, Purpose.ACTUAL, RT1, SARI, None, text, None, None)

    def job(uow: UnitOfWork) -> Taken:
        return take_report(uow, said)

    return await transactions.run(job)


def rows(path: Path, query: str, *values: Any) -> list[tuple[Any, ...]]:
    """What another reader finds in the file."""
    with closing(sqlite3.connect(path, timeout=20)) as connection:
        return connection.execute(query, values).fetchall()


def assert_whole(path: Path) -> None:
    """The file is sound, and no report is there without all that its transaction decided."""
    assert rows(path, "PRAGMA integrity_check") == [("ok",)]
    assert rows(path, "PRAGMA foreign_key_check") == []
    reports = rows(path, "SELECT id FROM reports")
    taken = rows(path, "SELECT json_extract(facts, '$.report') FROM timeline WHERE event = 'report_taken'")
    assert sorted(reports) == sorted(taken)
    for (incident,) in rows(path, "SELECT id FROM incidents"):
        found = rows(
            path,
            "SELECT (SELECT count(*) FROM reports WHERE incident = :i), (SELECT count(*) FROM alarms WHERE incident = :i),"
            " (SELECT count(*) FROM alarm_commands WHERE incident = :i), (SELECT count(*) FROM outbox WHERE incident = :i),"
            " (SELECT count(*) FROM timeline WHERE incident = :i AND event = 'forward_queued')".replace(":i", "?1"),
            incident,
        )
        assert found[0][0] >= 1
        assert found[0][1:] == (1, 3, 2, 2)
