"""The database itself refuses to change the record: triggers stand before every change but a lawful erasure or pruning.

Whoever owns the database can take them away; then the chain and its checkpoints tell.
"""

from sqlalchemy import DDL, Table, event

_SAME = ("seq", "at", "event", "incident", "region", "commitment", "hash")
_SQLITE_ERASES = " AND ".join(["NEW.salt IS NULL", *(f"NEW.{name} IS OLD.{name}" for name in _SAME)])
_POSTGRESQL_ERASES = " AND ".join(
    ["NEW.salt IS NULL", *(f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in _SAME)]
)
_BEGUN = "EXISTS (SELECT 1 FROM record_beginnings WHERE record_beginnings.seq >= OLD.seq)"

CREATE = {
    "sqlite": (
        (
            f"CREATE TRIGGER timeline_is_not_changed BEFORE UPDATE ON timeline WHEN NOT ({_SQLITE_ERASES}) "
            "BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END"
        ),
        (
            f"CREATE TRIGGER timeline_is_not_shortened BEFORE DELETE ON timeline WHEN NOT {_BEGUN} "
            "BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END"
        ),
        *(
            f"CREATE TRIGGER {table}_keep_{verb.lower()} BEFORE {verb} ON {table} "
            "BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END"
            for table in ("checkpoints", "record_beginnings")
            for verb in ("UPDATE", "DELETE")
        ),
    ),
    "postgresql": (
        (
            "CREATE OR REPLACE FUNCTION record_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the record is append-only'; END $$"
        ),
        (
            f"CREATE TRIGGER timeline_is_not_changed BEFORE UPDATE ON timeline FOR EACH ROW WHEN (NOT ({_POSTGRESQL_ERASES}))"
            " EXECUTE FUNCTION record_is_append_only()"
        ),
        (
            "CREATE OR REPLACE FUNCTION record_was_begun_anew() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN IF {_BEGUN} THEN RETURN OLD; END IF; RAISE EXCEPTION 'the record is append-only'; END $$"
        ),
        (
            "CREATE TRIGGER timeline_is_not_shortened BEFORE DELETE ON timeline FOR EACH ROW"
            " EXECUTE FUNCTION record_was_begun_anew()"
        ),
        *(
            f"CREATE TRIGGER {table}_is_not_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT"
            " EXECUTE FUNCTION record_is_append_only()"
            for table in ("timeline", "checkpoints", "record_beginnings")
        ),
        *(
            f"CREATE TRIGGER {table}_keep BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW"
            " EXECUTE FUNCTION record_is_append_only()"
            for table in ("checkpoints", "record_beginnings")
        ),
    ),
}


def guard(last: Table) -> None:
    """Set the guards up once `last`, the last of the record's tables, is made."""
    for dialect, statements in CREATE.items():
        for statement in statements:
            event.listen(last, "after_create", DDL(statement).execute_if(dialect=dialect))  # type: ignore[no-untyped-call]
