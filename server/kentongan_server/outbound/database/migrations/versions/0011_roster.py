"""The ronda's roster."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ID = sa.String(length=64)


def upgrade() -> None:
    op.create_table(
        "rotas",
        sa.Column("id", ID, nullable=False),
        sa.Column("region", ID, nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("begins", sa.String(length=8), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("people", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["region"], ["regions.code"], name=op.f("fk_rotas_region")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rotas")),
    )
    op.create_index(op.f("ix_rotas_region"), "rotas", ["region"], unique=False)
    op.create_table(
        "rota_people",
        sa.Column("rota", ID, nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.ForeignKeyConstraint(["rota"], ["rotas.id"], name=op.f("fk_rota_people_rota")),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name=op.f("fk_rota_people_person")),
        sa.PrimaryKeyConstraint("rota", "person", name=op.f("pk_rota_people")),
    )
    op.create_index(op.f("ix_rota_people_person"), "rota_people", ["person"], unique=False)
    op.create_table(
        "swaps",
        sa.Column("id", ID, nullable=False),
        sa.Column("rota", ID, nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("asked", ID, nullable=True),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("accepted_by", ID, nullable=True),
        sa.Column("accepted_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["rota"], ["rotas.id"], name=op.f("fk_swaps_rota")),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name=op.f("fk_swaps_person")),
        sa.ForeignKeyConstraint(["asked"], ["people.id"], name=op.f("fk_swaps_asked")),
        sa.ForeignKeyConstraint(["accepted_by"], ["people.id"], name=op.f("fk_swaps_accepted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_swaps")),
    )
    op.create_index(op.f("ix_swaps_rota_night"), "swaps", ["rota", "night"], unique=False)
    op.create_table(
        "check_ins",
        sa.Column("rota", ID, nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("came_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["rota"], ["rotas.id"], name=op.f("fk_check_ins_rota")),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name=op.f("fk_check_ins_person")),
        sa.PrimaryKeyConstraint("rota", "night", "person", name=op.f("pk_check_ins")),
    )
    op.create_table(
        "calendars",
        sa.Column("person", ID, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name=op.f("fk_calendars_person")),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_calendars")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendars_token_hash")),
    )


def downgrade() -> None:
    for table in ("calendars", "check_ins", "swaps", "rota_people", "rotas"):
        op.drop_table(table)
