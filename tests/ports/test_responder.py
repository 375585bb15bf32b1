"""What every way to those who answer keeps: the fake, the webhook and CAP, the latter two at a real command centre."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from tests.fakes.responder import FakeResponder
from tests.integration.police.centre_process import RunningCentre, running_centre
from tests.unit.police.forwards import IDENTITY, SECRET, a_forward

from kentongan_server.domain.forward import FirewallBreach, Forward, ForwardEvent, Recipient
from kentongan_server.domain.incident_kind import IncidentKind, Purpose
from kentongan_server.outbound.clock.system_clock import SystemClock
from kentongan_server.outbound.police.cap import CapResponder, CapSeal
from kentongan_server.outbound.police.connection import open_connections
from kentongan_server.outbound.police.credentials import ensure_cap_credentials
from kentongan_server.outbound.police.key_ring import KeyRing
from kentongan_server.outbound.police.webhook import WebhookResponder
from kentongan_server.ports.responder import DeliveryError, Responder

pytestmark = pytest.mark.real


@dataclass
class Bench:
    """A responder, and the recipient at its other end."""

    responder: Responder
    recipient: FakeResponder | RunningCentre

    def takes(self, forward: Forward) -> int:
        """How often the recipient took this document."""
        if isinstance(self.recipient, FakeResponder):
            return int(forward.delivery in self.recipient.taken)
        messages = self.recipient.messages(forward.incident)
        return sum(message["delivery"] == forward.delivery for message in messages)

    def go_away(self, mode: str) -> None:
        """Let the recipient fail until it comes back."""
        if isinstance(self.recipient, FakeResponder):
            self.recipient.away = True
        else:
            self.recipient.misbehave(mode)

    def come_back(self) -> None:
        if isinstance(self.recipient, FakeResponder):
            self.recipient.away = False
        else:
            self.recipient.misbehave("none")


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningCentre, Path]]:
    folder = tmp_path_factory.mktemp("centre")
    ensure_cap_credentials(folder / "cap.key", folder / "cap.crt", name="kentongan.test", now=SystemClock().now())
    with running_centre(folder, secret=SECRET.decode(), certificate=folder / "cap.crt") as running:
        yield running, folder


@pytest.fixture(params=["fake", "webhook", "cap"])
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    if request.param == "fake":
        fake = FakeResponder()
        yield Bench(fake, fake)
        return
    running, folder = request.getfixturevalue("centre")
    async with open_connections() as connections:
        responder: Responder = (
            WebhookResponder(
                connections, SystemClock(), recipient=Recipient.POLICE, base_url=running.url, keys=KeyRing(None, SECRET)
            )
            if request.param == "webhook"
            else CapResponder(
                connections,
                recipient=Recipient.POLICE,
                base_url=running.url,
                identity=IDENTITY,
                seal=CapSeal((folder / "cap.key").read_bytes(), (folder / "cap.crt").read_bytes()),
            )
        )
        yield Bench(responder, running)
        running.misbehave("none")


def fresh(**different: object) -> Forward:
    """A forward with ids of its own."""
    return a_forward(**{"delivery": f"d-{uuid4()}", "incident": f"i-{uuid4()}", **different})


async def test_a_document_reaches_the_recipient(bench: Bench) -> None:
    forward = fresh()

    await bench.responder.deliver(forward)

    assert bench.takes(forward) == 1


async def test_repeating_a_delivery_has_no_second_effect(bench: Bench) -> None:
    forward = fresh(text="Dua orang.\x00\ud83d")

    for _ in range(3):
        await bench.responder.deliver(forward)

    assert bench.takes(forward) == 1


@pytest.mark.parametrize("mode", ["http_500", "refuse"])
async def test_a_recipient_that_is_away_gets_the_document_when_it_is_back(bench: Bench, mode: str) -> None:
    forward = fresh()
    bench.go_away(mode)
    for _ in range(2):
        with pytest.raises(DeliveryError):
            await bench.responder.deliver(forward)
    assert bench.takes(forward) == 0

    bench.come_back()
    await bench.responder.deliver(forward)

    assert bench.takes(forward) == 1


async def test_a_lost_answer_is_a_failed_attempt_and_the_repeat_does_no_harm(bench: Bench) -> None:
    forward = fresh()
    bench.go_away("noise")
    with pytest.raises(DeliveryError):
        await bench.responder.deliver(forward)

    bench.come_back()
    await bench.responder.deliver(forward)

    assert bench.takes(forward) == 1


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("event", ForwardEvent)
async def test_every_event_and_purpose_is_taken(bench: Bench, event: ForwardEvent, purpose: Purpose) -> None:
    forward = fresh(event=event, purpose=purpose, kind=IncidentKind.PANIC)

    await bench.responder.deliver(forward)

    assert bench.takes(forward) == 1


@pytest.mark.parametrize("kind", [IncidentKind.COMMUNITY_WORK, IncidentKind.FIRE])
async def test_what_the_police_may_not_hear_never_leaves(bench: Bench, kind: IncidentKind) -> None:
    forward = fresh(kind=kind, recipient=Recipient.POLICE)

    with pytest.raises(FirewallBreach):
        await bench.responder.deliver(forward)

    assert bench.takes(forward) == 0
    if isinstance(bench.recipient, RunningCentre):
        assert not any(breach["delivery"] == forward.delivery for breach in bench.recipient.get("/api/breaches"))
