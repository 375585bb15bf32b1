"""A long record stays quick: hot queries go by an index on both databases, and a copy of a running one is whole."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from itertools import count
from pathlib import Path

import pytest
from bench.fill_record import fill
from sqlalchemy import Engine, Insert, event, insert
from tests.integration.database.furnished import furnish, opened, report, rows
from tests.unit.server.town import RT1, SARI

from kentongan_server.domain.incident_kind import IncidentClass, Purpose
from kentongan_server.domain.notification import NotifyChannel
from kentongan_server.inbound.clock.ticker import SILENT_AFTER
from kentongan_server.outbound.database.backup import back_up
from kentongan_server.outbound.database.engine import DatabaseError, open_database
from kentongan_server.outbound.database.statement import Statement
from kentongan_server.outbound.database.tables import cameras
from kentongan_server.outbound.database.transactions import DatabaseTransactions
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.alarming.drill import drills_due
from kentongan_server.use_cases.alarming.raise_alarm import alarms_due
from kentongan_server.use_cases.alarming.retry_commands import due_orders
from kentongan_server.use_cases.alarming.schedule_drills import schedules_due
from kentongan_server.use_cases.alarming.sound_city import city_alarms_due
from kentongan_server.use_cases.alarming.spread_alarm import call_cities
from kentongan_server.use_cases.forwarding.present_again import present_unanswered_again
from kentongan_server.use_cases.forwarding.watch_forwards import page_for_unaccepted
from kentongan_server.use_cases.informing import deliver_notifications, publish
from kentongan_server.use_cases.informing.tell_people import tell_due_waves
from kentongan_server.use_cases.responding.resolve import close_resolved
from kentongan_server.use_cases.supervising.note_state import find_silent_nodes

pytestmark = pytest.mark.real

LONG, SHORT = 3000, 300
LONG_TABLES = ("incidents", "reports", "timeline", "alarms", "alarm_commands", "outbox", "notifications", "cameras")
DECISIONS: tuple[Callable[[UnitOfWork], object], ...] = (
    tell_due_waves,
    alarms_due,
    city_alarms_due,
    schedules_due,
    call_cities,
    drills_due,
    close_resolved,
    page_for_unaccepted,
    present_unanswered_again,
    due_orders,
    lambda uow: find_silent_nodes(uow, SILENT_AFTER),
    lambda uow: deliver_notifications.begin(uow, NotifyChannel.WEB_PUSH, 10),
    lambda uow: publish.begin(uow, 10, []),
    lambda uow: uow.timeline.after(uow.timeline.last_seq() - 100, 100),
)


def what_runs_all_the_time(uow: UnitOfWork) -> None:
    now = uow.now()
    uow.timeline.after(uow.timeline.last_seq(), 100)
    uow.timeline.of_incident("old-000000001")
    uow.timeline.has("old-000000001", "human_paged")
    uow.record.head()
    uow.incidents.open_incident(RT1, IncidentClass.CRIME, Purpose.ACTUAL, now)
    uow.incidents.reports_of("old-000000001")
    uow.incidents.newest(None, 50)
    uow.surroundings.cameras_of(RT1)
    uow.alarms.commands_due(now, 100)
    uow.alarms.alarm_of("old-000000001")
    uow.outbox.due(now, 100)
    uow.outbox.unaccepted_since(now)
    due_orders(uow)


def a_camera(number: int) -> dict[str, object]:
    plain = {"name": "Gang", "latitude": -6.98, "longitude": 110.41, "representative": True, "health": "working"}
    return {"id": f"cam-{number}", "region": f"33.74.01.1001/RW01/RT{number % 10 + 1:02d}", **plain}


@pytest.fixture(params=["sqlite", "postgresql"])
def long_record(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database with many incidents of the past."""
    is_sqlite = request.param == "sqlite"
    address = f"sqlite:///{tmp_path / 'long.sqlite3'}" if is_sqlite else request.getfixturevalue("postgresql").new()
    fill(address, LONG)
    engine = open_database(address)
    with engine.begin() as connection:
        connection.execute(insert(cameras), [a_camera(number) for number in range(LONG)])
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


async def test_what_runs_all_the_time_takes_no_more_steps_with_a_long_record(tmp_path: Path) -> None:
    """A plan may name an index and go through all of it: SQLite's own steps tell."""
    taken: dict[int, list[int]] = {}
    for many in (SHORT, LONG):
        address = f"sqlite:///{tmp_path / f'{many}.sqlite3'}"
        fill(address, many)
        with opened(address) as transactions:
            await furnish(transactions)
            taken[many] = [await transactions.run(partial(steps, decision)) for decision in DECISIONS]
            taken[many].append(await transactions.run(partial(steps, what_runs_all_the_time)))
    grown = [(short, long) for short, long in zip(taken[SHORT], taken[LONG], strict=True) if long > 1.5 * short + 50]
    assert grown == [], taken


def steps(decision: Callable[[UnitOfWork], object], uow: UnitOfWork) -> int:
    """How many steps of SQLite's machine the decision takes, by tens."""
    counted = count()
    connection = uow.incidents._connection.connection.driver_connection  # type: ignore[attr-defined]
    connection.set_progress_handler(lambda: next(counted) and 0, 10)
    decision(uow)
    connection.set_progress_handler(None, 0)
    return next(counted)


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
