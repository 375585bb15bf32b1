"""The JSON document and its signature, checked with other people's hands."""

import hashlib
import json
import math

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.police.forwards import SECRET, a_forward, anything

from kentongan_command_centre.strict_json import read_strictly
from kentongan_server.domain.forward import ForwardEvent, Recipient
from kentongan_server.outbound.clock.system_clock import SystemClock
from kentongan_server.outbound.police.key_ring import KeyRing
from kentongan_server.outbound.police.webhook import WebhookResponder, signature, webhook_body


def test_the_document_says_all_there_is_to_say() -> None:
    assert json.loads(webhook_body(a_forward(event=ForwardEvent.UPDATED))) == {
        "version": 1,
        "delivery": "01DELIVERY",
        "event": "incident.updated",
        "recipient": "police",
        "incident": "01INCIDENT",
        "kind": "theft",
        "class": "crime",
        "purpose": "actual",
        "region": {"code": "33.74.01.1001/RW01/RT01", "name": "RT 01 RW 01 Miroto"},
        "position": {"latitude": -6.98, "longitude": 110.41},
        "opened_at": "2026-03-01T18:04:05.600000+00:00",
        "queued_at": "2026-03-01T18:04:05.678901+00:00",
        "source": "app",
        "trust": "trusted",
        "text": "Motor dibawa lari.",
        "reason": None,
        "cameras": [],
        "position_link": None,
        "links_until": None,
        "earlier": ["01FIRST"],
    }


def test_an_impossible_position_is_left_out() -> None:
    assert json.loads(webhook_body(a_forward(latitude=math.nan)))["position"] is None


@settings(deadline=None)  # the machine may be busy
@given(text=anything, name=anything)
def test_whatever_people_type_is_json_that_a_strict_reader_takes(text: str, name: str) -> None:
    body = webhook_body(a_forward(text=text, region_name=name))

    assert read_strictly(body)["incident"] == "01INCIDENT"
    assert webhook_body(a_forward(text=text, region_name=name)) == body


@settings(deadline=None)  # the machine may be busy
@given(body=st.binary(max_size=300), timestamp=st.integers(min_value=0, max_value=10**11))
def test_the_signature_is_one_that_any_hmac_finds(body: bytes, timestamp: int) -> None:
    # HMAC as RFC 2104 spells it, from the bare hash.
    inner = bytes(byte ^ 0x36 for byte in SECRET.ljust(64, b"\0"))
    outer = bytes(byte ^ 0x5C for byte in SECRET.ljust(64, b"\0"))
    expected = hashlib.sha256(outer + hashlib.sha256(inner + str(timestamp).encode() + b"." + body).digest())
    assert signature(SECRET, timestamp, body) == f"sha256={expected.hexdigest()}"


async def test_the_request_carries_what_the_recipient_checks() -> None:
    taken: list[httpx.Request] = []

    def world(request: httpx.Request) -> httpx.Response:
        taken.append(request)
        return httpx.Response(204, stream=httpx.ByteStream(b""))

    async with httpx.AsyncClient(transport=httpx.MockTransport(world)) as connections:
        responder = WebhookResponder(
            connections,
            SystemClock(),
            recipient=Recipient.POLICE,
            base_url="http://police.test/inbox/",
            keys=KeyRing(None, SECRET),
        )
        await responder.deliver(a_forward())

    request = taken[0]
    assert str(request.url) == "http://police.test/inbox/webhook"
    assert request.headers["X-Kentongan-Event"] == "incident.reported"
    assert request.headers["X-Kentongan-Delivery"] == "01DELIVERY"
    expected = signature(SECRET, int(request.headers["X-Kentongan-Timestamp"]), request.content)
    assert request.headers["X-Kentongan-Signature"] == expected


def test_a_secret_too_short_to_keep_is_refused_at_the_start() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        WebhookResponder(
            httpx.AsyncClient(),
            SystemClock(),
            recipient=Recipient.POLICE,
            base_url="http://x",
            keys=KeyRing(None, b"short"),
        )
