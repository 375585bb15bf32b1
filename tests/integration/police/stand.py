"""A town whose relay speaks over TLS to a real command centre that can be told to fail; its clock is moved by hand."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.fakes.pager import FakePager
from tests.fakes.responder import FakeResponder
from tests.fakes.sounder import FakeSounder
from tests.integration.police.centre_process import RunningCentre
from tests.integration.police.sending import Keys
from tests.unit.police.forwards import IDENTITY, SECRET
from tests.unit.server.town import Town
from tests.unit.server.waiting import running

from kentongan_server.domain.forward import Recipient
from kentongan_server.inbound.clock.relay import Relay
from kentongan_server.inbound.metrics import Metrics
from kentongan_server.outbound.clock.system_clock import SystemClock, UlidIdentifiers
from kentongan_server.outbound.police.cap import CapResponder
from kentongan_server.outbound.police.connection import open_connections
from kentongan_server.outbound.police.key_ring import KeyRing
from kentongan_server.outbound.police.webhook import WebhookResponder
from kentongan_server.ports.outbox import Channel, ItemState
from kentongan_server.use_cases.forwarding.watch_forwards import page_for_unaccepted


@dataclass
class Stand:
    """The town and everybody at the other ends of its relay; only the police are real."""

    town: Town
    sounder: FakeSounder
    pager: FakePager
    emergency: FakeResponder
    centre: RunningCentre

    def states(self, incident: str) -> set[ItemState]:
        """Of its documents."""
        return {item.state for item in self.town.forwards(incident)}

    def errors(self, incident: str) -> list[str]:
        """Every failed attempt, in the record's words."""
        return [entry.facts["error"] for entry in self.town.record(incident, "forward_failed")]

    async def ask(self, what: Any, *arguments: Any) -> Any:
        """Ask the centre without stopping the relay, which lives in this loop."""
        return await asyncio.to_thread(what, *arguments)

    def page(self) -> int:
        """What the ticker does, until nothing is left of it; how many humans that woke."""
        before = len(self.town.items(Channel.PAGER))
        while self.town.do(page_for_unaccepted):
            pass
        return len(self.town.items(Channel.PAGER)) - before


@asynccontextmanager
async def stand(centre: RunningCentre, authority: Path, keys: Keys) -> AsyncIterator[Stand]:
    """The relay at work between the town and this centre."""
    async with open_connections(authority) as connections:
        webhook = WebhookResponder(
            connections, SystemClock(), recipient=Recipient.POLICE, base_url=centre.url, keys=KeyRing(None, SECRET)
        )
        cap = CapResponder(
            connections, recipient=Recipient.POLICE, base_url=centre.url, identity=IDENTITY, seal=keys.seal
        )
        found = Stand(
            Town(identifiers=UlidIdentifiers()), FakeSounder(), FakePager(), FakeResponder(Recipient.EMERGENCY), centre
        )
        responders = {
            Channel.POLICE_WEBHOOK: webhook,
            Channel.POLICE_CAP: cap,
            Channel.EMERGENCY_WEBHOOK: found.emergency,
            Channel.EMERGENCY_CAP: found.emergency,
        }
        relay = Relay(found.town.store, found.sounder, responders, found.pager, Metrics())
        found.town.store.listen(relay.committed)
        async with running(relay.run()):
            yield found
