"""Proof of origin for JSON, both ways: HMAC-SHA256 over "timestamp.body", with a window of 300 seconds."""

import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import datetime

from starlette.datastructures import Headers

from kentongan_command_centre.document import Refusal

WINDOW_SECONDS = 300
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"sha256=[0-9a-f]{64}")


def sign(secret: bytes, timestamp: int, body: bytes) -> str:
    """The value of X-Kentongan-Signature; `timestamp` in unix seconds."""
    return "sha256=" + hmac.new(secret, f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


def prove(secrets: Sequence[bytes], headers: Headers, body: bytes, now: datetime) -> None:
    """Refusal 401 unless one of the secrets signed this body within the window."""
    timestamp = _the_one(headers, "X-Kentongan-Timestamp", _TIMESTAMP)
    given = _the_one(headers, "X-Kentongan-Signature", _SIGNATURE).encode()
    if abs(now.timestamp() - int(timestamp)) > WINDOW_SECONDS:
        raise Refusal(401, "Stale", f"X-Kentongan-Timestamp is more than {WINDOW_SECONDS} seconds away from our clock.")
    fits = [hmac.compare_digest(given, sign(secret, int(timestamp), body).encode()) for secret in secrets]
    if not any(fits):
        raise Refusal(401, "Not proven", "X-Kentongan-Signature does not fit this body.")


def _the_one(headers: Headers, name: str, shape: re.Pattern[str]) -> str:
    values = headers.getlist(name)
    if len(values) != 1 or not shape.fullmatch(values[0]):
        raise Refusal(401, "Not proven", f"The request needs exactly one well-formed {name} header.")
    return values[0]
