"""Every step of the migrations, up and down, on both databases, with a town and what happened in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text
from tests.integration.database.cluster import Cluster
from tests.integration.database.furnished import furnish, opened, report

import kentongan_server.outbound.database as database_room
from kentongan_server.outbound.database.engine import migrate, migrate_down, newest_revision, open_database, writing
from kentongan_server.outbound.database.tables import metadata

pytestmark = pytest.mark.real

SCRIPTS = ScriptDirectory(str(Path(database_room.__path__[0]) / "migrations"))
STEPS = [script.revision for script in SCRIPTS.walk_revisions()][::-1]
FIRST = ("regions", "nodes", "people", "memberships", "incidents", "reports", "alarms", "alarm_commands", "outbox")
PARTIAL = {"ix_alarms_due", "ix_alarm_commands_due", "ix_alarm_commands_open", "ix_outbox_due"}


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'town.sqlite3'}"
    cluster: Cluster = request.getfixturevalue("postgresql")
    return cluster.new()


@pytest.fixture
def engine(address: str) -> Iterator[Engine]:
    engine = open_database(address)
    yield engine
    engine.dispose()


def differences(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return list(compare_metadata(context, metadata))


def constraints(engine: Engine) -> dict[str, object]:
    """Checks, foreign keys and unique constraints, which the comparison above does not see, as the database says them."""
    look = inspect(engine)
    return {
        name: (
            sorted((c["name"], c["sqltext"]) for c in look.get_check_constraints(name)),
            sorted(
                (f["name"], str(f["constrained_columns"]), f["referred_table"]) for f in look.get_foreign_keys(name)
            ),
            sorted((u["name"], str(u["column_names"])) for u in look.get_unique_constraints(name)),
            sorted(
                (i["name"], sorted(f"{k}: {v}" for k, v in i.get("dialect_options", {}).items()))
                for i in look.get_indexes(name)
            ),
        )
        for name in look.get_table_names()
        if name != "alembic_version"
    }


def contents(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """What the first tables hold, in the columns that they have had from the beginning."""
    found = {}
    with engine.connect() as connection:
        for name in (*FIRST, "timeline"):
            columns = ", ".join(_FIRST_COLUMNS[name])
            rows = connection.execute(text(f"SELECT {columns} FROM {name}"))  # noqa: S608
            found[name] = sorted((tuple(row) for row in rows), key=repr)
    return found


_FIRST_COLUMNS: dict[str, list[str]] = {}


@pytest.fixture(autouse=True, scope="module")
def _first_columns(tmp_path_factory: pytest.TempPathFactory) -> None:
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('first') / 'first.sqlite3'}")
    migrate(engine, STEPS[0])
    look = inspect(engine)
    _FIRST_COLUMNS.update({name: [c["name"] for c in look.get_columns(name)] for name in look.get_table_names()})
    engine.dispose()


def test_there_is_one_line_of_migrations() -> None:
    assert len(SCRIPTS.get_heads()) == 1
    assert newest_revision() == SCRIPTS.get_current_head()  # read from the files, so that a start need not ask alembic


def test_a_database_one_step_behind_is_brought_up_and_one_that_is_not_is_left_alone(engine: Engine) -> None:
    migrate(engine, STEPS[-2])
    migrate(engine)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
    assert found == [STEPS[-1]]
    assert differences(engine) == []
    with writing(engine) as writer, writer.begin():
        migrate(engine)  # or it would wait for this writer


def test_the_migrations_make_what_the_tables_say(
    engine: Engine, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    migrate(engine)
    assert differences(engine) == []
    if engine.dialect.name == "sqlite":
        made = open_database(f"sqlite:///{tmp_path / 'made.sqlite3'}")
    else:
        made = open_database(request.getfixturevalue("postgresql").new())
    metadata.create_all(made)
    assert constraints(engine) == constraints(made)
    made.dispose()


async def test_every_step_down_and_up_keeps_what_happened(engine: Engine, address: str) -> None:
    """From the newest to the first and back, one step at a time."""
    with opened(address) as transactions:
        await furnish(transactions)
        await report(transactions, "r-1", "Dua orang, motor hitam")
    made, before = constraints(engine), contents(engine)
    assert all(before[name] for name in (*FIRST, "timeline"))
    for revision in STEPS[-2::-1]:
        migrate_down(engine, revision)
        assert contents(engine) == before, revision
    for revision in STEPS[1:]:
        migrate(engine, revision)
        assert contents(engine) == before, revision
    assert constraints(engine) == made
    assert differences(engine) == []
    with opened(address) as transactions:  # and it goes on
        assert (await report(transactions, "r-1")).repeated
        assert not (await report(transactions, "r-2")).repeated


async def test_down_to_nothing_and_up_again(engine: Engine, address: str) -> None:
    with opened(address) as transactions:
        await furnish(transactions)
        await report(transactions, "r-1")
    migrate_down(engine, "base")
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    with opened(address) as transactions:
        await furnish(transactions)
        assert not (await report(transactions, "r-1")).repeated


@pytest.mark.parametrize("table", ["outbox", "alarm_commands"])
def test_a_migration_that_breaks_leaves_nothing_half_done(engine: Engine, table: str) -> None:
    """A table in the way of a late one: the earlier ones are not there either."""
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE TABLE {table} (in_the_way INTEGER)")
    with pytest.raises(Exception, match="already exists"):
        migrate(engine)
    assert inspect(engine).get_table_names() == [table]


def test_what_waits_has_an_index_of_its_own(engine: Engine) -> None:
    migrate(engine)
    look = inspect(engine)
    found = {
        index["name"]
        for name in look.get_table_names()
        for index in look.get_indexes(name)
        if index.get("dialect_options", {}).get(f"{engine.dialect.name}_where") is not None
    }
    assert found >= PARTIAL
