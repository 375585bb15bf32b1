"""Whether a reply comes from the command centre: every way to be almost right is wrong."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kentongan_command_centre.signature import sign
from kentongan_server.inbound.http.police_signature import SignatureError, verify_reply

NOW = datetime(2026, 3, 1, 18, 0, 0, tzinfo=UTC)
SECRET = b"the secret of today"
BEFORE = b"the one of yesterday"
BODY = b'{"incident":"01INCIDENT","reply":"acknowledged"}'


def _headers(secret: bytes = SECRET, at: datetime = NOW, body: bytes = BODY) -> dict[str, str]:
    timestamp = int(at.timestamp())
    return {
        "X-Kentongan-Timestamp": str(timestamp),
        "X-Kentongan-Signature": sign(secret, timestamp, body),
    }


@pytest.mark.parametrize("secret", [SECRET, BEFORE])
def test_what_the_centre_signs_with_either_secret_is_believed(secret: bytes) -> None:
    verify_reply([SECRET, BEFORE], _headers(secret), BODY, NOW)


def test_a_secret_that_was_taken_out_of_use_is_not_believed() -> None:
    with pytest.raises(SignatureError):
        verify_reply([SECRET], _headers(BEFORE), BODY, NOW)


@pytest.mark.parametrize(("seconds", "is_fresh"), [(0, True), (300, True), (301, False), (-300, True), (-301, False)])
def test_the_window_is_three_hundred_seconds_either_way(seconds: int, is_fresh: bool) -> None:
    headers = _headers(at=NOW - timedelta(seconds=seconds))

    if is_fresh:
        verify_reply([SECRET], headers, BODY, NOW)
    else:
        with pytest.raises(SignatureError, match="300 seconds"):
            verify_reply([SECRET], headers, BODY, NOW)


@settings(deadline=None)  # the machine may be busy
@given(bit=st.integers(min_value=0, max_value=len(BODY) * 8 - 1))
def test_no_bit_of_the_body_can_change(bit: int) -> None:
    changed = bytearray(BODY)
    changed[bit // 8] ^= 1 << bit % 8

    with pytest.raises(SignatureError):
        verify_reply([SECRET], _headers(), bytes(changed), NOW)


def test_the_timestamp_is_signed_too() -> None:
    headers = {**_headers(), "X-Kentongan-Timestamp": str(int(NOW.timestamp()) + 1)}

    with pytest.raises(SignatureError, match="does not fit"):
        verify_reply([SECRET], headers, BODY, NOW)


@pytest.mark.parametrize(
    "timestamp", ["", "-1", "+1", " 1", "1.0", "1e9", "1_000", "١٧٧٢٣٨٨٠٠٠", "9" * 13, "nan", "1\n"]
)
def test_a_timestamp_that_is_none_is_refused(timestamp: str) -> None:
    with pytest.raises(SignatureError):
        verify_reply([SECRET], {**_headers(), "X-Kentongan-Timestamp": timestamp}, BODY, NOW)


@pytest.mark.parametrize("given_signature", ["", "sha256=", "sha1=" + "0" * 40, "sha256=" + "é" * 64, "0" * 64])
def test_a_signature_of_another_shape_is_refused(given_signature: str) -> None:
    with pytest.raises(SignatureError):
        verify_reply([SECRET], {**_headers(), "X-Kentongan-Signature": given_signature}, BODY, NOW)


@pytest.mark.parametrize("name", ["X-Kentongan-Timestamp", "X-Kentongan-Signature"])
def test_a_header_must_be_there_exactly_once(name: str) -> None:
    headers = _headers()
    with pytest.raises(SignatureError):
        verify_reply([SECRET], {key: value for key, value in headers.items() if key != name}, BODY, NOW)
    with pytest.raises(SignatureError):
        verify_reply([SECRET], [*headers.items(), (name.lower(), headers[name])], BODY, NOW)


@pytest.mark.parametrize("secrets", [[], [b""], [SECRET, b"short"]])
def test_a_server_without_a_real_secret_believes_nobody(secrets: list[bytes]) -> None:
    with pytest.raises(ValueError, match="secret"):
        verify_reply(secrets, _headers(), BODY, NOW)
