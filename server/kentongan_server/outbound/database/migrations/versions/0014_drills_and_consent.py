"""Drills that are held regularly; what people agreed to, who asked to be forgotten, and passwords that work once."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_DUE = sa.text("due_at IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "drill_schedules",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("region", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("week", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("begins", sa.String(length=5), nullable=False),
        sa.Column("set_by", sa.String(length=64), nullable=False),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["region"], ["regions.code"], name=op.f("fk_drill_schedules_region")),
        sa.ForeignKeyConstraint(["set_by"], ["people.id"], name=op.f("fk_drill_schedules_set_by")),
        sa.ForeignKeyConstraint(["ended_by"], ["people.id"], name=op.f("fk_drill_schedules_ended_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drill_schedules")),
    )
    op.create_index(
        "ix_drill_schedules_due",
        "drill_schedules",
        ["due_at"],
        unique=False,
        sqlite_where=_DUE,
        postgresql_where=_DUE,
    )
    op.create_table(
        "consents",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("agreed_at", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name=op.f("fk_consents_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index("ix_consents_person", "consents", ["person"], unique=False)
    op.create_table(
        "erasures",
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name=op.f("fk_erasures_person")),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_erasures")),
    )
    op.create_index("ix_erasures_due", "erasures", ["due_at"], unique=False)
    op.add_column("logins", sa.Column("one_time", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("logins", "one_time")
    op.drop_index("ix_erasures_due", table_name="erasures")
    op.drop_table("erasures")
    op.drop_index("ix_consents_person", table_name="consents")
    op.drop_table("consents")
    op.drop_index("ix_drill_schedules_due", table_name="drill_schedules")
    op.drop_table("drill_schedules")
