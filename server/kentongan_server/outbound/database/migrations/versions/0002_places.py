"""The tree of the city with its history, which RTs are neighbours, sites and cameras."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("regions", sa.Column("valid_from", sa.Date(), nullable=True))
    op.add_column("regions", sa.Column("valid_until", sa.Date(), nullable=True))
    op.add_column("regions", sa.Column("households", sa.Integer(), nullable=True))
    op.add_column("nodes", sa.Column("site", sa.String(length=64), nullable=True))
    op.create_index(op.f("ix_nodes_site"), "nodes", ["site"], unique=False)
    op.create_table(
        "region_successors",
        sa.Column("region", sa.String(length=64), nullable=False),
        sa.Column("successor", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["region"], ["regions.code"], name=op.f("fk_region_successors_region")),
        sa.ForeignKeyConstraint(["successor"], ["regions.code"], name=op.f("fk_region_successors_successor")),
        sa.PrimaryKeyConstraint("region", "successor", name=op.f("pk_region_successors")),
    )
    op.create_table(
        "adjacencies",
        sa.Column("a", sa.String(length=64), nullable=False),
        sa.Column("b", sa.String(length=64), nullable=False),
        sa.Column("distance_m", sa.Integer(), nullable=False),
        sa.Column("basis", sa.String(length=16), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("a < b", name=op.f("ck_adjacencies_lower_code_first")),
        sa.CheckConstraint("basis = 'suggested' OR \"by\" IS NOT NULL", name=op.f("ck_adjacencies_decided_by_a_human")),
        sa.ForeignKeyConstraint(["a"], ["regions.code"], name=op.f("fk_adjacencies_a")),
        sa.ForeignKeyConstraint(["b"], ["regions.code"], name=op.f("fk_adjacencies_b")),
        sa.PrimaryKeyConstraint("a", "b", name=op.f("pk_adjacencies")),
    )
    op.create_index(op.f("ix_adjacencies_b"), "adjacencies", ["b"], unique=False)
    op.create_table(
        "sites",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("region", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["region"], ["regions.code"], name=op.f("fk_sites_region")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sites")),
    )
    op.create_index(op.f("ix_sites_region"), "sites", ["region"], unique=False)
    op.create_table(
        "cameras",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("region", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.Column("representative", sa.Boolean(), nullable=False),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("health", sa.String(length=16), nullable=False),
        sa.Column("heard_at", sa.BigInteger(), nullable=True),
        sa.Column("checked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["region"], ["regions.code"], name=op.f("fk_cameras_region")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cameras")),
    )
    op.create_index(op.f("ix_cameras_region"), "cameras", ["region"], unique=False)


def downgrade() -> None:
    for table in ("cameras", "sites"):
        op.drop_index(op.f(f"ix_{table}_region"), table_name=table)
        op.drop_table(table)
    op.drop_index(op.f("ix_adjacencies_b"), table_name="adjacencies")
    op.drop_table("adjacencies")
    op.drop_table("region_successors")
    op.drop_index(op.f("ix_nodes_site"), table_name="nodes")
    op.drop_column("nodes", "site")
    for column in ("households", "valid_until", "valid_from"):
        op.drop_column("regions", column)
