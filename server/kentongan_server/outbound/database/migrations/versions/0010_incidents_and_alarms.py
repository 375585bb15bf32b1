"""What becomes of incidents, how far alarms spread, and what is planned before it sounds.

Columns are added to tables that others point to, never rebuilt: SQLite would take the rows that point to them for lost.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alarm_rules",
        sa.Column("region", sa.String(length=64), nullable=False),
        sa.Column("class", sa.String(length=16), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("set_by", sa.String(length=64), nullable=False),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["region"], ["regions.code"], name=op.f("fk_alarm_rules_region")),
        sa.ForeignKeyConstraint(["set_by"], ["people.id"], name=op.f("fk_alarm_rules_set_by")),
        sa.PrimaryKeyConstraint("region", "class", "period", name=op.f("pk_alarm_rules")),
    )
    op.create_table(
        "city_alarms",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("region", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("kentongan", sa.Integer(), nullable=False),
        sa.Column("proposed_by", sa.String(length=64), nullable=False),
        sa.Column("proposed_at", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_by", sa.String(length=64), nullable=True),
        sa.Column("aborted_by", sa.String(length=64), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["aborted_by"], ["people.id"], name=op.f("fk_city_alarms_aborted_by")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["people.id"], name=op.f("fk_city_alarms_confirmed_by")),
        sa.ForeignKeyConstraint(["proposed_by"], ["people.id"], name=op.f("fk_city_alarms_proposed_by")),
        sa.ForeignKeyConstraint(["region"], ["regions.code"], name=op.f("fk_city_alarms_region")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_city_alarms")),
    )
    op.create_index(
        "ix_city_alarms_due",
        "city_alarms",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_table(
        "codebooks",
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("region", sa.String(length=64), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("adopted_at", sa.BigInteger(), nullable=False),
        sa.Column("adopted_by", sa.String(length=64), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["adopted_by"], ["people.id"], name=op.f("fk_codebooks_adopted_by")),
        sa.ForeignKeyConstraint(["region"], ["regions.code"], name=op.f("fk_codebooks_region")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_codebooks")),
    )
    op.create_index(op.f("ix_codebooks_region"), "codebooks", ["region"], unique=False)
    op.create_table(
        "drills",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("region", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("planned_by", sa.String(length=64), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["planned_by"], ["people.id"], name=op.f("fk_drills_planned_by")),
        sa.ForeignKeyConstraint(["region"], ["regions.code"], name=op.f("fk_drills_region")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drills")),
    )
    op.create_index(
        "ix_drills_due",
        "drills",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_table(
        "shelvings",
        sa.Column("region", sa.String(length=64), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("shelved_by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["region"], ["regions.code"], name=op.f("fk_shelvings_region")),
        sa.ForeignKeyConstraint(["shelved_by"], ["people.id"], name=op.f("fk_shelvings_shelved_by")),
        sa.PrimaryKeyConstraint("region", name=op.f("pk_shelvings")),
    )
    op.create_table(
        "cooldowns",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("incident", sa.String(length=64), nullable=False),
        sa.Column("region", sa.String(length=64), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("set_by", sa.String(length=64), nullable=False),
        sa.Column("appeal", sa.Text(), nullable=True),
        sa.Column("appealed_at", sa.BigInteger(), nullable=True),
        sa.Column("lifted_at", sa.BigInteger(), nullable=True),
        sa.Column("lifted_by", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["incident"], ["incidents.id"], name=op.f("fk_cooldowns_incident")),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name=op.f("fk_cooldowns_person")),
        sa.ForeignKeyConstraint(["region"], ["regions.code"], name=op.f("fk_cooldowns_region")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cooldowns")),
    )
    op.create_index("ix_cooldowns_person_until", "cooldowns", ["person", "until"], unique=False)
    op.create_table(
        "alarm_regions",
        sa.Column("alarm", sa.String(length=64), nullable=False),
        sa.Column("region", sa.String(length=64), nullable=False),
        sa.Column("incident", sa.String(length=64), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("codebook", sa.String(length=32), nullable=False),
        sa.Column("woken_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["alarm"], ["alarms.id"], name=op.f("fk_alarm_regions_alarm")),
        sa.ForeignKeyConstraint(["incident"], ["incidents.id"], name=op.f("fk_alarm_regions_incident")),
        sa.ForeignKeyConstraint(["region"], ["regions.code"], name=op.f("fk_alarm_regions_region")),
        sa.PrimaryKeyConstraint("alarm", "region", name=op.f("pk_alarm_regions")),
    )
    op.create_index(op.f("ix_alarm_regions_incident"), "alarm_regions", ["incident"], unique=False)
    op.create_index("ix_alarm_regions_region_woken", "alarm_regions", ["region", "woken_at"], unique=False)
    op.add_column("alarm_commands", sa.Column("codebook", sa.String(length=32), nullable=True))
    op.add_column("incidents", sa.Column("disposition", sa.String(length=24), nullable=True))
    op.add_column("incidents", sa.Column("settled_at", sa.BigInteger(), nullable=True))
    op.add_column("incidents", sa.Column("cancelled_at", sa.BigInteger(), nullable=True))
    op.add_column("incidents", sa.Column("duress_at", sa.BigInteger(), nullable=True))
    op.add_column("incidents", sa.Column("merged_into", sa.String(length=64), nullable=True))
    op.add_column("incidents", sa.Column("merged_status", sa.String(length=16), nullable=True))
    op.create_index(
        "ix_incidents_merged_into",
        "incidents",
        ["merged_into"],
        unique=False,
        sqlite_where=sa.text("merged_into IS NOT NULL"),
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
    op.create_index(
        "ix_incidents_resolved",
        "incidents",
        ["settled_at"],
        unique=False,
        sqlite_where=sa.text("status = 'resolved'"),
        postgresql_where=sa.text("status = 'resolved'"),
    )
    op.add_column("nodes", sa.Column("out_of_service", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("nodes", "out_of_service")
    op.drop_index(
        "ix_incidents_resolved",
        table_name="incidents",
        sqlite_where=sa.text("status = 'resolved'"),
        postgresql_where=sa.text("status = 'resolved'"),
    )
    op.drop_index(
        "ix_incidents_merged_into",
        table_name="incidents",
        sqlite_where=sa.text("merged_into IS NOT NULL"),
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
    op.drop_column("incidents", "merged_status")
    op.drop_column("incidents", "merged_into")
    op.drop_column("incidents", "duress_at")
    op.drop_column("incidents", "cancelled_at")
    op.drop_column("incidents", "settled_at")
    op.drop_column("incidents", "disposition")
    op.drop_column("alarm_commands", "codebook")
    op.drop_index("ix_alarm_regions_region_woken", table_name="alarm_regions")
    op.drop_index(op.f("ix_alarm_regions_incident"), table_name="alarm_regions")
    op.drop_table("alarm_regions")
    op.drop_index("ix_cooldowns_person_until", table_name="cooldowns")
    op.drop_table("cooldowns")
    op.drop_table("shelvings")
    op.drop_index(
        "ix_drills_due",
        table_name="drills",
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.drop_table("drills")
    op.drop_index(op.f("ix_codebooks_region"), table_name="codebooks")
    op.drop_table("codebooks")
    op.drop_index(
        "ix_city_alarms_due",
        table_name="city_alarms",
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.drop_table("city_alarms")
    op.drop_table("alarm_rules")
