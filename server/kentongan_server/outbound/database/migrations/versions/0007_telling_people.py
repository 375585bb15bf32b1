"""Where people are reached, what they prefer, whom to tell when, and how it went."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ID = sa.String(length=64)


def upgrade() -> None:
    op.create_table(
        "destinations",
        sa.Column("id", ID, nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("hears", sa.String(length=64), nullable=False),
        sa.Column("after_s", sa.Integer(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=True),
        sa.Column("code_until", sa.BigInteger(), nullable=True),
        sa.Column("wrong_codes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name=op.f("fk_destinations_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destinations")),
    )
    op.create_index(op.f("ix_destinations_person"), "destinations", ["person"], unique=False)
    op.create_index("ix_destinations_address", "destinations", ["channel", "address"], unique=False)
    op.create_table(
        "preferences",
        sa.Column("person", ID, nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("quiet_begin", sa.String(length=5), nullable=False),
        sa.Column("quiet_end", sa.String(length=5), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name=op.f("fk_preferences_person")),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_preferences")),
    )
    op.create_table(
        "waves",
        sa.Column("incident", ID, nullable=False),
        sa.Column("wave", sa.String(length=16), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["incident"], ["incidents.id"], name=op.f("fk_waves_incident")),
        sa.PrimaryKeyConstraint("incident", "wave", name=op.f("pk_waves")),
    )
    op.create_index(op.f("ix_waves_due_at"), "waves", ["due_at"], unique=False)
    op.create_table(
        "notifications",
        sa.Column("id", ID, nullable=False),
        sa.Column("incident", ID, nullable=True),
        sa.Column("person", ID, nullable=False),
        sa.Column("destination", ID, nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("wave", sa.String(length=16), nullable=False),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("queued_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["incident"], ["incidents.id"], name=op.f("fk_notifications_incident")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
    )
    op.create_index(op.f("ix_notifications_incident"), "notifications", ["incident"], unique=False)
    op.create_index("ix_notifications_told", "notifications", ["destination", "changed_at"], unique=False)
    op.create_index(
        "ix_notifications_due",
        "notifications",
        ["channel", "due_at"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )


def downgrade() -> None:
    for table in ("notifications", "waves", "preferences", "destinations"):
        op.drop_table(table)
