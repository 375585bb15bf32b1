"""Web push (RFC 8030, 8188, 8291, 8292): encrypted for the one browser, signed with our VAPID key."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02, b64urlencode
from pywebpush import WebPusher, WebPushException

from kentongan_server.domain.notification import Destination, Message
from kentongan_server.outbound.notify.http_attempt import attempt
from kentongan_server.outbound.notify.wording import Wording
from kentongan_server.ports.notifier import NotifyError

_TOKEN_LIFE_S = 12 * 3600
_ALARM_LIFE_S, _NEWS_LIFE_S = 3600, 86400


class VapidKey:
    """Our key at the push services; browsers subscribe to its public half."""

    def __init__(self, pem_file: Path, contact: str) -> None:
        self._vapid = Vapid02.from_file(str(pem_file))
        self._contact = contact

    @property
    def public(self) -> str:
        """For `applicationServerKey`, base64url without padding."""
        raw = self._vapid.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return str(b64urlencode(raw))

    def headers(self, endpoint: str, now_s: float) -> dict[str, str]:
        """The Authorization for this push service."""
        parts = urlsplit(endpoint)
        claims = {"aud": f"{parts.scheme}://{parts.netloc}", "sub": self._contact, "exp": int(now_s) + _TOKEN_LIFE_S}
        signed: dict[str, str] = self._vapid.sign(claims)
        return signed


def make_vapid_key(pem_file: Path) -> None:
    """Write a new P-256 key, readable by its owner alone."""
    vapid = Vapid02()
    vapid.generate_keys()
    pem_file.touch(mode=0o600, exist_ok=False)
    pem_file.write_bytes(vapid.private_pem())


class WebPushNotifier:
    """Sends to the subscription in a destination's address (the browser's own JSON)."""

    def __init__(
        self, client: httpx.AsyncClient, key: VapidKey, wording: Wording, clock_s: Callable[[], float] = time.time
    ) -> None:
        self._client = client
        self._key = key
        self._wording = wording
        self._clock_s = clock_s

    async def notify(self, destination: Destination, message: Message) -> None:
        """See the port."""
        words = self._wording.of(message)
        told = {
            "notification": message.notification,
            "incident": message.incident,
            "title": words.title,
            "body": words.sentence,
            "urgent": message.is_urgent,
            "language": message.language,
            "answers": self._wording.buttons(message),
            "answered": self._wording.button("answered", message.language),
        }
        try:
            subscription = json.loads(destination.address)
            endpoint = str(subscription["endpoint"])
            pusher = WebPusher(subscription)
            endpoint.encode("ascii")
        except (ValueError, KeyError, TypeError, WebPushException) as error:
            raise NotifyError("The browser's subscription cannot be read.", gone=True) from error
        packed = pusher.encode(json.dumps(told, ensure_ascii=False).encode(), "aes128gcm")
        body = bytes(packed["body"])
        headers = {
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(_ALARM_LIFE_S if message.is_urgent else _NEWS_LIFE_S),
            "Urgency": "high" if message.is_urgent else "normal",
            **self._key.headers(endpoint, self._clock_s()),
        }
        if message.incident is not None:
            headers["Topic"] = message.incident[-32:]  # a later word replaces one that still waits at the push service
        await attempt(self._client, endpoint, content=body, headers=headers)
