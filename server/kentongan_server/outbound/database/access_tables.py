"""The tables of logins, sessions, access tokens, second factors, and what somebody else reset of them."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, false

from kentongan_server.outbound.database.tables import ID, metadata

logins = Table(
    "logins",
    metadata,
    Column("person", ID, ForeignKey("people.id"), primary_key=True),
    Column("phone", String(32), unique=True),
    Column("email", String(254), unique=True),
    Column("password_hash", Text, nullable=False),
    Column("one_time", Boolean, nullable=False, server_default=false()),
)

tries = Table(
    "tries",
    metadata,
    Column("key", String(80), primary_key=True),
    Column("counted", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("ix_tries_at", "at"),
)

second_factors = Table(
    "second_factors",
    metadata,
    Column("person", ID, ForeignKey("people.id"), primary_key=True),
    Column("sealed_secret", Text, nullable=False),
    Column("confirmed", Boolean, nullable=False),
    Column("last_step", BigInteger, nullable=False),
    Column("recovery", Text, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", ID, primary_key=True),
    Column("person", ID, ForeignKey("people.id"), nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("opened_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("proven", Boolean, nullable=False),
    Column("device", Text, nullable=False),
    Index("ix_sessions_person", "person"),
)

access_tokens = Table(
    "access_tokens",
    metadata,
    Column("id", ID, primary_key=True),
    Column("person", ID, ForeignKey("people.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("scopes", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("proven", Boolean, nullable=False),
    Column("revoked_at", BigInteger),
    Index("ix_access_tokens_person", "person"),
)

access_resets = Table(
    "access_resets",
    metadata,
    Column("id", ID, primary_key=True),
    Column("person", ID, ForeignKey("people.id"), nullable=False),
    Column("what", String(16), nullable=False),
    Column("by", ID, ForeignKey("people.id")),
    Column("at", BigInteger, nullable=False),
    Column("seen_at", BigInteger),
    Index("ix_access_resets_person", "person"),
)
