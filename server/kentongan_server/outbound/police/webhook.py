"""The incident as signed JSON, to those who do not speak CAP.

The signature covers the timestamp and the very bytes of the body. Headers are not signed, so the body repeats the
delivery id and the event, and the recipient compares.
"""

import hashlib
import hmac
import json
from typing import Any

import httpx

from kentongan_server.domain.forward import Forward, Recipient
from kentongan_server.outbound.police.connection import post_once
from kentongan_server.outbound.police.key_ring import KeyRing
from kentongan_server.outbound.police.legible import legible, one_line
from kentongan_server.outbound.police.third_wall import refuse_breach
from kentongan_server.ports.clock import Clock


def webhook_body(forward: Forward) -> bytes:
    """The document as UTF-8 JSON, the same bytes at every attempt."""
    document: dict[str, Any] = {
        "version": 1,
        "delivery": forward.delivery,
        "event": forward.event,
        "recipient": forward.recipient,
        "incident": forward.incident,
        "kind": forward.kind,
        "class": forward.incident_class,
        "purpose": forward.purpose,
        "region": {"code": one_line(forward.region), "name": one_line(forward.region_name)},
        "position": ({"latitude": forward.latitude, "longitude": forward.longitude} if forward.has_position else None),
        "opened_at": forward.opened_at.isoformat(),
        "queued_at": forward.queued_at.isoformat(),
        "source": one_line(forward.source),
        "trust": one_line(forward.trust),
        "text": None if forward.text is None else legible(forward.text),
        "earlier": [earlier.delivery for earlier in forward.earlier],
        "reason": forward.reason,
        "cameras": [
            {
                "id": one_line(camera.id),
                "name": one_line(camera.name),
                "role": camera.role,
                "health": camera.health,
                "distance_m": camera.distance_m,
                "link": camera.link,
            }
            for camera in forward.cameras
        ],
        "position_link": forward.position_link,
        "links_until": None if forward.links_until is None else forward.links_until.isoformat(),
    }
    return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def signature(secret: bytes, timestamp: int, body: bytes) -> str:
    """The value of X-Kentongan-Signature; `timestamp` in unix seconds."""
    return "sha256=" + hmac.new(secret, f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


class WebhookResponder:
    """Posts the incident as JSON to `{base_url}/webhook`."""

    def __init__(
        self, connections: httpx.AsyncClient, clock: Clock, *, recipient: Recipient, base_url: str, keys: KeyRing
    ) -> None:
        if len(keys.active.secret) < 16:
            raise ValueError("The webhook secret must hold at least 16 bytes.")
        self._connections = connections
        self._clock = clock
        self._recipient = recipient
        self._url = f"{base_url.rstrip('/')}/webhook"
        self._keys = keys

    async def deliver(self, forward: Forward) -> None:
        """One attempt; see the port."""
        refuse_breach(forward, self._recipient)
        body = webhook_body(forward)
        timestamp = int(self._clock.now().timestamp())
        key = self._keys.active
        await post_once(
            self._connections,
            self._url,
            body,
            {
                "Content-Type": "application/json",
                "X-Kentongan-Event": forward.event,
                "X-Kentongan-Delivery": forward.delivery,
                "X-Kentongan-Timestamp": str(timestamp),
                "X-Kentongan-Signature": signature(key.secret, timestamp, body),
                "X-Kentongan-Key": key.name,
            },
        )
