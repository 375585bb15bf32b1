"""How far a silence or an all clear of a whole city has been told, so that another server can go on."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tellings",
        sa.Column("alarm", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("after", sa.String(length=32), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["alarm"], ["alarms.id"], name=op.f("fk_tellings_alarm")),
        sa.PrimaryKeyConstraint("alarm", "action", name=op.f("pk_tellings")),
    )


def downgrade() -> None:
    op.drop_table("tellings")
