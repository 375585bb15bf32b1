"""Gathers heartbeats and hands them to telemetry in batches; what does not fit is dropped and counted."""

import asyncio

import structlog

from kentongan_server.inbound.metrics import Metrics
from kentongan_server.ports.telemetry import Heartbeat, Telemetry, TelemetryError

EVERY_S = 1.0
MOST = 20_000

log = structlog.get_logger()


class Heartbeats:
    """`add` is cheap and never waits; `run` writes every `every_s` seconds."""

    def __init__(self, telemetry: Telemetry, metrics: Metrics, every_s: float = EVERY_S) -> None:
        self._every_s = every_s
        self._telemetry = telemetry
        self._metrics = metrics
        self._held: list[Heartbeat] = []

    def add(self, heartbeat: Heartbeat) -> None:
        """Take one heartbeat."""
        if len(self._held) < MOST:
            self._held.append(heartbeat)
        else:
            self._metrics.telemetry_dropped.inc()

    async def run(self) -> None:
        """Write until cancelled."""
        while True:
            await asyncio.sleep(self._every_s)
            held, self._held = self._held, []
            if not held:
                continue
            try:
                await self._telemetry.write(held)
            except TelemetryError as error:
                self._metrics.telemetry_dropped.inc(len(held))
                log.warning("telemetry_dropped", heartbeats=len(held), error=str(error))
            except Exception:
                self._metrics.telemetry_dropped.inc(len(held))
                log.exception("telemetry_broke", heartbeats=len(held))  # the next second's figures are tried again
