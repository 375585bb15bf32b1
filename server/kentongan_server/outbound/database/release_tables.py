"""The tables of the firmware's releases. Stands beside `tables.py`."""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, String, Table, Text

from kentongan_server.outbound.database.tables import ID, metadata

releases = Table(
    "releases",
    metadata,
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("version", String(32), nullable=False),
    Column("region", ID, ForeignKey("regions.code"), nullable=False),
    Column("size", Integer, nullable=False),
    Column("ring", String(16), nullable=False),
    Column("ring_at", BigInteger, nullable=False),
    Column("started_by", ID, ForeignKey("people.id"), nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("reason", Text),
)

release_files = Table(
    "release_files",
    metadata,
    Column("sequence", BigInteger, ForeignKey("releases.sequence"), primary_key=True, autoincrement=False),
    Column("path", String(64), primary_key=True),
    Column("body", LargeBinary, nullable=False),
)
