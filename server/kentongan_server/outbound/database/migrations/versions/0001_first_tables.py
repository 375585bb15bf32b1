"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "people",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_people_token_hash")),
    )
    op.create_table(
        "regions",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_regions")),
    )
    op.create_table(
        "timeline",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.String(length=32), nullable=False),
        sa.Column("incident", sa.String(length=64), nullable=True),
        sa.Column("region", sa.String(length=64), nullable=True),
        sa.Column("actor", sa.String(length=64), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_timeline")),
    )
    op.create_index(op.f("ix_timeline_incident"), "timeline", ["incident"], unique=False)
    op.create_table(
        "incidents",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("class", sa.String(length=16), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("region", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.CheckConstraint("class IN ('crime', 'emergency', 'community')", name=op.f("ck_incidents_class")),
        sa.CheckConstraint(
            "(class = 'crime') = (kind IN ('panic', 'theft', 'robbery', 'killing', 'assault'))"
            " AND (class = 'emergency') = (kind IN ('fire', 'disaster', 'medical'))",
            name=op.f("ck_incidents_class_of_kind"),
        ),
        sa.ForeignKeyConstraint(["region"], ["regions.code"], name=op.f("fk_incidents_region")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
        sa.UniqueConstraint("id", "class", name=op.f("uq_incidents_id_class")),
    )
    op.create_index("ix_incidents_opened", "incidents", ["opened_at"], unique=False)
    op.create_index("ix_incidents_region_opened", "incidents", ["region", "opened_at"], unique=False)
    op.create_table(
        "memberships",
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("region", sa.String(length=64), nullable=True),
        sa.Column("vouched", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name=op.f("fk_memberships_person")),
        sa.ForeignKeyConstraint(["region"], ["regions.code"], name=op.f("fk_memberships_region")),
    )
    op.create_index("ix_memberships_person", "memberships", ["person"], unique=False)
    op.create_index("ix_memberships_region", "memberships", ["region"], unique=False)
    op.create_table(
        "nodes",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("region", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("presence", sa.String(length=16), nullable=False),
        sa.Column("siren", sa.String(length=16), nullable=False),
        sa.Column("boot", sa.BigInteger(), nullable=False),
        sa.Column("session", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("nonce", sa.String(length=16), nullable=True),
        sa.Column("report", sa.String(length=64), nullable=True),
        sa.Column("stage", sa.String(length=32), nullable=True),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.Column("heard_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["region"], ["regions.code"], name=op.f("fk_nodes_region")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nodes")),
    )
    op.create_index(op.f("ix_nodes_region"), "nodes", ["region"], unique=False)
    op.create_table(
        "alarms",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("incident", sa.String(length=64), nullable=False),
        sa.Column("region", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("codebook", sa.String(length=32), nullable=False),
        sa.Column("requested_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["incident"], ["incidents.id"], name=op.f("fk_alarms_incident")),
        sa.ForeignKeyConstraint(["region"], ["regions.code"], name=op.f("fk_alarms_region")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarms")),
    )
    op.create_index("ix_alarms_due", "alarms", ["due_at"], unique=False, sqlite_where=sa.text("due_at IS NOT NULL"))
    op.create_index(op.f("ix_alarms_incident"), "alarms", ["incident"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("incident", sa.String(length=64), nullable=False),
        sa.Column("class", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("node", sa.String(length=32), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("paged", sa.Boolean(), nullable=False),
        sa.Column("queued_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "channel NOT LIKE 'emergency%' OR class = 'emergency'",
            name=op.f("ck_outbox_emergency_hears_of_emergencies_only"),
        ),
        sa.CheckConstraint(
            "channel NOT LIKE 'police%' OR class = 'crime'", name=op.f("ck_outbox_police_hear_of_crimes_only")
        ),
        sa.ForeignKeyConstraint(
            ["incident", "class"], ["incidents.id", "incidents.class"], name=op.f("fk_outbox_incident_class")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index("ix_outbox_due", "outbox", ["due_at"], unique=False, sqlite_where=sa.text("due_at IS NOT NULL"))
    op.create_index(op.f("ix_outbox_incident"), "outbox", ["incident"], unique=False)
    op.create_index(op.f("ix_outbox_node"), "outbox", ["node"], unique=False)
    op.create_table(
        "reports",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("region", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("reporter", sa.String(length=64), nullable=True),
        sa.Column("node", sa.String(length=32), nullable=True),
        sa.Column("trusted", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("happened_at", sa.BigInteger(), nullable=True),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("incident", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["incident"], ["incidents.id"], name=op.f("fk_reports_incident")),
        sa.ForeignKeyConstraint(["node"], ["nodes.id"], name=op.f("fk_reports_node")),
        sa.ForeignKeyConstraint(["region"], ["regions.code"], name=op.f("fk_reports_region")),
        sa.ForeignKeyConstraint(["reporter"], ["people.id"], name=op.f("fk_reports_reporter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
    )
    op.create_index(op.f("ix_reports_incident"), "reports", ["incident"], unique=False)
    op.create_table(
        "alarm_commands",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("alarm", sa.String(length=64), nullable=False),
        sa.Column("incident", sa.String(length=64), nullable=False),
        sa.Column("node", sa.String(length=32), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["alarm"], ["alarms.id"], name=op.f("fk_alarm_commands_alarm")),
        sa.ForeignKeyConstraint(["incident"], ["incidents.id"], name=op.f("fk_alarm_commands_incident")),
        sa.ForeignKeyConstraint(["node"], ["nodes.id"], name=op.f("fk_alarm_commands_node")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm_commands")),
    )
    op.create_index(
        "ix_alarm_commands_due", "alarm_commands", ["due_at"], unique=False, sqlite_where=sa.text("due_at IS NOT NULL")
    )
    op.create_index(op.f("ix_alarm_commands_incident"), "alarm_commands", ["incident"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_alarm_commands_incident"), table_name="alarm_commands")
    op.drop_index("ix_alarm_commands_due", table_name="alarm_commands", sqlite_where=sa.text("due_at IS NOT NULL"))
    op.drop_table("alarm_commands")
    op.drop_index(op.f("ix_reports_incident"), table_name="reports")
    op.drop_table("reports")
    op.drop_index(op.f("ix_outbox_node"), table_name="outbox")
    op.drop_index(op.f("ix_outbox_incident"), table_name="outbox")
    op.drop_index("ix_outbox_due", table_name="outbox", sqlite_where=sa.text("due_at IS NOT NULL"))
    op.drop_table("outbox")
    op.drop_index(op.f("ix_alarms_incident"), table_name="alarms")
    op.drop_index("ix_alarms_due", table_name="alarms", sqlite_where=sa.text("due_at IS NOT NULL"))
    op.drop_table("alarms")
    op.drop_index(op.f("ix_nodes_region"), table_name="nodes")
    op.drop_table("nodes")
    op.drop_index("ix_memberships_region", table_name="memberships")
    op.drop_index("ix_memberships_person", table_name="memberships")
    op.drop_table("memberships")
    op.drop_index("ix_incidents_region_opened", table_name="incidents")
    op.drop_index("ix_incidents_opened", table_name="incidents")
    op.drop_table("incidents")
    op.drop_index(op.f("ix_timeline_incident"), table_name="timeline")
    op.drop_table("timeline")
    op.drop_table("regions")
    op.drop_table("people")
