"""Heartbeats in InfluxDB, or whatever speaks its v2 write API, through influxdb-client.

The batching WriteApi loses data with no more than a log line, so we batch ourselves and write synchronously: a refusal
is an error that is counted. Only numbers are sent; some stores turn texts into zeros.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from influxdb_client.client.influxdb_client import InfluxDBClient
from influxdb_client.client.write_api import SYNCHRONOUS
from influxdb_client.rest import ApiException
from urllib3.exceptions import HTTPError

from kentongan_server.ports.telemetry import Heartbeat, TelemetryError

PATIENCE_MS = 5000


class InfluxTelemetry:
    """The Telemetry over an InfluxDB client."""

    def __init__(self, url: str, token: str, org: str, bucket: str) -> None:
        self._client = InfluxDBClient(url=url, token=token, org=org, timeout=PATIENCE_MS)
        self._writer = self._client.write_api(write_options=SYNCHRONOUS)
        self._bucket = bucket

    async def write(self, heartbeats: Sequence[Heartbeat]) -> None:
        """Keep these figures; TelemetryError when the store did not take them."""
        points = [_point(heartbeat) for heartbeat in heartbeats]
        try:
            await asyncio.to_thread(self._writer.write, self._bucket, record=points)
        except (ApiException, HTTPError) as error:
            raise TelemetryError(f"the time-series store did not take the figures: {type(error).__name__}") from error

    def close(self) -> None:
        """Let the connection go."""
        self._client.close()  # type: ignore[no-untyped-call]


def _point(heartbeat: Heartbeat) -> dict[str, Any]:
    fields: dict[str, int] = {"uptime_ms": heartbeat.uptime_ms, "refused": heartbeat.refused}
    for name in ("rssi_dbm", "battery_mv", "mains"):
        value = getattr(heartbeat, name)
        if value is not None:
            fields[name] = int(value)
    return {
        "measurement": "heartbeat",
        "tags": {"node": heartbeat.node, "region": heartbeat.region},
        "time": heartbeat.at,
        "fields": fields,
    }
