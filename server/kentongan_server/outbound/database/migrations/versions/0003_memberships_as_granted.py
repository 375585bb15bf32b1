"""Memberships with a period, a grantor and an end; PINs."""

import time

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.String(length=64)


def _plain() -> tuple[sa.Column, ...]:
    return (
        sa.Column("person", ID, nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("region", ID, nullable=True),
        sa.Column("vouched", sa.Boolean(), nullable=False),
    )


def upgrade() -> None:
    kept = _take_away()
    memberships = op.create_table(
        "memberships",
        sa.Column("id", sa.String(length=72), nullable=False),
        *_plain(),
        sa.Column("valid_from", sa.BigInteger(), nullable=True),
        sa.Column("valid_until", sa.BigInteger(), nullable=True),
        sa.Column("granted_by", ID, nullable=True),
        sa.Column("granted_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_by", ID, nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("granted_by <> person", name=op.f("ck_memberships_nobody_grants_to_themselves")),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name=op.f("fk_memberships_person")),
        sa.ForeignKeyConstraint(["region"], ["regions.code"], name=op.f("fk_memberships_region")),
        sa.ForeignKeyConstraint(["granted_by"], ["people.id"], name=op.f("fk_memberships_granted_by")),
        sa.ForeignKeyConstraint(["revoked_by"], ["people.id"], name=op.f("fk_memberships_revoked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
    )
    _bring_back(memberships, [{"id": f"installed-{n}", **row} for n, row in enumerate(kept)])
    op.create_table(
        "pins",
        sa.Column("person", ID, nullable=False),
        sa.Column("own_hash", sa.Text(), nullable=False),
        sa.Column("duress_hash", sa.Text(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("tried_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name=op.f("fk_pins_person")),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_pins")),
    )


def downgrade() -> None:
    """What holds now stays; what has ended or begins later is not known to the older tables, and goes."""
    op.drop_table("pins")
    now = time.time_ns() // 1_000_000
    kept = _take_away(
        "WHERE revoked_at IS NULL AND (valid_from IS NULL OR valid_from <= :now)"
        " AND (valid_until IS NULL OR valid_until > :now)",
        now=now,
    )
    memberships = op.create_table(
        "memberships",
        *_plain(),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name=op.f("fk_memberships_person")),
        sa.ForeignKeyConstraint(["region"], ["regions.code"], name=op.f("fk_memberships_region")),
    )
    _bring_back(memberships, kept)


def _take_away(where: str = "", **values: int) -> list[dict[str, object]]:
    query = sa.text(f"SELECT person, role, region, vouched FROM memberships {where}")  # noqa: S608  # our own words
    rows = op.get_bind().execute(query, values).mappings().all()
    op.drop_index("ix_memberships_person", table_name="memberships")
    op.drop_index("ix_memberships_region", table_name="memberships")
    op.drop_table("memberships")
    return [{**row, "vouched": bool(row["vouched"])} for row in rows]


def _bring_back(memberships: sa.Table, rows: list[dict[str, object]]) -> None:
    if rows:
        op.bulk_insert(memberships, rows)
    op.create_index(op.f("ix_memberships_person"), "memberships", ["person"], unique=False)
    op.create_index(op.f("ix_memberships_region"), "memberships", ["region"], unique=False)
