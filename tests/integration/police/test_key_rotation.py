"""Keys are changed on both sides while the line between them is down: nothing is lost, nothing counts twice."""

import contextlib
import socket
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from tests.integration.police.centre_process import running_centre
from tests.integration.police.sending import fresh, make_keys
from tests.unit.police.forwards import IDENTITY, SECRET

from kentongan_server.domain.forward import Forward, Recipient
from kentongan_server.outbound.clock.system_clock import SystemClock
from kentongan_server.outbound.police.cap import CapResponder
from kentongan_server.outbound.police.key_ring import KeyRing
from kentongan_server.outbound.police.webhook import WebhookResponder
from kentongan_server.ports.responder import DeliveryError

pytestmark = pytest.mark.real


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


async def test_a_shared_key_is_changed_during_an_outage(tmp_path: Path) -> None:
    pinned = make_keys(tmp_path)
    port = free_port()
    old = SECRET.decode()
    ring = KeyRing(tmp_path / "keys.json", SECRET)
    documents = [fresh() for _ in range(5)]
    async with httpx.AsyncClient(trust_env=False, timeout=5) as connections:
        server = WebhookResponder(
            connections,
            SystemClock(),
            recipient=Recipient.POLICE,
            base_url=f"http://127.0.0.1:{port}",
            keys=ring,
        )

        async def try_all() -> list[Forward]:
            failed = []
            for forward in documents:
                with contextlib.suppress(DeliveryError):
                    await server.deliver(forward)
                    continue
                failed.append(forward)
            return failed

        assert await try_all() == documents, "nobody listens"
        new = ring.add("2027-a", datetime.now(UTC))
        with running_centre(tmp_path, secret=old, certificate=pinned.certificate, port=port):
            await server.deliver(documents[0])
        ring.activate("2027-a")
        with running_centre(tmp_path, secret=old, certificate=pinned.certificate, port=port):
            assert len(await try_all()) == 5, "a key that the other side does not know is refused, and tried again"
        both = {"KENTONGAN_CENTRE_WEBHOOK_SECRET_PREVIOUS": old}
        with running_centre(tmp_path, secret=new, certificate=pinned.certificate, port=port, more=both) as centre:
            assert await try_all() == []
            assert await try_all() == [], "a repeat is answered alike"
            taken = [message["delivery"] for message in centre.get("/api/messages")]
            assert sorted(taken) == sorted(forward.delivery for forward in documents), "each counts once"


async def test_the_pinned_certificate_is_changed_with_an_overlap(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "new").mkdir()
    old, new = make_keys(tmp_path / "old"), make_keys(tmp_path / "new")
    bundle = tmp_path / "pinned.pem"
    bundle.write_bytes(old.certificate.read_bytes() + new.certificate.read_bytes())
    port = free_port()
    async with httpx.AsyncClient(trust_env=False, timeout=5) as connections:

        def signing_with(keys: object) -> CapResponder:
            return CapResponder(
                connections,
                recipient=Recipient.POLICE,
                base_url=f"http://127.0.0.1:{port}",
                identity=IDENTITY,
                seal=keys.seal,  # type: ignore[attr-defined]
            )

        with running_centre(tmp_path, secret=SECRET.decode(), certificate=bundle, port=port) as centre:
            first = fresh()
            await signing_with(old).deliver(first)
            await signing_with(new).deliver(first)
            await signing_with(new).deliver(fresh())
            assert len(centre.get("/api/messages")) == 2
        with running_centre(tmp_path, secret=SECRET.decode(), certificate=new.certificate, port=port):
            with pytest.raises(DeliveryError, match="401"):
                await signing_with(old).deliver(fresh())
            await signing_with(new).deliver(fresh())
