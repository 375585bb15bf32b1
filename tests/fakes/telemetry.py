"""A store of figures in memory."""

from collections.abc import Sequence

from kentongan_server.ports.telemetry import Heartbeat, TelemetryError


class FakeTelemetry:
    """`away` makes writing fail; `kept` holds what was taken, in order."""

    def __init__(self) -> None:
        self.away = False
        self.kept: list[Heartbeat] = []

    async def write(self, heartbeats: Sequence[Heartbeat]) -> None:
        """See the port."""
        if self.away:
            raise TelemetryError("The store is away.")
        self.kept += heartbeats
