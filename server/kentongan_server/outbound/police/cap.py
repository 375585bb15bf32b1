"""The incident as a signed CAP 1.2 alert.

The standard fixes the order of the elements, wants every time with a numeric offset and without fractions, and for a
private message the addresses; an update or a cancellation refers to the earlier messages as "sender,identifier,sent".
The signature is an enveloped XML-DSig, the last child of the alert. The delivery id is the identifier.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TypeAlias

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, SignatureMethod
from signxml.signer import XMLSigner

from kentongan_server.domain.forward import FirewallBreach, Forward, ForwardCamera, ForwardEvent, Recipient
from kentongan_server.domain.incident_kind import Purpose
from kentongan_server.outbound.police.cap_presets import PRESETS, CapPreset
from kentongan_server.outbound.police.connection import post_once
from kentongan_server.outbound.police.credentials import signing_key
from kentongan_server.outbound.police.legible import legible, one_line
from kentongan_server.outbound.police.third_wall import refuse_breach

CAP = "urn:oasis:names:tc:emergency:cap:1.2"
_WIB = timezone(timedelta(hours=7))
_RT_RADIUS_KM = 0.2
_OF_INTEREST_FOR = timedelta(hours=24)
_SPEAKABLE = re.compile(r"[^\s,<&]{1,200}")

_STATUS = {Purpose.ACTUAL: "Actual", Purpose.DRILL: "Exercise", Purpose.TEST: "Test"}
_MESSAGE_TYPE = {
    ForwardEvent.REPORTED: "Alert",
    ForwardEvent.UPDATED: "Update",
    ForwardEvent.CANCELLED: "Cancel",
}
_HEADLINE = {
    ForwardEvent.REPORTED: "{event} di {place}",
    ForwardEvent.UPDATED: "Pembaruan: {event} di {place}",
    ForwardEvent.CANCELLED: "Dibatalkan: {event} di {place}",
}
_CAMERA_ROLE = {
    "nearest": "terdekat",
    "representative": "mewakili RT",
    "nearest_representative": "terdekat, mewakili RT",
}
_CAMERA_HEALTH = {
    "working": "berfungsi",
    "blurred": "buram",
    "broken": "rusak",
    "never_connected": "belum tersambung",
    "unknown": "keadaan tidak diketahui",
}
_NOTE = {
    Purpose.DRILL: "LATIHAN kentongan, bukan kejadian nyata.",
    Purpose.TEST: "UJI sistem kentongan, bukan kejadian nyata.",
}
_MEANT = {Purpose.ACTUAL: "", Purpose.DRILL: "LATIHAN: ", Purpose.TEST: "UJI: "}  # some screens show the headline alone

# An element by its name, with its text or its own children in order.
Element: TypeAlias = "tuple[str, str | list[Element]]"


@dataclass(frozen=True, slots=True)
class CapIdentity:
    """Who speaks and to whom. `sender` and `address` are single words, as CAP's reference lists need them."""

    sender: str
    sender_name: str
    address: str

    def __post_init__(self) -> None:
        for name, word in (("sender", self.sender), ("address", self.address)):
            if not _SPEAKABLE.fullmatch(word) or legible(word) != word:
                raise ValueError(f"The CAP {name} must be one word without space, comma, < and &.")


class CapSeal:
    """A private key with its certificate, both PEM: P-256 or RSA. What it signs, a recipient who pinned the certificate can trust.

    Building and signing takes 0.6 ms of one core with P-256, so it is done where it stands, without a thread.
    """

    def __init__(self, key_pem: bytes, certificate_pem: bytes) -> None:
        key = signing_key(key_pem)
        certificate = x509.load_pem_x509_certificate(certificate_pem)
        if certificate.public_key() != key.public_key():
            raise ValueError("The CAP certificate does not belong to the CAP key.")
        is_curve = isinstance(key, ec.EllipticCurvePrivateKey)
        self._key = key
        self._certificate = certificate
        self._signer = XMLSigner(
            signature_algorithm=SignatureMethod.ECDSA_SHA256 if is_curve else SignatureMethod.RSA_SHA256,
            c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
        )

    def signed(self, alert: etree._Element) -> bytes:
        """The document with its signature, as UTF-8."""
        sealed = self._signer.sign(alert, key=self._key, cert=[self._certificate])
        return etree.tostring(sealed, xml_declaration=True, encoding="UTF-8")


