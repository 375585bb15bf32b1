"""A person's own address: signed JSON, for a house's automation or a bridge to another messenger."""

import hashlib
import hmac
import json
import time
from collections.abc import Callable

import httpx

from kentongan_server.domain.notification import Destination, Message
from kentongan_server.outbound.notify.http_attempt import attempt
from kentongan_server.outbound.notify.wording import Wording
from kentongan_server.ports.notifier import NotifyError


def signed_headers(secret: bytes, delivery: str, event: str, timestamp: int, body: bytes) -> dict[str, str]:
    """HMAC-SHA256 over "timestamp.body"; a receiver refuses a timestamp older than 300 seconds and a known delivery id."""
    mac = hmac.new(secret, f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json",
        "X-Kentongan-Event": event,
        "X-Kentongan-Delivery": delivery,
        "X-Kentongan-Timestamp": str(timestamp),
        "X-Kentongan-Signature": f"sha256={mac}",
    }


class WebhookNotifier:
    """Posts to the URL in a destination's address, which is JSON: `url` and `secret`."""

    def __init__(self, client: httpx.AsyncClient, wording: Wording, clock_s: Callable[[], float] = time.time) -> None:
        self._client = client
        self._wording = wording
        self._clock_s = clock_s

    async def notify(self, destination: Destination, message: Message) -> None:
        """See the port."""
        try:
            where = json.loads(destination.address)
            url, secret = str(where["url"]), str(where["secret"]).encode()
        except (ValueError, KeyError, TypeError) as error:
            raise NotifyError("The webhook's address cannot be read.", gone=True) from error
        told = {
            "delivery": message.notification,
            "incident": message.incident,
            "urgent": message.is_urgent,
            "text": self._wording.of(message).text,
        }
        body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
        headers = signed_headers(secret, message.notification, "notification", int(self._clock_s()), body)
        await attempt(self._client, url, content=body, headers=headers, gone=frozenset({410}))
