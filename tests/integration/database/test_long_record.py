"""A long record stays quick: hot queries go by an index on both databases, and a copy of a running one is whole."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from bench.fill_record import fill
from sqlalchemy import Engine, Insert, event
from tests.integration.database.furnished import furnish, opened, report, rows
from tests.unit.server.town import RT1, SARI

from kentongan_server.domain.incident_kind import IncidentClass, Purpose
from kentongan_server.outbound.database.backup import back_up
from kentongan_server.outbound.database.engine import DatabaseError, open_database
from kentongan_server.outbound.database.statement import Statement
from kentongan_server.outbound.database.transactions import DatabaseTransactions
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.alarming.retry_commands import due_orders

pytestmark = pytest.mark.real

LONG = 3000
LONG_TABLES = ("incidents", "reports", "timeline")


def what_runs_all_the_time(uow: UnitOfWork) -> None:
    now = uow.now()
    uow.timeline.last_seq()
    uow.timeline.after(LONG, 100)
    uow.timeline.of_incident("old-000000001")
    uow.timeline.has("old-000000001", "human_paged")
    uow.record.head()
    uow.incidents.open_incident(RT1, IncidentClass.CRIME, Purpose.ACTUAL, now)
    uow.incidents.reports_of("old-000000001")
    uow.incidents.newest(None, 50)
    uow.alarms.commands_due(now, 100)
    uow.alarms.alarm_of("old-000000001")
    uow.outbox.due(now, 100)
    uow.outbox.unaccepted_since(now)
    due_orders(uow)


@pytest.fixture(params=["sqlite", "postgresql"])
def long_record(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database with many incidents of the past."""
    is_sqlite = request.param == "sqlite"
    address = f"sqlite:///{tmp_path / 'long.sqlite3'}" if is_sqlite else request.getfixturevalue("postgresql").new()
    fill(address, LONG)
    engine = open_database(address)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    yield engine
    engine.dispose()


async def test_hot_queries_go_by_an_index(long_record: Engine) -> None:
    asked: list[tuple[str, object]] = []

    def note(_c: object, _cursor: object, statement: str, parameters: object, _x: object, many: bool) -> None:
        if statement.startswith(("SELECT", "UPDATE")) and not many:
            asked.append((statement, parameters))

    with opened(str(long_record.url.render_as_string(hide_password=False))) as transactions:
        await furnish(transactions)
        assert isinstance(transactions, DatabaseTransactions)
        event.listen(transactions._engine, "before_cursor_execute", note)
        await transactions.run(what_runs_all_the_time)
        event.remove(transactions._engine, "before_cursor_execute", note)
    hot = [one.spoken(long_record.dialect) for one in Statement.known if not isinstance(one.written, Insert)]
    asked += [(one.sql, one.bind(dict.fromkeys(one.asked, "0"))) for one in hot]
    assert len(asked) > 15
    is_sqlite = long_record.dialect.name == "sqlite"
    slow = []
    with long_record.connect() as connection:
        for statement, parameters in asked:
            explain = "EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN "
            plan = [str(row) for row in connection.exec_driver_sql(explain + statement, parameters)]
            if (
                is_sqlite
                and "ORDER BY timeline.seq DESC" in statement
                and not any("TEMP B-TREE" in row for row in plan)
            ):
                continue  # SQLite calls a look at the last row by its key a scan
            scan = "SCAN {}" if is_sqlite else "Seq Scan on {} "
            if any(scan.format(table) in row and " USING " not in row for table in LONG_TABLES for row in plan):
                slow.append((statement, plan))  # it would be read backwards otherwise
    assert slow == []


async def test_a_copy_of_a_running_record_is_whole(tmp_path: Path) -> None:
    path, copy = tmp_path / "town.sqlite3", tmp_path / "copy.sqlite3"
    with opened(path) as transactions:
        await furnish(transactions)
        await report(transactions, "r-before")

        async def write() -> None:
            for number in range(30):
                await report(transactions, f"r-{number}")

        await asyncio.gather(write(), asyncio.to_thread(back_up, f"sqlite:///{path}", copy))
    assert ("r-before",) in rows(copy, "SELECT id FROM reports")
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    with opened(copy) as restored:  # a copy is a record: it goes on, and the chain goes on with it
        assert (await report(restored, "r-before")).repeated
        assert SARI.id in repr(await restored.read(lambda uow: uow.record.links(0, 10_000)))


def test_what_cannot_be_copied_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("")
    for address, file, word in (
        ("postgresql://somebody@localhost/x", "new", "pg_dump"),
        (f"sqlite:///{tmp_path / 'nothing.sqlite3'}", "new", "no database"),
        (f"sqlite:///{tmp_path / 'nothing.sqlite3'}", "there", "never overwrites"),
        ("mysql://x", "new", "must be"),
    ):
        with pytest.raises(DatabaseError, match=word):
            back_up(address, tmp_path / file)
