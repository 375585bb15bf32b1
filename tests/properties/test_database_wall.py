"""The second wall by itself: whatever SQL says to the real schema, no forward stands beside a class it may not carry."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kentongan_server.domain.incident_kind import IncidentClass, IncidentKind
from kentongan_server.outbound.database.engine import migrate, open_database

CHANNELS = (
    "police_webhook", "police_cap", "police", "POLICE_WEBHOOK", "police_pigeon",
    "emergency_webhook", "emergency_cap", "emergency", "receipt", "pager",
)  # fmt: skip

channels = st.sampled_from(CHANNELS)
classes = st.sampled_from([*IncidentClass, "Crime", "crime ", ""])
kinds = st.sampled_from([*IncidentKind, "picnic"])
names = st.sampled_from(["a", "b", "c"])

statements = st.one_of(
    st.tuples(
        st.sampled_from(["INSERT", "INSERT OR REPLACE", "INSERT OR IGNORE"]).map(
            lambda verb: (
                f"{verb} INTO incidents (id, kind, class, purpose, region, status, opened_at) VALUES (?, ?, ?, 'actual', 'rt', 'reported', 0)"
            )
        ),
        st.tuples(names, kinds, classes),
    ),
    st.tuples(
        st.sampled_from(["INSERT", "INSERT OR REPLACE", "INSERT OR IGNORE"]).map(
            lambda verb: (
                f"{verb} INTO outbox (id, incident, channel, class, subject, body, state, attempts, paged, queued_at)"
                " VALUES (?, ?, ?, ?, '', '{}', 'pending', 0, 0, 0)"
            )
        ),
        st.tuples(names, names, channels, classes),
    ),
    st.tuples(st.just("UPDATE outbox SET channel = ?"), st.tuples(channels)),
    st.tuples(st.just("UPDATE outbox SET class = ?"), st.tuples(classes)),
    st.tuples(st.just("UPDATE outbox SET incident = ?, class = ?"), st.tuples(names, classes)),
    st.tuples(st.just("UPDATE incidents SET class = ?"), st.tuples(classes)),
    st.tuples(st.just("UPDATE incidents SET kind = ?"), st.tuples(kinds)),
    st.tuples(st.just("UPDATE incidents SET kind = ?, class = ? WHERE id = ?"), st.tuples(kinds, classes, names)),
    st.tuples(st.just("UPDATE incidents SET id = ?"), st.tuples(names)),
    st.tuples(st.just("DELETE FROM incidents WHERE id = ?"), st.tuples(names)),
    st.tuples(st.just("DELETE FROM outbox WHERE id = ?"), st.tuples(names)),
)

FOREIGN = """
SELECT outbox.channel, incidents.kind, incidents.class FROM outbox LEFT JOIN incidents ON incidents.id = outbox.incident
"""


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The SQL of the migrated schema."""
    path = tmp_path_factory.mktemp("schema") / "schema.sqlite3"
    engine = open_database(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return _dump(path)


def _dump(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        return "\n".join(connection.iterdump())


@contextmanager
def _database(schema: str) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript(schema)
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("INSERT INTO regions (code, name, latitude, longitude) VALUES ('rt', 'RT', 0, 0)")
    try:
        yield connection
    finally:
        connection.close()


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(history=st.lists(statements, min_size=2, max_size=20))
def test_no_statement_gets_a_foreign_class_past_the_schema(schema: str, history: list[tuple[str, Any]]) -> None:
    with _database(schema) as connection:
        for statement, values in history:
            try:
                connection.execute(statement, values)
            except sqlite3.IntegrityError:
                continue
        for channel, kind, incident_class in connection.execute(FOREIGN):
            if channel.lower().startswith("police"):
                assert IncidentKind(kind).incident_class == incident_class == "crime"
            elif channel.startswith("emergency"):
                assert IncidentKind(kind).incident_class == incident_class == "emergency"


@pytest.mark.parametrize("kind", IncidentKind)
@pytest.mark.parametrize("incident_class", IncidentClass)
def test_an_incident_has_the_class_of_its_kind(schema: str, kind: IncidentKind, incident_class: IncidentClass) -> None:
    insert = "INSERT INTO incidents (id, kind, class, purpose, region, status, opened_at) VALUES ('a', ?, ?, 'actual', 'rt', 'reported', 0)"
    with _database(schema) as connection:
        if kind.incident_class is incident_class:
            connection.execute(insert, (kind, incident_class))
        else:
            with pytest.raises(sqlite3.IntegrityError, match="class_of_kind"):
                connection.execute(insert, (kind, incident_class))
