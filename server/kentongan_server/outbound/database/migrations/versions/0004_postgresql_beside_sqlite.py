"""One schema for SQLite and PostgreSQL.

PostgreSQL tells capitals apart where SQLite's LIKE does not, so the wall of the outbox says `lower`; the indices of what
waits are partial there too; and the record's numbers are as wide as SQLite's.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

WAITING = {"ix_alarms_due": "alarms", "ix_alarm_commands_due": "alarm_commands", "ix_outbox_due": "outbox"}
WALLS = {
    "police_hear_of_crimes_only": "{} NOT LIKE 'police%' OR class = 'crime'",
    "emergency_hears_of_emergencies_only": "{} NOT LIKE 'emergency%' OR class = 'emergency'",
}


def upgrade() -> None:
    _rebuild_walls("lower(channel)")
    if op.get_bind().dialect.name == "postgresql":
        for name, table in WAITING.items():
            op.drop_index(name, table)
            op.create_index(name, table, ["due_at"], postgresql_where=sa.text("due_at IS NOT NULL"))
        op.alter_column("timeline", "seq", type_=sa.BigInteger())
        op.execute("ALTER SEQUENCE timeline_seq_seq AS bigint")


def downgrade() -> None:
    _rebuild_walls("channel")
    if op.get_bind().dialect.name == "postgresql":
        for name, table in WAITING.items():
            op.drop_index(name, table)
            op.create_index(name, table, ["due_at"])
        op.execute("ALTER SEQUENCE timeline_seq_seq AS integer")
        op.alter_column("timeline", "seq", type_=sa.Integer())


def _rebuild_walls(channel: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        for name, law in WALLS.items():
            op.drop_constraint(op.f(f"ck_outbox_{name}"), "outbox")
            op.create_check_constraint(op.f(f"ck_outbox_{name}"), "outbox", law.format(channel))
        return
    # SQLite cannot change a constraint: the table is written anew. Nothing points to it.
    op.rename_table("outbox", "outbox_before")
    for index in ("ix_outbox_due", "ix_outbox_incident", "ix_outbox_node"):
        op.drop_index(index, "outbox_before")
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("incident", sa.String(length=64), nullable=False),
        sa.Column("class", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("node", sa.String(length=32), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("paged", sa.Boolean(), nullable=False),
        sa.Column("queued_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        *(sa.CheckConstraint(law.format(channel), name=op.f(f"ck_outbox_{name}")) for name, law in WALLS.items()),
        sa.ForeignKeyConstraint(
            ["incident", "class"], ["incidents.id", "incidents.class"], name=op.f("fk_outbox_incident_class")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.execute("INSERT INTO outbox SELECT * FROM outbox_before")
    op.drop_table("outbox_before")
    op.create_index("ix_outbox_due", "outbox", ["due_at"], sqlite_where=sa.text("due_at IS NOT NULL"))
    op.create_index(op.f("ix_outbox_incident"), "outbox", ["incident"])
    op.create_index(op.f("ix_outbox_node"), "outbox", ["node"])
