"""What the command centre takes and refuses as CAP. Every refused document differs from a good one in one way."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from lxml import etree
from signxml import XMLSigner
from signxml.algorithms import SignatureMethod
from tests.integration.police.centre_process import RunningCentre
from tests.integration.police.sending import Keys, fresh, make_keys, post_cap, post_forward, signed_cap
from tests.unit.police.forwards import IDENTITY

from kentongan_server.domain.forward import Forward, ForwardEvent
from kentongan_server.domain.incident_kind import IncidentClass, IncidentKind
from kentongan_server.outbound.clock.system_clock import SystemClock
from kentongan_server.outbound.police.cap import CAP, cap_alert

pytestmark = pytest.mark.real
DS = "{http://www.w3.org/2000/09/xmldsig#}"


def test_a_signed_alert_and_its_webhook_are_one_case(centre: RunningCentre, keys: Keys) -> None:
    forward = fresh(text="Motor dibawa lari.")

    assert post_cap(centre, signed_cap(keys, forward), forward.delivery).status_code == 200
    assert post_forward(centre, fresh(incident=forward.incident)).status_code == 200

    cap, webhook = centre.messages(forward.incident)
    assert (cap["format"], cap["signature"], cap["schema"], cap["class"]) == ("cap", "valid", "valid", "crime")
    assert cap["document"].startswith("<alert")
    assert webhook["format"] == "webhook"
    case = centre.get(f"/api/cases/{forward.incident}")
    assert case["formats"] == {"webhook": 1, "cap": 1}
    assert (case["latitude"], case["longitude"]) == (-6.98, 110.41)


def test_the_same_alert_signed_anew_is_the_same_delivery(centre: RunningCentre, keys: Keys) -> None:
    forward = fresh()
    documents = [signed_cap(keys, forward) for _ in range(2)]
    assert documents[0] != documents[1]

    answers = [post_cap(centre, document, forward.delivery) for document in documents]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].text == answers[1].text
    assert len(centre.messages(forward.incident)) == 1


def _tampered(keys: Keys, forward: Forward) -> bytes:
    return signed_cap(keys, forward).replace(b"Motor dibawa lari.", b"Tidak ada apa-apa.")


def _unsigned(_keys: Keys, forward: Forward) -> bytes:
    return etree.tostring(cap_alert(forward, IDENTITY))


def _twice_signed(keys: Keys, forward: Forward) -> bytes:
    document = etree.fromstring(signed_cap(keys, forward))
    signature = document[-1]
    document.append(etree.fromstring(etree.tostring(signature)))
    return etree.tostring(document)


def _wrapped(keys: Keys, forward: Forward) -> bytes:
    """The signed original hidden inside, a forged alert around it."""
    original = etree.fromstring(signed_cap(keys, forward))
    signature = original[-1]
    forged = cap_alert(forward, IDENTITY)
    forged.append(signature)
    hidden = etree.SubElement(signature, f"{DS}Object")
    original.set("Id", "x")
    hidden.append(original)
    signature.find(f".//{DS}Reference").set("URI", "#x")  # type: ignore[union-attr]
    return etree.tostring(forged)


def _signed_with_the_certificate_as_secret(keys: Keys, forward: Forward) -> bytes:
    """HMAC keyed with what everybody can read: the certificate."""
    signer = XMLSigner(signature_algorithm=SignatureMethod.HMAC_SHA256)
    return etree.tostring(signer.sign(cap_alert(forward, IDENTITY), key=keys.certificate.read_bytes()))


def _signed_in_part(keys: Keys, forward: Forward) -> bytes:
    """Signed with the right key, but only its info: all else could be anything."""
    alert = cap_alert(forward, IDENTITY)
    alert.find("c:info", {"c": CAP}).set("Id", "part")  # type: ignore[union-attr]
    signer = XMLSigner(signature_algorithm=SignatureMethod.ECDSA_SHA256)
    key, certificate = keys.certificate.with_suffix(".key").read_bytes(), keys.certificate.read_text()
    return etree.tostring(signer.sign(alert, key=key, cert=certificate, reference_uri="#part"))


def _signature_first(keys: Keys, forward: Forward) -> bytes:
    document = etree.fromstring(signed_cap(keys, forward))
    document.insert(0, document[-1])
    return etree.tostring(document)


def _without_value(keys: Keys, forward: Forward) -> bytes:
    document = etree.fromstring(signed_cap(keys, forward))
    value = document.find(f".//{DS}SignatureValue")
    assert value is not None
    value.text = None
    return etree.tostring(document)


def _nonsense_algorithm(keys: Keys, forward: Forward) -> bytes:
    return signed_cap(keys, forward).replace(b"ecdsa-sha256", b"rot13")


UNPROVEN: dict[str, Callable[[Keys, Forward], bytes]] = {
    "tampered": _tampered,
    "not signed": _unsigned,
    "signed twice": _twice_signed,
    "wrapped": _wrapped,
    "hmac with the certificate": _signed_with_the_certificate_as_secret,
    "signed in part": _signed_in_part,
    "signature not last": _signature_first,
    "no signature value": _without_value,
    "no such algorithm": _nonsense_algorithm,
}


@pytest.mark.parametrize("how", UNPROVEN)
def test_what_is_not_proven_is_not_taken(centre: RunningCentre, keys: Keys, how: str) -> None:
    forward = fresh()

    answer = post_cap(centre, UNPROVEN[how](keys, forward), forward.delivery)

    assert answer.status_code == 401, answer.text
    assert centre.messages(forward.incident) == []


def test_a_signature_by_anybody_else_is_not_believed(
    centre: RunningCentre, tmp_path_factory: pytest.TempPathFactory
) -> None:
    forward = fresh()
    strangers = make_keys(tmp_path_factory.mktemp("stranger"))

    assert post_cap(centre, signed_cap(strangers, forward), forward.delivery).status_code == 401
    assert centre.messages(forward.incident) == []


BOMB = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">&c;</alert>"""
FILE = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>&a;</identifier></alert>"""
UNREADABLE = {
    "nothing": b"",
    "noise": b"\x00\xff\xfe<",
    "half": b'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">',
    "another document": b"<html/>",
    "entity bomb": BOMB,
    "entity from a file": FILE,
    "a declared type": b'<!DOCTYPE alert SYSTEM "http://127.0.0.1:9/x.dtd"><alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"/>',
    "very deep": b"<a>" * 50_000,
}


@pytest.mark.parametrize("how", UNREADABLE)
def test_what_cannot_be_read_safely_is_refused_with_a_sentence(centre: RunningCentre, how: str) -> None:
    answer = post_cap(centre, UNREADABLE[how], "d-1")

    assert answer.status_code == 400
    assert "root:" not in answer.text


def _set(path: str, text: str) -> Callable[[etree._Element], None]:
    def change(alert: etree._Element) -> None:
        found = alert.find(path, {"c": CAP})
        assert found is not None
        found.text = text

    return change


def _drop(path: str) -> Callable[[etree._Element], None]:
    def change(alert: etree._Element) -> None:
        found = alert.find(path, {"c": CAP})
        assert found is not None
        parent = found.getparent()
        assert parent is not None
        parent.remove(found)

    return change


BROKEN: dict[str, Callable[[etree._Element], None]] = {
    "no such status": _set("c:status", "Real"),
    "a draft": _set("c:status", "Draft"),
    "an error message": _set("c:msgType", "Error"),
    "public": _set("c:scope", "Public"),
    "private without addresses": _drop("c:addresses"),
    "private with empty addresses": _set("c:addresses", " "),
    "an update without references": _drop("c:references"),
    "a reference that is none": _set("c:references", "sender,identifier"),
    "a sender of two words": _set("c:sender", "kentongan semarang"),
    "an identifier with a comma": _set("c:identifier", "a,b"),
    "no incident": _drop("c:incidents"),
    "a time in Z": _set("c:sent", "2026-03-01T18:04:05Z"),
    "a time with fractions": _set("c:sent", "2026-03-01T18:04:05.1+07:00"),
    "a thirteenth month": _set("c:sent", "2026-13-01T18:04:05+07:00"),
    "expired before it began": _set("c:info/c:expires", "2026-03-01T00:00:00+07:00"),
    "in effect before it was sent": _set("c:info/c:effective", "2026-03-01T00:00:00+07:00"),
    "a circle that is none": _set("c:info/c:area/c:circle", "somewhere"),
    "a circle off the earth": _set("c:info/c:area/c:circle", "-96.9,110.4 0.2"),
    "a circle turned inside out": _set("c:info/c:area/c:circle", "-6.9,110.4 -1"),
    "no info": _drop("c:info"),
    "no area": _drop("c:info/c:area"),
    "no kind": _drop("c:info/c:eventCode"),
    "no class": _drop("c:info/c:parameter"),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_signed_document_that_breaks_a_rule_is_refused_with_the_rule(
    centre: RunningCentre, keys: Keys, how: str
) -> None:
    forward = fresh(event=ForwardEvent.UPDATED)
    alert = cap_alert(forward, IDENTITY)
    BROKEN[how](alert)

    answer = post_cap(centre, keys.seal.signed(alert), forward.delivery)

    assert answer.status_code == 422, answer.text
    assert answer.json()["detail"].endswith(".")
    assert centre.messages(forward.incident) == []


def test_a_document_from_the_future_is_refused(centre: RunningCentre, keys: Keys) -> None:
    forward = fresh(queued_at=SystemClock().now() + timedelta(minutes=10))

    assert post_cap(centre, signed_cap(keys, forward), forward.delivery).status_code == 422


def test_an_old_document_is_taken_because_the_police_were_away_so_long(centre: RunningCentre, keys: Keys) -> None:
    forward = fresh(queued_at=SystemClock().now() - timedelta(days=2))

    assert post_cap(centre, signed_cap(keys, forward), forward.delivery).status_code == 200


def test_the_header_cannot_name_another_delivery(centre: RunningCentre, keys: Keys) -> None:
    forward = fresh()

    assert post_cap(centre, signed_cap(keys, forward), "d-other").status_code == 422


def _fire_in_disguise(alert: etree._Element) -> None:
    _set("c:info/c:category", "Fire")(alert)


BREACHES: dict[str, tuple[dict[str, object], Callable[[etree._Element], None]]] = {
    "an emergency": ({"kind": IncidentKind.FIRE}, lambda _alert: None),
    "a theft that says community": ({"incident_class": IncidentClass.COMMUNITY}, lambda _alert: None),
    "a crime of category fire": ({}, _fire_in_disguise),
    "a fire that says crime": (
        {"kind": IncidentKind.FIRE, "incident_class": IncidentClass.CRIME},
        _set("c:info/c:category", "Security"),
    ),
}


@pytest.mark.parametrize("how", BREACHES)
def test_what_the_police_may_not_hear_is_refused_and_counted(centre: RunningCentre, keys: Keys, how: str) -> None:
    different, change = BREACHES[how]
    forward = fresh(**different)
    alert = cap_alert(forward, IDENTITY)
    change(alert)

    answer = post_cap(centre, keys.seal.signed(alert), forward.delivery)

    assert answer.status_code == 422
    assert [one["format"] for one in centre.get("/api/breaches") if one["delivery"] == forward.delivery] == ["cap"]
    assert centre.messages(forward.incident) == []
