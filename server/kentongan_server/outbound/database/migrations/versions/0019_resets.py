"""What somebody else reset of how a person gets in, told to them until they have seen it."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "access_resets",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["by"], ["people.id"], name=op.f("fk_access_resets_by")),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name=op.f("fk_access_resets_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_resets")),
    )
    op.create_index("ix_access_resets_person", "access_resets", ["person"], unique=False)


def downgrade() -> None:
    op.drop_table("access_resets")
