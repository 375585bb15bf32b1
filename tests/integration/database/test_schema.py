"""The tables as they are made: by migrations that go both ways, and durable by their settings."""

import re
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine
from tests.integration.database.furnished import assert_whole, furnish, opened, report, rows

import kentongan_server.outbound.database as database_room
from kentongan_server.outbound.database.engine import BUSY_MS, migrate, open_database
from kentongan_server.outbound.database.tables import metadata

pytestmark = pytest.mark.real


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "town.sqlite3"


@pytest.fixture
def engine(path: Path) -> Engine:
    return open_database(f"sqlite:///{path}")


def tables(path: Path) -> dict[str, set[str]]:
    """Every table and index of a file, each as the set of its clauses."""
    found = {}
    for name, sql in rows(
        path, "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name != 'alembic_version'"
    ):
        head, _, body = sql.partition("(")
        clauses = re.split(r",\s*(?![^()]*\))", body.strip()[:-1])
        found[name] = {" ".join(clause.split()).replace('"', "") for clause in [head, *clauses]}
    return found


def test_the_migrations_make_what_the_tables_say(engine: Engine, path: Path, tmp_path: Path) -> None:
    migrate(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []
    made = create_engine(f"sqlite:///{tmp_path / 'made.sqlite3'}")
    metadata.create_all(made)
    made.dispose()
    assert tables(path) == tables(tmp_path / "made.sqlite3"), "constraints, which the comparison above does not see"


async def test_up_down_and_up_again_with_a_town_in_it(engine: Engine, path: Path) -> None:
    for _ in range(2):
        with opened(path) as transactions:
            await furnish(transactions)
            await report(transactions, "r-1")
        assert_whole(path)
        made = tables(path)
        migrate(engine, "base")
        assert tables(path) == {}
        migrate(engine)
        assert tables(path) == made
        assert rows(path, "SELECT count(*) FROM reports") == [(0,)]


async def test_migrating_what_is_up_to_date_changes_nothing(engine: Engine, path: Path) -> None:
    with opened(path) as transactions:
        await furnish(transactions)
        await report(transactions, "r-1")
    before = rows(path, "SELECT * FROM timeline")
    migrate(engine)
    assert rows(path, "SELECT * FROM timeline") == before


def test_a_migration_that_breaks_leaves_nothing_half_done(engine: Engine, path: Path) -> None:
    """A table in the way of the eighth one: the first seven are not there either."""
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE outbox (in_the_way INTEGER)")
    with pytest.raises(Exception, match="outbox already exists"):
        migrate(engine)
    assert set(tables(path)) == {"outbox"}
    assert rows(path, "SELECT name FROM sqlite_master WHERE name = 'alembic_version'") == []


def test_there_is_one_line_of_migrations() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(database_room.__path__[0]) / "migrations"))
    assert len(ScriptDirectory.from_config(config).get_heads()) == 1


def test_every_connection_is_durable(engine: Engine) -> None:
    """WAL survives in the file; the others are each connection's own, so each one of the pool is asked."""
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": BUSY_MS}
    connections = [engine.connect() for _ in range(3)]
    for connection in connections:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted}
        assert found == wanted
    for connection in connections:
        connection.close()
