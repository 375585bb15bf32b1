"""The third wall: whatever was decided further in, nothing of the wrong class leaves through these doors."""

import itertools

import httpx
import pytest
from tests.unit.police.forwards import IDENTITY, SECRET, a_forward

from kentongan_server.domain.forward import FirewallBreach, Forward, Recipient
from kentongan_server.domain.incident_kind import IncidentClass, IncidentKind
from kentongan_server.outbound.clock.system_clock import SystemClock
from kentongan_server.outbound.police.cap import CapResponder, CapSeal
from kentongan_server.outbound.police.key_ring import KeyRing
from kentongan_server.outbound.police.webhook import WebhookResponder
from kentongan_server.ports.responder import Responder

ALLOWED = {(Recipient.POLICE, IncidentClass.CRIME), (Recipient.EMERGENCY, IncidentClass.EMERGENCY)}


def _every_forward() -> list[tuple[Recipient, Forward]]:
    """All combinations of door, recipient, written class and kind, most of them lies."""
    return [
        (door, a_forward(recipient=recipient, incident_class=written, kind=kind))
        for door, recipient, written, kind in itertools.product(Recipient, Recipient, IncidentClass, IncidentKind)
    ]


@pytest.mark.parametrize("make", ["webhook", "cap"])
async def test_only_what_the_recipient_may_hear_leaves(make: str, seal: CapSeal) -> None:
    sent: list[httpx.Request] = []

    def world(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, stream=httpx.ByteStream(b""))

    async with httpx.AsyncClient(transport=httpx.MockTransport(world)) as connections:
        passed = 0
        for door, forward in _every_forward():
            responder: Responder = (
                WebhookResponder(
                    connections,
                    SystemClock(),
                    recipient=door,
                    base_url="http://police.test",
                    keys=KeyRing(None, SECRET),
                )
                if make == "webhook"
                else CapResponder(
                    connections, recipient=door, base_url="http://police.test", identity=IDENTITY, seal=seal
                )
            )
            may = forward.recipient is door and all(
                (door, said) in ALLOWED for said in (forward.incident_class, forward.kind.incident_class)
            )
            if may:
                await responder.deliver(forward)
                passed += 1
            else:
                with pytest.raises(FirewallBreach):
                    await responder.deliver(forward)
            assert len(sent) == passed
    assert passed == 5 + 3
