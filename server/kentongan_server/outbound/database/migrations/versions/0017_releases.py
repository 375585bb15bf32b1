"""Releases of the firmware, and what each kentongan says of them."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "releases",
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("region", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("ring", sa.String(length=16), nullable=False),
        sa.Column("ring_at", sa.BigInteger(), nullable=False),
        sa.Column("started_by", sa.String(length=64), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["region"], ["regions.code"], name=op.f("fk_releases_region")),
        sa.ForeignKeyConstraint(["started_by"], ["people.id"], name=op.f("fk_releases_started_by")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_releases")),
    )
    op.create_table(
        "release_files",
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("path", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["sequence"], ["releases.sequence"], name=op.f("fk_release_files_sequence")),
        sa.PrimaryKeyConstraint("sequence", "path", name=op.f("pk_release_files")),
    )
    op.add_column("nodes", sa.Column("release", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("nodes", sa.Column("offered", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("nodes", sa.Column("updating", sa.String(length=16), nullable=True))


def downgrade() -> None:
    op.drop_column("nodes", "updating")
    op.drop_column("nodes", "offered")
    op.drop_column("nodes", "release")
    op.drop_table("release_files")
    op.drop_table("releases")
