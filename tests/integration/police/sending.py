"""How a test speaks to the centre: properly, or spoilt in exactly one way."""

import time
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx
from tests.integration.police.centre_process import RunningCentre
from tests.unit.police.forwards import IDENTITY, SECRET, a_forward

from kentongan_server.domain.forward import Forward
from kentongan_server.outbound.clock.system_clock import SystemClock
from kentongan_server.outbound.police.cap import CapSeal, cap_alert
from kentongan_server.outbound.police.credentials import ensure_cap_credentials
from kentongan_server.outbound.police.webhook import signature, webhook_body


@dataclass(frozen=True)
class Keys:
    """What the sender signs with, and what the centre pinned."""

    seal: CapSeal
    certificate: Path


def make_keys(folder: Path) -> Keys:
    """A new pair."""
    ensure_cap_credentials(folder / "cap.key", folder / "cap.crt", name="kentongan.test", now=SystemClock().now())
    seal = CapSeal((folder / "cap.key").read_bytes(), (folder / "cap.crt").read_bytes())
    return Keys(seal, folder / "cap.crt")


def fresh(**different: object) -> Forward:
    """A forward with ids of its own."""
    return a_forward(**{"delivery": f"d-{uuid4()}", "incident": f"i-{uuid4()}", **different})


def post_webhook(
    centre: RunningCentre,
    body: bytes,
    *,
    secret: bytes = SECRET,
    age: int = 0,
    timeout: float = 10,
    **headers: str,
) -> httpx.Response:
    """Post this body properly signed, unless the arguments spoil it."""
    timestamp = int(time.time()) - age
    proper = {
        "Content-Type": "application/json",
        "X-Kentongan-Timestamp": str(timestamp),
        "X-Kentongan-Signature": signature(secret, timestamp, body),
    }
    return centre.post("/webhook", content=body, headers={**proper, **headers}, timeout=timeout)


def post_forward(centre: RunningCentre, forward: Forward, **spoilt: object) -> httpx.Response:
    """Post a forward as the webhook does, unless spoilt."""
    headers = {"X-Kentongan-Delivery": forward.delivery, "X-Kentongan-Event": str(forward.event)}
    return post_webhook(centre, webhook_body(forward), **{**headers, **spoilt})  # type: ignore[arg-type]


def post_cap(centre: RunningCentre, document: bytes, delivery: str, **headers: str) -> httpx.Response:
    """Post this document."""
    proper = {"Content-Type": "application/cap+xml", "X-Kentongan-Delivery": delivery}
    return centre.post("/cap", content=document, headers={**proper, **headers})


def signed_cap(keys: Keys, forward: Forward) -> bytes:
    """The document as the server makes it."""
    return keys.seal.signed(cap_alert(forward, IDENTITY))
