"""The one table of figures; numbers only, words belong to the record."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, String, Table

metadata = MetaData()

heartbeats = Table(
    "heartbeats",
    metadata,
    Column("node", String(32), nullable=False),
    Column("region", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("uptime_ms", BigInteger, nullable=False),
    Column("refused", BigInteger, nullable=False),
    Column("rssi_dbm", Integer),
    Column("battery_mv", Integer),
    Column("mains", Boolean),
    Index("ix_heartbeats_node_at", "node", "at"),
    Index("ix_heartbeats_at", "at"),
)
