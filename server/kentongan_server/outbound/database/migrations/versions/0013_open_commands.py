"""Which report made a command, when an RT gave its codebook up, and which commands of an alarm are not over, found without reading those that are: a city's alarm has ten thousand."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and the index."""
    op.add_column("alarm_commands", sa.Column("report", sa.String(length=64), nullable=True))
    op.add_column("codebooks", sa.Column("retired_at", sa.BigInteger(), nullable=True))
    # nobody wrote down when: a moment after it was adopted, so that kentongan that still keep it are taught anew
    op.execute("UPDATE codebooks SET retired_at = adopted_at + 1 WHERE retired")
    waits = sa.text("due_at IS NOT NULL")
    op.create_index(
        "ix_alarm_commands_open",
        "alarm_commands",
        ["alarm", "action"],
        sqlite_where=waits,
        postgresql_where=waits,
    )


def downgrade() -> None:
    """Remove them."""
    op.drop_index("ix_alarm_commands_open", table_name="alarm_commands")
    op.drop_column("codebooks", "retired_at")
    op.drop_column("alarm_commands", "report")
