"""Whether a reply really comes from the command centre: the same scheme in which we speak to it."""

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

WINDOW_SECONDS = 300
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"sha256=[0-9a-f]{64}")


class SignatureError(Exception):
    """The reply is not proven to come from the command centre; the text says why."""


def verify_reply(
    secrets: Sequence[bytes], headers: Mapping[str, str] | Iterable[tuple[str, str]], body: bytes, now: datetime
) -> None:
    """SignatureError unless one of the secrets signed this body within 300 seconds of `now`.

    The headers are not signed: take delivery id and all else from the body alone. A repeat within the window is
    genuine, so the delivery id in the body decides whether it was seen before.
    """
    if not secrets or any(len(secret) < 16 for secret in secrets):
        raise ValueError("At least one secret is needed, each of at least 16 bytes.")
    timestamp = _the_one(headers, "x-kentongan-timestamp", _TIMESTAMP)
    given = _the_one(headers, "x-kentongan-signature", _SIGNATURE).encode()
    if abs(now.timestamp() - int(timestamp)) > WINDOW_SECONDS:
        raise SignatureError(f"X-Kentongan-Timestamp is more than {WINDOW_SECONDS} seconds away from our clock.")
    signed = timestamp.encode() + b"." + body
    # Every secret is tried, whichever fits: the time taken tells nothing about which one did.
    fits = [
        hmac.compare_digest(given, b"sha256=" + hmac.new(secret, signed, hashlib.sha256).hexdigest().encode())
        for secret in secrets
    ]
    if not any(fits):
        raise SignatureError("X-Kentongan-Signature does not fit this body.")


def _the_one(headers: Mapping[str, str] | Iterable[tuple[str, str]], name: str, shape: re.Pattern[str]) -> str:
    """A header that must be there exactly once and in one shape."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    values = [value for key, value in pairs if key.lower() == name]
    if len(values) != 1 or not shape.fullmatch(values[0]):
        raise SignatureError(f"The request needs exactly one well-formed {name} header.")
    return values[0]
