"""Which replies came, and when forwards were queued."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "replies",
        sa.Column("delivery", sa.String(length=128), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("delivery", name=op.f("pk_replies")),
    )
    op.create_index("ix_outbox_queued", "outbox", ["queued_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_outbox_queued", table_name="outbox")
    op.drop_table("replies")
