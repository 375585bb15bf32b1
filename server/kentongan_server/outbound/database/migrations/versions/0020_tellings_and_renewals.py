"""How far a silence or an all clear of a whole city has been told, so that another server can go on; and when an RT's
kentongan must learn its codebook anew."""

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
    op.create_table(
        "codebook_renewals",
        sa.Column("region", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["region"], ["regions.code"], name=op.f("fk_codebook_renewals_region")),
        sa.PrimaryKeyConstraint("region", name=op.f("pk_codebook_renewals")),
    )


def downgrade() -> None:
    op.drop_table("codebook_renewals")
    op.drop_table("tellings")
