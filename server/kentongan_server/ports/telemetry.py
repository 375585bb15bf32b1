"""Where heartbeats' figures go; never the record of an incident."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """What one heartbeat measured; None where the node has no such sensor."""

    node: str
    region: str
    at: datetime
    uptime_ms: int
    refused: int
    rssi_dbm: int | None
    battery_mv: int | None
    mains: bool | None


class Telemetry(Protocol):
    """Takes heartbeats in batches; may lose some, never delays an alarm."""

    async def write(self, heartbeats: Sequence[Heartbeat]) -> None:
        """Keep these figures; TelemetryError when the store did not take them."""
        ...


class TelemetryError(Exception):
    """The store did not take the figures; they are dropped and counted."""
