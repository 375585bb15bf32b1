"""A link that lets one recipient see one camera, or where it happened, because of one incident and for a time.

All it says is in the link itself, signed: nothing is kept until it is opened. Whether it still opens is decided then, by the
time and by what became of the incident; the link cannot be taken further than that, to no other camera, incident or person's.
"""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from kentongan_server.domain.forward import Forward, Recipient

OPENS_FOR = timedelta(hours=2)  # a shift at the desk looks at it at once; each later document brings new links
_TAG_BYTES = 16


@dataclass(frozen=True, slots=True)
class View:
    """What a link opens; without a `camera` it is where the incident happened."""

    incident: str
    recipient: Recipient
    camera: str | None
    until: datetime


@dataclass(frozen=True, slots=True)
class ViewLinks:
    """Makes and reads links to `{base_url}/api/v1/views/…`. Whoever has the key can make them."""

    key: bytes
    base_url: str | None

    def token(self, view: View) -> str:
        """The signed words of the link: the same for the same view, so that a document repeated is the same document."""
        said = [view.incident, view.recipient, view.camera, int(view.until.timestamp())]
        body = _text(json.dumps(said, separators=(",", ":")).encode())
        return f"{body}.{_text(self._tag(body))}"

    def read(self, token: str) -> View | None:
        """What this link opens; None unless it is whole and ours."""
        body, _, tag = token.partition(".")
        if not tag.isascii() or not hmac.compare_digest(tag.encode(), _text(self._tag(body)).encode()):
            return None
        # Signed by us, so it is as we wrote it.
        incident, recipient, camera, until = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        return View(incident, Recipient(recipient), camera, datetime.fromtimestamp(until, UTC))

    def added_to(self, forward: Forward) -> Forward:
        """The document with its links; as it was when it may have none, or when nobody can reach us by one."""
        if forward.links_until is None or self.base_url is None:
            return forward

        def url(camera: str | None) -> str:
            view = View(forward.incident, forward.recipient, camera, until)
            return f"{base}/api/v1/views/{self.token(view)}"

        base, until = self.base_url.rstrip("/"), forward.links_until
        cameras = tuple(replace(camera, link=url(camera.id)) for camera in forward.cameras)
        return replace(forward, cameras=cameras, position_link=url(None) if forward.has_position else None)

    def _tag(self, body: str) -> bytes:
        return hmac.new(self.key, body.encode(), hashlib.sha256).digest()[:_TAG_BYTES]


def without_credentials(link: str) -> str:
    """The address without a name and password in it: those are the recorder's own to ask for."""
    parts = urlsplit(link)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def has_credentials(link: str) -> bool:
    """Whether a name or password stands in the address."""
    return "@" in urlsplit(link).netloc


def network_of(address: str | None) -> str | None:
    """As much of an address as the record may keep: the network (/24, or /48 of IPv6), never the one device."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return None
    return str(ip_network((found, 24 if found.version == 4 else 48), strict=False))


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
