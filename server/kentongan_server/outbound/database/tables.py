"""Every table. Times are whole milliseconds since 1970 (UTC), ids are text, JSON is text.

The category firewall's second wall stands here: an incident's class is the one of its kind, an outbox row carries it
by a foreign key that no code can get around, and a check refuses the police any class but crime, 112 any but emergency.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from kentongan_server.outbound.database.record_guards import guard

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

ID = String(64)
SEQ = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers by itself only what it calls INTEGER


def _only_due(name: str, table: Table) -> Index:
    """An index of the rows that wait, which are few however long the record grows."""
    waits = table.c.due_at.is_not(None)
    return Index(name, table.c.due_at, sqlite_where=waits, postgresql_where=waits)


regions = Table(
    "regions",
    metadata,
    Column("code", ID, primary_key=True),
    Column("name", Text, nullable=False),
    Column("latitude", Float, nullable=False),
    Column("longitude", Float, nullable=False),
    Column("valid_from", Date),
    Column("valid_until", Date),
    Column("households", Integer),
)

region_outlines = Table(
    "region_outlines",
    metadata,
    Column("region", ID, ForeignKey("regions.code"), primary_key=True),
    Column("shape", Text, nullable=False),
    Column("west", Float, nullable=False),
    Column("south", Float, nullable=False, index=True),
    Column("east", Float, nullable=False),
    Column("north", Float, nullable=False),
)

region_successors = Table(
    "region_successors",
    metadata,
    Column("region", ID, ForeignKey("regions.code"), primary_key=True),
    Column("successor", ID, ForeignKey("regions.code"), primary_key=True),
)

adjacencies = Table(
    "adjacencies",
    metadata,
    Column("a", ID, ForeignKey("regions.code"), primary_key=True),
    Column("b", ID, ForeignKey("regions.code"), primary_key=True, index=True),
    Column("distance_m", Integer, nullable=False),
    Column("basis", String(16), nullable=False),
    Column("by", ID),
    Column("decided_at", BigInteger),
    CheckConstraint("a < b", name="lower_code_first"),
    CheckConstraint("basis = 'suggested' OR \"by\" IS NOT NULL", name="decided_by_a_human"),
)

sites = Table(
    "sites",
    metadata,
    Column("id", ID, primary_key=True),
    Column("region", ID, ForeignKey("regions.code"), nullable=False, index=True),
    Column("kind", String(32), nullable=False),
    Column("name", Text, nullable=False),
    Column("latitude", Float),
    Column("longitude", Float),
)

cameras = Table(
    "cameras",
    metadata,
    Column("id", ID, primary_key=True),
    Column("region", ID, ForeignKey("regions.code"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("latitude", Float, nullable=False),
    Column("longitude", Float, nullable=False),
    Column("representative", Boolean, nullable=False),
    Column("link", Text),
    Column("health", String(16), nullable=False),
    Column("heard_at", BigInteger),
    Column("checked_at", BigInteger),
)

nodes = Table(
    "nodes",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("region", ID, ForeignKey("regions.code"), nullable=False, index=True),
    Column("role", String(16), nullable=False),
    Column("presence", String(16), nullable=False),
    Column("siren", String(16), nullable=False),
    Column("boot", BigInteger, nullable=False),
    Column("session", BigInteger, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("nonce", String(16)),
    Column("report", ID),
    Column("stage", String(32)),
    Column("counter", BigInteger, nullable=False),
    Column("heard_at", BigInteger),
    Column("site", ID, index=True),
    Column("troubles", Text),
    Column("out_of_service", Text),
    Column("release", BigInteger, nullable=False, server_default="0"),
    Column("offered", BigInteger, nullable=False, server_default="0"),
    Column("updating", String(16)),
)

notices = Table(
    "notices",
    metadata,
    Column("id", ID, primary_key=True),
    Column("node", String(32), ForeignKey("nodes.id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("of", ID),
    Column("received_at", BigInteger, nullable=False),
)

people = Table(
    "people",
    metadata,
    Column("id", ID, primary_key=True),
    Column("name", Text, nullable=False),
    Column("token_hash", String(64), unique=True),
)

memberships = Table(
    "memberships",
    metadata,
    Column("id", String(72), primary_key=True),
    Column("person", ID, ForeignKey("people.id"), nullable=False),
    Column("role", String(16), nullable=False),
    Column("region", ID, ForeignKey("regions.code")),
    Column("vouched", Boolean, nullable=False),
    Column("valid_from", BigInteger),
    Column("valid_until", BigInteger),
    Column("granted_by", ID, ForeignKey("people.id")),
    Column("granted_at", BigInteger),
    Column("revoked_by", ID, ForeignKey("people.id")),
    Column("revoked_at", BigInteger),
    CheckConstraint("granted_by <> person", name="nobody_grants_to_themselves"),
    Index("ix_memberships_person", "person"),
    Index("ix_memberships_region", "region"),
)

pins = Table(
    "pins",
    metadata,
    Column("person", ID, ForeignKey("people.id"), primary_key=True),
    Column("own_hash", Text, nullable=False),
    Column("duress_hash", Text),
    Column("tries", Integer, nullable=False),
    Column("tried_at", BigInteger),
)

incidents = Table(
    "incidents",
    metadata,
    Column("id", ID, primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("class", String(16), nullable=False, key="incident_class"),
    Column("purpose", String(16), nullable=False),
    Column("region", ID, ForeignKey("regions.code"), nullable=False),
    Column("status", String(16), nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("text", Text),
    Column("disposition", String(24)),
    Column("settled_at", BigInteger),
    Column("cancelled_at", BigInteger),
    Column("duress_at", BigInteger),
    Column("merged_into", ID),
    Column("merged_status", String(16)),
    UniqueConstraint("id", "incident_class"),
    CheckConstraint("class IN ('crime', 'emergency', 'community')", name="class"),
    CheckConstraint(
        "(class = 'crime') = (kind IN ('panic', 'theft', 'robbery', 'killing', 'assault'))"
        " AND (class = 'emergency') = (kind IN ('fire', 'disaster', 'medical'))",
        name="class_of_kind",
    ),
    Index("ix_incidents_region_opened", "region", "opened_at"),
    Index("ix_incidents_opened", "opened_at"),
)

_MERGED = incidents.c.merged_into.is_not(None)
Index("ix_incidents_merged_into", incidents.c.merged_into, sqlite_where=_MERGED, postgresql_where=_MERGED)
_RESOLVED = incidents.c.status == text("'resolved'")
Index("ix_incidents_resolved", incidents.c.settled_at, sqlite_where=_RESOLVED, postgresql_where=_RESOLVED)

reports = Table(
    "reports",
    metadata,
    Column("id", ID, primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("purpose", String(16), nullable=False),
    Column("region", ID, ForeignKey("regions.code"), nullable=False),
    Column("source", String(16), nullable=False),
    Column("reporter", ID, ForeignKey("people.id")),
    Column("node", String(32), ForeignKey("nodes.id")),
    Column("trusted", Boolean, nullable=False),
    Column("text", Text),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("happened_at", BigInteger),
    Column("received_at", BigInteger, nullable=False),
    Column("incident", ID, ForeignKey("incidents.id"), nullable=False, index=True),
)

alarms = Table(
    "alarms",
    metadata,
    Column("id", ID, primary_key=True),
    Column("incident", ID, ForeignKey("incidents.id"), nullable=False, index=True),
    Column("region", ID, ForeignKey("regions.code"), nullable=False),
    Column("state", String(16), nullable=False),
    Column("level", Integer, nullable=False),
    Column("codebook", String(32), nullable=False),
    Column("requested_at", BigInteger, nullable=False),
    Column("due_at", BigInteger),
)
_only_due("ix_alarms_due", alarms)

alarm_commands = Table(
    "alarm_commands",
    metadata,
    Column("id", ID, primary_key=True),
    Column("alarm", ID, ForeignKey("alarms.id"), nullable=False),
    Column("incident", ID, ForeignKey("incidents.id"), nullable=False, index=True),
    Column("node", String(32), ForeignKey("nodes.id"), nullable=False),
    Column("action", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("counter", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("due_at", BigInteger),
    Column("codebook", String(32)),
    Column("report", ID),
)
_only_due("ix_alarm_commands_due", alarm_commands)
_OPEN = alarm_commands.c.due_at.is_not(None)
Index(
    "ix_alarm_commands_open",
    alarm_commands.c.alarm,
    alarm_commands.c.action,
    sqlite_where=_OPEN,
    postgresql_where=_OPEN,
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", ID, primary_key=True),
    Column("channel", String(32), nullable=False),
    Column("incident", ID, nullable=False, index=True),
    Column("class", String(16), nullable=False, key="incident_class"),
    Column("subject", ID, nullable=False),
    Column("node", String(32), index=True),
    Column("body", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("error", Text),
    Column("paged", Boolean, nullable=False),
    Column("queued_at", BigInteger, nullable=False),
    Column("due_at", BigInteger),
    ForeignKeyConstraint(["incident", "incident_class"], ["incidents.id", "incidents.incident_class"]),
    CheckConstraint("lower(channel) NOT LIKE 'police%' OR class = 'crime'", name="police_hear_of_crimes_only"),
    CheckConstraint(
        "lower(channel) NOT LIKE 'emergency%' OR class = 'emergency'", name="emergency_hears_of_emergencies_only"
    ),
)
Index("ix_outbox_queued", outbox.c.queued_at)
_only_due("ix_outbox_due", outbox)

timeline = Table(
    "timeline",
    metadata,
    Column("seq", SEQ, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),
    Column("event", String(32), nullable=False),
    Column("incident", ID, index=True),
    Column("region", ID),
    Column("actor", ID),
    Column("facts", Text, nullable=False),
    Column("salt", String(32)),
    Column("commitment", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)
Index("ix_timeline_actor", timeline.c.actor)

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False, index=True),
    Column("hash", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("key", String(16), nullable=False),
    Column("signature", String(128), nullable=False),
)

record_beginnings = Table(
    "record_beginnings",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", String(64), nullable=False),
)
guard(record_beginnings)
