"""The tables as they are made: by migrations that go both ways, and durable by their settings."""

import re
from datetime import date
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine
from tests.integration.database.furnished import furnish, opened, report, rows

from kentongan_server.domain.place import Region, unheard_node
from kentongan_server.domain.surroundings import Adjacency, Basis, Camera, Site, SiteKind
from kentongan_server.outbound.database.engine import BUSY_MS, migrate, migrate_down, open_database
from kentongan_server.outbound.database.tables import metadata
from kentongan_server.ports.unit_of_work import UnitOfWork

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


async def test_down_and_up_again_with_a_whole_city_in_it(engine: Engine, path: Path) -> None:
    """Regions with history, neighbours, sites and cameras: what hangs on what is taken down in the right order."""
    old, new, beside = (f"33.74.01.1001/RW01/RT0{number}" for number in (7, 8, 9))

    def build(uow: UnitOfWork) -> None:
        uow.places.put_regions([Region(code, "RT", -6.98, 110.41) for code in (new, beside)])
        uow.places.put_region(Region(old, "RT", -6.98, 110.41, valid_until=date(2026, 1, 1), households=55))
        uow.places.put_successors(old, [new])
        uow.surroundings.put_adjacencies([Adjacency(new, beside, 90, Basis.SUGGESTED)])
        uow.surroundings.put_sites([Site("pos-1", new, SiteKind.GUARD_POST, "Pos")])
        uow.surroundings.put_cameras([Camera("cam-1", new, "Gapura", -6.98, 110.41)])
        uow.places.put_node(unheard_node("ktg-7", new, site="pos-1"))

    for _ in range(2):
        with opened(path) as transactions:
            await transactions.run(build)
        assert rows(path, "SELECT site FROM nodes WHERE id = 'ktg-7'") == [("pos-1",)]
        migrate_down(engine, "base")
        assert tables(path) == {}


async def test_migrating_what_is_up_to_date_changes_nothing(engine: Engine, path: Path) -> None:
    with opened(path) as transactions:
        await furnish(transactions)
        await report(transactions, "r-1")
    before = rows(path, "SELECT * FROM timeline")
    migrate(engine)
    assert rows(path, "SELECT * FROM timeline") == before


def test_every_connection_is_durable(engine: Engine) -> None:
    """WAL survives in the file; the others are each connection's own, so each one of the pool is asked."""
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": BUSY_MS}
    connections = [engine.connect() for _ in range(3)]
    for connection in connections:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted}
        assert found == wanted
    for connection in connections:
        connection.close()
