"""What the command centre takes and refuses as JSON."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from tests.integration.police.centre_process import RunningCentre
from tests.integration.police.sending import fresh, post_forward, post_webhook

from kentongan_server.domain.forward import ForwardEvent, Recipient
from kentongan_server.domain.incident_kind import IncidentClass, IncidentKind
from kentongan_server.outbound.police.webhook import webhook_body

pytestmark = pytest.mark.real


def test_a_document_is_kept_with_all_it_says(centre: RunningCentre) -> None:
    forward = fresh(text="<b>Tolong</b> 🔥")

    answer = post_forward(centre, forward)

    assert answer.status_code == 200
    message = centre.messages(forward.incident)[0]
    assert {
        name: message[name] for name in ("delivery", "format", "class", "kind", "region", "signature", "schema")
    } == {
        "delivery": forward.delivery,
        "format": "webhook",
        "class": "crime",
        "kind": "theft",
        "region": "33.74.01.1001/RW01/RT01",
        "signature": "valid",
        "schema": None,
    }
    assert message["document"] == json.loads(webhook_body(forward))


def test_the_same_delivery_gets_the_same_answer_and_opens_no_second_case(centre: RunningCentre) -> None:
    forward = fresh()

    answers = [post_forward(centre, forward) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert len({answer.text for answer in answers}) == 1
    assert len(centre.messages(forward.incident)) == 1
    assert centre.get(f"/api/cases/{forward.incident}")["formats"]["webhook"] == 1


def test_a_delivery_id_cannot_be_used_for_something_else(centre: RunningCentre) -> None:
    forward = fresh()
    post_forward(centre, forward)

    answer = post_forward(centre, fresh(delivery=forward.delivery, incident=forward.incident, text="Other words."))

    assert answer.status_code == 409
    assert len(centre.messages(forward.incident)) == 1


SPOILT: dict[str, dict[str, Any]] = {
    "another secret": {"secret": b"not the one they share"},
    "too old": {"age": 301},
    "too new": {"age": -310},
    "a changed signature": {"X-Kentongan-Signature": "sha256=" + "0" * 64},
    "no timestamp": {"X-Kentongan-Timestamp": ""},
    "a timestamp that was not signed": {"X-Kentongan-Timestamp": "1"},
}


@pytest.mark.parametrize("how", SPOILT)
def test_what_is_not_proven_is_not_taken(centre: RunningCentre, how: str) -> None:
    forward = fresh()

    answer = post_forward(centre, forward, **SPOILT[how])

    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert centre.messages(forward.incident) == []


@pytest.mark.parametrize("header", ["X-Kentongan-Delivery", "X-Kentongan-Event"])
def test_an_unsigned_header_cannot_say_anything_else_than_the_body(centre: RunningCentre, header: str) -> None:
    forward = fresh()
    other = {"X-Kentongan-Delivery": "d-other", "X-Kentongan-Event": "incident.updated"}[header]

    assert post_forward(centre, forward, **{header: other}).status_code == 422
    assert centre.messages(forward.incident) == []


def _changed(**fields: Any) -> Callable[[dict[str, Any]], bytes]:
    return lambda document: json.dumps({**document, **fields}).encode()


MALFORMED: dict[str, tuple[Callable[[dict[str, Any]], bytes], set[int]]] = {
    "no json": (lambda _d: b"{", {400}),
    "nothing": (lambda _d: b"", {400}),
    "no utf-8": (lambda _d: b'{"a":"\xff"}', {400}),
    "too deep": (lambda _d: b"[" * 100_000, {400}),
    "a number of 5,000 digits": (lambda _d: b'{"a":' + b"9" * 5000 + b"}", {400}),
    "NaN": (lambda d: json.dumps({**d, "position": {"latitude": float("nan"), "longitude": 1}}).encode(), {400}),
    "1e400": (lambda _d: b'{"a":1e400}', {400}),
    "half a character": (_changed(text="\ud800"), {400}),
    "NUL": (_changed(text="a\0b"), {400}),
    "a key twice": (lambda d: b'{"version":1,' + json.dumps(d).encode()[1:], {400}),
    "a list": (lambda _d: b"[]", {422}),
    "no kind": (lambda d: json.dumps({k: v for k, v in d.items() if k != "kind"}).encode(), {422}),
    "a number as kind": (_changed(kind=1), {422}),
    "a long id": (_changed(incident="x" * 200), {422}),
    "an id with markup": (_changed(incident="<b>"), {422}),
    "off the earth": (_changed(position={"latitude": 91, "longitude": 0}), {422}),
    "a position of text": (_changed(position={"latitude": "1", "longitude": "1"}), {422}),
    "a naive time": (_changed(opened_at="2026-03-01T18:04:05"), {422}),
    "a time as number": (_changed(opened_at=1), {422}),
    "another version": (_changed(version=2), {422}),
    "an update of nothing": (_changed(event="incident.updated", earlier=[]), {422}),
    "ten megabytes": (lambda d: json.dumps({**d, "text": "x" * 10_000_000}).encode(), {413}),
}


@pytest.mark.parametrize("how", MALFORMED)
def test_what_is_malformed_gets_a_sentence_and_no_echo(centre: RunningCentre, how: str) -> None:
    forward = fresh(text="sangat rahasia")
    spoil, statuses = MALFORMED[how]
    body = spoil(json.loads(webhook_body(forward)))

    answer = post_webhook(
        centre, body, **{"X-Kentongan-Delivery": forward.delivery, "X-Kentongan-Event": "incident.updated"}
    )

    assert answer.status_code in statuses, answer.text
    assert answer.json()["detail"].endswith(".")
    assert "rahasia" not in answer.text
    assert centre.messages(forward.incident) == []


def test_only_json_is_taken_here(centre: RunningCentre) -> None:
    assert post_forward(centre, fresh(), **{"Content-Type": "text/plain"}).status_code == 415


def test_fields_we_do_not_know_yet_are_ignored(centre: RunningCentre) -> None:
    forward = fresh()
    body = json.dumps({**json.loads(webhook_body(forward)), "cameras": [{"id": 1}]}).encode()

    answer = post_webhook(
        centre, body, **{"X-Kentongan-Delivery": forward.delivery, "X-Kentongan-Event": "incident.reported"}
    )

    assert answer.status_code == 200


BREACHES: dict[str, dict[str, Any]] = {
    "community news": {"kind": IncidentKind.COMMUNITY_WORK},
    "an emergency": {"kind": IncidentKind.FIRE, "recipient": Recipient.POLICE},
    "a fire that says crime": {
        "kind": IncidentKind.FIRE,
        "incident_class": IncidentClass.CRIME,
        "recipient": Recipient.POLICE,
    },
    "a theft that says community": {"incident_class": IncidentClass.COMMUNITY},
    "meant for somebody else": {"recipient": Recipient.EMERGENCY},
}


@pytest.mark.parametrize("how", BREACHES)
def test_what_the_police_may_not_hear_is_refused_and_counted_once(centre: RunningCentre, how: str) -> None:
    forward = fresh(text=f"urusan warga {uuid4()}", **BREACHES[how])

    answers = [post_forward(centre, forward) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [422, 422]
    breaches = [one for one in centre.get("/api/breaches") if one["delivery"] == forward.delivery]
    assert [breach["attempts"] for breach in breaches] == [2]
    assert breaches[0]["kind"] == forward.kind
    assert centre.messages(forward.incident) == []
    everything = [centre.get(path) for path in ("/api/breaches", "/api/cases", "/api/messages")]
    assert str(forward.text) not in json.dumps(everything)


def test_an_unproven_breach_is_not_counted(centre: RunningCentre) -> None:
    forward = fresh(kind=IncidentKind.COMMUNITY_WORK)

    assert post_forward(centre, forward, secret=b"not the one they share").status_code == 401
    assert not any(breach["delivery"] == forward.delivery for breach in centre.get("/api/breaches"))


def test_an_update_tells_the_case_the_newest_and_a_late_one_does_not(centre: RunningCentre) -> None:
    from datetime import timedelta

    first = fresh(text="Pertama.")
    newer = fresh(
        incident=first.incident,
        event=ForwardEvent.UPDATED,
        kind=IncidentKind.ROBBERY,
        text="Mereka bersenjata.",
        queued_at=first.queued_at + timedelta(seconds=90),
    )
    for forward in (newer, first):
        assert post_forward(centre, forward).status_code == 200

    case = centre.get(f"/api/cases/{first.incident}")
    assert (case["kind"], case["text"], case["event"]) == ("robbery", "Mereka bersenjata.", "incident.updated")
    assert case["formats"]["webhook"] == 2
