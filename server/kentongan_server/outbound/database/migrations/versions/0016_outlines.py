"""Where an RT ends, as it was drawn."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "region_outlines",
        sa.Column("region", sa.String(length=64), nullable=False),
        sa.Column("shape", sa.Text(), nullable=False),
        sa.Column("west", sa.Float(), nullable=False),
        sa.Column("south", sa.Float(), nullable=False),
        sa.Column("east", sa.Float(), nullable=False),
        sa.Column("north", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["region"], ["regions.code"], name=op.f("fk_region_outlines_region")),
        sa.PrimaryKeyConstraint("region", name=op.f("pk_region_outlines")),
    )
    op.create_index("ix_region_outlines_south", "region_outlines", ["south"], unique=False)


def downgrade() -> None:
    """Remove it."""
    op.drop_table("region_outlines")
