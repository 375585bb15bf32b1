"""Whatever arrives, the command centre's readers take it or refuse it; they never break."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from starlette.datastructures import Headers
from tests.unit.police.forwards import IDENTITY, SECRET, a_forward

from kentongan_command_centre.cap import CapReader
from kentongan_command_centre.document import Document, Refusal
from kentongan_command_centre.webhook import read_webhook
from kentongan_server.domain.forward import ForwardEvent
from kentongan_server.outbound.clock.system_clock import SystemClock
from kentongan_server.outbound.police.cap import CapSeal, cap_alert
from kentongan_server.outbound.police.webhook import signature, webhook_body

FORWARD = a_forward(event=ForwardEvent.UPDATED)
HEADERS = Headers({"X-Kentongan-Delivery": FORWARD.delivery, "X-Kentongan-Event": str(FORWARD.event)})
NOW = SystemClock().now()

words = st.text(max_size=30) | st.sampled_from(
    [
        "#x",
        "====",
        "99999999999999999999",
        "http://www.w3.org/2000/09/xmldsig#base64",
        "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    ]
)
changes = st.lists(
    st.tuples(st.sampled_from(["remove", "repeat", "say", "attribute"]), st.integers(0, 100), words),
    min_size=1,
    max_size=3,
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def _disfigure(root: etree._Element, how: list[tuple[str, int, str]]) -> None:
    for action, place, word in how:
        elements = list(root.iter("*"))
        element = elements[place % len(elements)]
        parent = element.getparent()
        legal = "".join(
            character for character in word if character.isprintable() and not "\ud800" <= character < "\ue000"
        )
        if action == "say":
            element.text = legal
        elif action == "attribute":
            element.set(next(iter(element.attrib), "Id"), legal)
        elif parent is not None and action == "remove":
            parent.remove(element)
        elif parent is not None:
            parent.append(etree.fromstring(etree.tostring(element)))


def _read(read: Callable[[], Document]) -> Document | Refusal:
    try:
        return read()
    except Refusal as refusal:
        return refusal


@pytest.fixture(scope="session")
def reader(credentials: tuple[Path, Path]) -> CapReader:
    """A reader that pinned the certificate of these tests."""
    return CapReader(credentials[1].read_bytes())


@settings(deadline=None)  # the machine may be busy
@given(how=changes, after_signing=st.booleans())
def test_a_disfigured_alert_is_refused_or_says_what_was_signed(
    seal: CapSeal, reader: CapReader, how: list[tuple[str, int, str]], after_signing: bool
) -> None:
    alert = cap_alert(FORWARD, IDENTITY)
    if not after_signing:
        _disfigure(alert, how)
    document = etree.fromstring(seal.signed(alert))
    if after_signing:
        _disfigure(document, how)

    read = _read(lambda: reader.read(HEADERS, etree.tostring(document), NOW))

    if isinstance(read, Refusal):
        assert read.status in {400, 401, 422}
        assert read.detail.endswith(".")
    else:
        assert read.delivery == FORWARD.delivery
        if after_signing:
            assert (read.incident, read.kind, read.text) == (FORWARD.incident, FORWARD.kind, FORWARD.text)


@settings(deadline=None)  # the machine may be busy
@given(field=st.sampled_from(sorted(json.loads(webhook_body(FORWARD)))), value=json_values)
def test_any_value_in_any_field_is_taken_or_refused(field: str, value: object) -> None:
    body = json.dumps({**json.loads(webhook_body(FORWARD)), field: value}).encode()
    timestamp = int(NOW.timestamp())
    headers = {
        **HEADERS,
        "X-Kentongan-Timestamp": str(timestamp),
        "X-Kentongan-Signature": signature(SECRET, timestamp, body),
    }

    read = _read(lambda: read_webhook([SECRET], Headers(headers), body, NOW))

    if isinstance(read, Refusal):
        assert read.status in {400, 422}
        assert read.detail.endswith(".")
    else:
        assert read.delivery == FORWARD.delivery
