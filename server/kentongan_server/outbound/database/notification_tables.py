"""The tables of who is told and answers: destinations, preferences, planned waves, notifications, answers; and which
replies came."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from kentongan_server.outbound.database.tables import ID, metadata

destinations = Table(
    "destinations",
    metadata,
    Column("id", ID, primary_key=True),
    Column("person", ID, ForeignKey("people.id"), nullable=False, index=True),
    Column("channel", String(16), nullable=False),
    Column("address", Text, nullable=False),
    Column("hears", String(64), nullable=False),
    Column("after_s", Integer, nullable=False),
    Column("confirmed", Boolean, nullable=False),
    Column("code", String(64)),
    Column("code_until", BigInteger),
    Column("wrong_codes", Integer, nullable=False, default=0),
    Index("ix_destinations_address", "channel", "address"),
)

preferences = Table(
    "preferences",
    metadata,
    Column("person", ID, ForeignKey("people.id"), primary_key=True),
    Column("language", String(8), nullable=False),
    Column("quiet_begin", String(5), nullable=False),
    Column("quiet_end", String(5), nullable=False),
)

waves = Table(
    "waves",
    metadata,
    Column("incident", ID, ForeignKey("incidents.id"), primary_key=True),
    Column("wave", String(16), primary_key=True),
    Column("due_at", BigInteger, nullable=False, index=True),
)

replies = Table(
    "replies",
    metadata,
    Column("delivery", String(128), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("received_at", BigInteger, nullable=False),
)

answers = Table(
    "answers",
    metadata,
    Column("incident", ID, ForeignKey("incidents.id"), primary_key=True),
    Column("person", ID, primary_key=True),
    Column("said_for", String(16), nullable=False),
    Column("answer", String(16), nullable=False),
    Column("answered_at", BigInteger, nullable=False),
    Index("ix_answers_person", "person"),
)

notifications = Table(
    "notifications",
    metadata,
    Column("id", ID, primary_key=True),
    Column("incident", ID, ForeignKey("incidents.id"), index=True),
    Column("person", ID, nullable=False),
    Column("destination", ID, nullable=False),
    Column("channel", String(16), nullable=False),
    Column("wave", String(16), nullable=False),
    Column("urgency", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("error", Text),
    Column("queued_at", BigInteger, nullable=False),
    Column("due_at", BigInteger),
    Column("changed_at", BigInteger, nullable=False),
    Index("ix_notifications_told", "destination", "changed_at"),
)
Index(
    "ix_notifications_due",
    notifications.c.channel,
    notifications.c.due_at,
    sqlite_where=notifications.c.due_at.is_not(None),
    postgresql_where=notifications.c.due_at.is_not(None),
)