class CapResponder:
    """Posts the incident as a signed CAP alert to `{base_url}/cap`."""

    def __init__(
        self,
        connections: httpx.AsyncClient,
        *,
        recipient: Recipient,
        base_url: str,
        identity: CapIdentity,
        seal: CapSeal,
    ) -> None:
        self._connections = connections
        self._recipient = recipient
        self._url = f"{base_url.rstrip('/')}/cap"
        self._identity = identity
        self._seal = seal

    async def deliver(self, forward: Forward) -> None:
        """One attempt; see the port."""
        refuse_breach(forward, self._recipient)
        body = self._seal.signed(cap_alert(forward, self._identity))
        await post_once(
            self._connections,
            self._url,
            body,
            {"Content-Type": "application/cap+xml", "X-Kentongan-Delivery": forward.delivery},
        )


def cap_alert(forward: Forward, identity: CapIdentity) -> etree._Element:
    """The unsigned alert, valid against the OASIS schema whatever people typed. FirewallBreach for a community kind."""
    preset = PRESETS.get(forward.kind)
    if preset is None:
        raise FirewallBreach(f"There is no CAP document for {forward.kind}; delivery {forward.delivery} was not made.")
    alert = etree.Element(f"{{{CAP}}}alert", nsmap={None: CAP})  # type: ignore[dict-item]  # the stubs miss the default namespace
    _fill(alert, _alert(forward, preset, identity))
    return alert


def _fill(parent: etree._Element, content: Iterator[Element] | list[Element]) -> None:
    for name, value in content:
        child = etree.SubElement(parent, f"{{{CAP}}}{name}")
        if isinstance(value, str):
            child.text = value
        else:
            _fill(child, value)


def _alert(forward: Forward, preset: CapPreset, identity: CapIdentity) -> Iterator[Element]:
    yield "identifier", forward.delivery
    yield "sender", identity.sender
    yield "sent", _time(forward.queued_at)
    yield "status", _STATUS[forward.purpose]
    yield "msgType", _MESSAGE_TYPE[forward.event]
    yield "source", "Kentongan"
    yield "scope", "Private"
    yield "addresses", identity.address
    if forward.purpose in _NOTE:
        yield "note", _NOTE[forward.purpose]
    if forward.earlier:
        yield (
            "references",
            " ".join(f"{identity.sender},{earlier.delivery},{_time(earlier.queued_at)}" for earlier in forward.earlier),
        )
    yield "incidents", forward.incident
    yield "info", list(_info(forward, preset, identity))


def _info(forward: Forward, preset: CapPreset, identity: CapIdentity) -> Iterator[Element]:
    place = one_line(forward.region_name) or one_line(forward.region)
    yield "language", "id-ID"
    for category in preset.categories:
        yield "category", category
    yield "event", preset.event
    yield "responseType", preset.response
    yield "urgency", preset.urgency
    yield "severity", preset.severity
    yield "certainty", preset.certainty
    yield "eventCode", _named("kentongan:kind", forward.kind)
    yield "effective", _time(forward.queued_at)
    yield "onset", _time(forward.opened_at)
    yield "expires", _time(forward.queued_at + _OF_INTEREST_FOR)
    yield "senderName", one_line(identity.sender_name)
    yield "headline", _MEANT[forward.purpose] + _HEADLINE[forward.event].format(event=preset.event, place=place)
    yield "description", legible(forward.text) if forward.text else "Pelapor tidak memberi keterangan."
    yield "parameter", _named("kentongan:class", forward.incident_class)
    yield "parameter", _named("kentongan:source", one_line(forward.source))
    yield "parameter", _named("kentongan:trust", one_line(forward.trust))
    if forward.reason is not None:
        yield "parameter", _named("kentongan:reason", one_line(forward.reason))
    if forward.position_link is not None and forward.links_until is not None:
        until = forward.links_until.astimezone(_WIB)
        description = f"Posisi kejadian; tautan berlaku sampai {until:%H.%M} WIB, setiap pembukaan dicatat"
        yield "resource", [("resourceDesc", description), ("mimeType", "text/html"), ("uri", forward.position_link)]
    for camera in forward.cameras:
        yield "resource", list(_resource(camera))
    yield "area", list(_area(forward, place))


def _area(forward: Forward, place: str) -> Iterator[Element]:
    yield "areaDesc", place
    if forward.has_position:
        yield "circle", f"{forward.latitude:.6f},{forward.longitude:.6f} {_RT_RADIUS_KM}"
    yield "geocode", _named("kentongan:region", one_line(forward.region))


def _resource(camera: ForwardCamera) -> Iterator[Element]:
    role, health = _CAMERA_ROLE.get(camera.role, camera.role), _CAMERA_HEALTH.get(camera.health, camera.health)
    yield "resourceDesc", one_line(f"Kamera {camera.name}: {role}, {camera.distance_m} m, {health}")
    yield "mimeType", "text/html"
    if camera.link is not None:
        yield "uri", camera.link


def _named(name: str, value: str) -> list[Element]:
    return [("valueName", name), ("value", value)]


def _time(moment: datetime) -> str:
    return moment.astimezone(_WIB).isoformat(timespec="seconds")
