"""The tables of the alarm's decisions: how far it spreads, by what codebook, on whose word. Stands beside `tables.py`."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from kentongan_server.outbound.database.tables import ID, metadata

alarm_regions = Table(
    "alarm_regions",
    metadata,
    Column("alarm", ID, ForeignKey("alarms.id"), primary_key=True),
    Column("region", ID, ForeignKey("regions.code"), primary_key=True),
    Column("incident", ID, ForeignKey("incidents.id"), nullable=False, index=True),
    Column("level", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("codebook", String(32), nullable=False),
    Column("woken_at", BigInteger, nullable=False),
    Index("ix_alarm_regions_region_woken", "region", "woken_at"),
)

tellings = Table(
    "tellings",
    metadata,
    Column("alarm", ID, ForeignKey("alarms.id"), primary_key=True),
    Column("action", String(16), primary_key=True),
    Column("after", String(32), nullable=False),
    Column("at", BigInteger, nullable=False),
)

codebooks = Table(
    "codebooks",
    metadata,
    Column("version", String(32), primary_key=True),
    Column("region", ID, ForeignKey("regions.code"), index=True),
    Column("body", Text, nullable=False),
    Column("adopted_at", BigInteger, nullable=False),
    Column("adopted_by", ID, ForeignKey("people.id"), nullable=False),
    Column("retired", Boolean, nullable=False),
    Column("retired_at", BigInteger),
)

codebook_renewals = Table(
    "codebook_renewals",
    metadata,
    Column("region", ID, ForeignKey("regions.code"), primary_key=True),
    Column("at", BigInteger, nullable=False),
)

alarm_rules = Table(
    "alarm_rules",
    metadata,
    Column("region", ID, ForeignKey("regions.code"), primary_key=True),
    Column("class", String(16), primary_key=True),
    Column("period", String(8), primary_key=True),
    Column("body", Text, nullable=False),
    Column("set_by", ID, ForeignKey("people.id"), nullable=False),
    Column("set_at", BigInteger, nullable=False),
)

shelvings = Table(
    "shelvings",
    metadata,
    Column("region", ID, ForeignKey("regions.code"), primary_key=True),
    Column("until", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("shelved_by", ID, ForeignKey("people.id"), nullable=False),
)

cooldowns = Table(
    "cooldowns",
    metadata,
    Column("id", ID, primary_key=True),
    Column("person", ID, ForeignKey("people.id"), nullable=False),
    Column("incident", ID, ForeignKey("incidents.id"), nullable=False),
    Column("region", ID, ForeignKey("regions.code"), nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("set_by", ID, nullable=False),
    Column("appeal", Text),
    Column("appealed_at", BigInteger),
    Column("lifted_at", BigInteger),
    Column("lifted_by", ID),
    Index("ix_cooldowns_person_until", "person", "until"),
)

city_alarms = Table(
    "city_alarms",
    metadata,
    Column("id", ID, primary_key=True),
    Column("region", ID, ForeignKey("regions.code"), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("purpose", String(16), nullable=False),
    Column("text", Text),
    Column("state", String(16), nullable=False),
    Column("kentongan", Integer, nullable=False),
    Column("proposed_by", ID, ForeignKey("people.id"), nullable=False),
    Column("proposed_at", BigInteger, nullable=False),
    Column("confirmed_by", ID, ForeignKey("people.id")),
    Column("aborted_by", ID, ForeignKey("people.id")),
    Column("due_at", BigInteger),
)
_DUE = city_alarms.c.due_at.is_not(None)
Index("ix_city_alarms_due", city_alarms.c.due_at, sqlite_where=_DUE, postgresql_where=_DUE)

drills = Table(
    "drills",
    metadata,
    Column("id", ID, primary_key=True),
    Column("region", ID, ForeignKey("regions.code"), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("text", Text),
    Column("state", String(16), nullable=False),
    Column("planned_by", ID, ForeignKey("people.id"), nullable=False),
    Column("starts_at", BigInteger, nullable=False),
    Column("due_at", BigInteger),
)
_NEXT = drills.c.due_at.is_not(None)
Index("ix_drills_due", drills.c.due_at, sqlite_where=_NEXT, postgresql_where=_NEXT)

drill_schedules = Table(
    "drill_schedules",
    metadata,
    Column("id", ID, primary_key=True),
    Column("region", ID, ForeignKey("regions.code"), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("text", Text),
    Column("week", Integer, nullable=False),
    Column("weekday", Integer, nullable=False),
    Column("begins", String(5), nullable=False),
    Column("set_by", ID, ForeignKey("people.id"), nullable=False),
    Column("set_at", BigInteger, nullable=False),
    Column("next_at", BigInteger, nullable=False),
    Column("due_at", BigInteger),
    Column("ended_by", ID, ForeignKey("people.id")),
)
_PLANNED = drill_schedules.c.due_at.is_not(None)
Index("ix_drill_schedules_due", drill_schedules.c.due_at, sqlite_where=_PLANNED, postgresql_where=_PLANNED)
