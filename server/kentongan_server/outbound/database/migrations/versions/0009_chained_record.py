"""Every entry of the record chained to the one before it, with checkpoints, and guards before every change.

What was written earlier is chained as it stands: from now on nobody can change it unseen.
"""

import hashlib
import json
import secrets

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

PAGE = 2000
FIRST = ("seq", "at", "event", "incident", "region", "actor", "facts")
SAME = ("seq", "at", "event", "incident", "region", "commitment", "hash")
REFUSE = "SELECT RAISE(ABORT, 'the record is append-only'); END"
BEGUN = "EXISTS (SELECT 1 FROM record_beginnings WHERE record_beginnings.seq >= OLD.seq)"
OTHERS = ("checkpoints", "record_beginnings")


def upgrade() -> None:
    op.create_table(
        "checkpoints",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("signature", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_checkpoints")),
    )
    op.create_index(op.f("ix_checkpoints_seq"), "checkpoints", ["seq"])
    op.create_table(
        "record_beginnings",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_record_beginnings")),
    )
    if _is_postgresql():
        op.add_column("timeline", sa.Column("salt", sa.String(length=32)))
        op.add_column("timeline", sa.Column("commitment", sa.String(length=64)))
        op.add_column("timeline", sa.Column("hash", sa.String(length=64)))
        _chain_in_place()
        op.alter_column("timeline", "commitment", nullable=False)
        op.alter_column("timeline", "hash", nullable=False)
    else:
        _write_anew(
            sa.Column("salt", sa.String(length=32), nullable=True),
            sa.Column("commitment", sa.String(length=64), nullable=False),
            sa.Column("hash", sa.String(length=64), nullable=False),
        )
    op.create_index("ix_timeline_actor", "timeline", ["actor"])
    for statement in _guards():
        op.execute(statement)


def downgrade() -> None:
    if _is_postgresql():
        for table in ("timeline", *OTHERS):
            op.execute(f"DROP TRIGGER {table}_is_not_emptied ON {table}")
        for name in ("timeline_is_not_changed", "timeline_is_not_shortened"):
            op.execute(f"DROP TRIGGER {name} ON timeline")
        for table in OTHERS:
            op.execute(f"DROP TRIGGER {table}_keep ON {table}")
        op.execute("DROP FUNCTION record_is_append_only()")
        op.execute("DROP FUNCTION record_was_begun_anew()")
        op.drop_index("ix_timeline_actor", "timeline")
        for column in ("hash", "commitment", "salt"):
            op.drop_column("timeline", column)
    else:
        op.execute("DROP TRIGGER timeline_is_not_changed")
        op.execute("DROP TRIGGER timeline_is_not_shortened")
        op.drop_index("ix_timeline_actor", "timeline")
        _write_anew()
    op.drop_table("record_beginnings")
    op.drop_index(op.f("ix_checkpoints_seq"), "checkpoints")
    op.drop_table("checkpoints")


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _pages(table: str):
    after = -1
    query = sa.text(f"SELECT {', '.join(FIRST)} FROM {table} WHERE seq > :after ORDER BY seq LIMIT {PAGE}")  # noqa: S608
    while rows := op.get_bind().execute(query, {"after": after}).mappings().all():
        yield [dict(row) for row in rows]
        after = rows[-1]["seq"]


def _digest(*parts) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def _chained(rows, previous):
    for row in rows:
        row["salt"] = secrets.token_hex(16)
        row["commitment"] = _digest(row["salt"], row["actor"], row["facts"])
        said = _digest(*(row[name] for name in ("seq", "at", "event", "incident", "region", "commitment")))
        previous = row["hash"] = hashlib.sha256(f"{previous}{said}".encode()).hexdigest()
    return previous


def _chain_in_place() -> None:
    previous = "0" * 64
    update = sa.text("UPDATE timeline SET salt = :salt, commitment = :commitment, hash = :hash WHERE seq = :seq")
    for rows in _pages("timeline"):
        previous = _chained(rows, previous)
        op.get_bind().execute(update, rows)


def _write_anew(*more: sa.Column) -> None:
    """SQLite cannot add a column that must be filled: the table is written anew."""
    op.drop_index(op.f("ix_timeline_incident"), "timeline")
    op.rename_table("timeline", "timeline_before")
    made = op.create_table(
        "timeline",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.String(length=32), nullable=False),
        sa.Column("incident", sa.String(length=64), nullable=True),
        sa.Column("region", sa.String(length=64), nullable=True),
        sa.Column("actor", sa.String(length=64), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        *more,
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_timeline")),
    )
    previous = "0" * 64
    for rows in _pages("timeline_before"):
        if more:
            previous = _chained(rows, previous)
        op.bulk_insert(made, rows)
    op.drop_table("timeline_before")
    op.create_index(op.f("ix_timeline_incident"), "timeline", ["incident"])


def _guards() -> list[str]:
    if _is_postgresql():
        same = " AND ".join(["NEW.salt IS NULL", *(f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in SAME)])
        call = "EXECUTE FUNCTION record_is_append_only()"
        return [
            (
                "CREATE FUNCTION record_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION 'the record is append-only'; END $$"
            ),
            f"CREATE TRIGGER timeline_is_not_changed BEFORE UPDATE ON timeline FOR EACH ROW WHEN (NOT ({same})) {call}",
            (
                "CREATE FUNCTION record_was_begun_anew() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN IF {BEGUN} THEN RETURN OLD; END IF; RAISE EXCEPTION 'the record is append-only'; END $$"
            ),
            (
                "CREATE TRIGGER timeline_is_not_shortened BEFORE DELETE ON timeline FOR EACH ROW"
                " EXECUTE FUNCTION record_was_begun_anew()"
            ),
            *(
                f"CREATE TRIGGER {table}_is_not_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {call}"
                for table in ("timeline", *OTHERS)
            ),
            *(
                f"CREATE TRIGGER {table}_keep BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {call}"
                for table in OTHERS
            ),
        ]
    same = " AND ".join(["NEW.salt IS NULL", *(f"NEW.{name} IS OLD.{name}" for name in SAME)])
    return [
        f"CREATE TRIGGER timeline_is_not_changed BEFORE UPDATE ON timeline WHEN NOT ({same}) BEGIN {REFUSE}",
        f"CREATE TRIGGER timeline_is_not_shortened BEFORE DELETE ON timeline WHEN NOT {BEGUN} BEGIN {REFUSE}",
        *(
            f"CREATE TRIGGER {table}_keep_{verb.lower()} BEFORE {verb} ON {table} BEGIN {REFUSE}"
            for table in OTHERS
            for verb in ("UPDATE", "DELETE")
        ),
    ]
