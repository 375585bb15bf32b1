"""Heartbeats in a table of their own database file, seven days of them; the default, and what pages read."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Engine, delete, insert
from sqlalchemy.exc import SQLAlchemyError

from kentongan_server.outbound.telemetry.table import heartbeats, metadata
from kentongan_server.ports.telemetry import Heartbeat, TelemetryError

KEEP = timedelta(days=7)
_SWEEP_EVERY = 500


class DatabaseTelemetry:
    """The Telemetry over an engine that the incidents do not share: figures never wait in the way of an alarm."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writes = 0
        metadata.create_all(engine)

    async def write(self, heartbeats: Sequence[Heartbeat]) -> None:
        """Keep these figures; TelemetryError when the disk did not take them."""
        try:
            await asyncio.to_thread(self._write, heartbeats)
        except SQLAlchemyError as error:
            raise TelemetryError(f"the figures were not kept: {type(error).__name__}") from error

    def close(self) -> None:
        """Let the file go."""
        self._engine.dispose()

    def _write(self, found: Sequence[Heartbeat]) -> None:
        rows = [
            {
                "node": beat.node,
                "region": beat.region,
                "at": int(beat.at.timestamp() * 1000),
                "uptime_ms": beat.uptime_ms,
                "refused": beat.refused,
                "rssi_dbm": beat.rssi_dbm,
                "battery_mv": beat.battery_mv,
                "mains": beat.mains,
            }
            for beat in found
        ]
        self._writes += 1
        with self._engine.begin() as connection:
            connection.execute(insert(heartbeats), rows)
            if self._writes % _SWEEP_EVERY == 1:
                oldest = int((found[-1].at - KEEP).timestamp() * 1000)
                connection.execute(delete(heartbeats).where(heartbeats.c.at < oldest))
