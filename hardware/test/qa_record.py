"""The factory's record of one board: every measurement beside its limits, signed, so that nobody improves it later.

What the node says of itself is read by the jig (jig.py), what a meter shows is typed; the record says which. It is refused while
one reading is missing. A board that cannot measure something it must measure fails, and gets a record that says so.
"""

import base64
import json
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hardware.test.limits import METER, Limit


class QaError(ValueError):
    """The record cannot be made or believed; one sentence a line."""


def judge(readings: Mapping[str, Any], limits: Mapping[str, Limit]) -> list[dict[str, Any]]:
    """Each limit with its reading and verdict; QaError when one is missing, no number, or unknown."""
    faults = [f"{name} was not measured" for name in limits if name not in readings]
    faults += [f"{name} is no measurement of requirements.toml" for name in readings if name not in limits]
    for name, value in readings.items():
        may_be_none = name in limits and limits[name].by != METER
        if type(value) not in (int, float) and not (value is None and may_be_none):
            faults.append(f"{name}: {value!r} is no number")
    if faults:
        raise QaError("\n".join(faults))
    return [
        {
            "name": name,
            "requirement": one.requirement,
            "by": one.by,
            "read": readings[name],
            "unit": one.unit,
            "low": one.low,
            "high": one.high,
            "passed": readings[name] is not None and one.low <= readings[name] <= one.high,
        }
        for name, one in limits.items()
    ]


def sign(
    board: Mapping[str, str], at: str, readings: Mapping[str, Any], limits: Mapping[str, Limit], key: Ed25519PrivateKey
) -> str:
    """The record as JSON text with its signature; `board` holds serial, tester and what else is known of it."""
    if not all(board.get(word, "").strip() for word in ("serial", "tester")):
        raise QaError("a record needs the board's serial number and the tester's name")
    results = judge(readings, limits)
    record: dict[str, Any] = {**board, "at": at, "key": fingerprint(key.public_key()), "results": results}
    record["passed"] = all(one["passed"] for one in results)
    signature = base64.b64encode(key.sign(_bytes(record))).decode()
    return json.dumps(record | {"signature": signature}, indent=1) + "\n"


def verify(text: str, key: Ed25519PublicKey) -> dict[str, Any]:
    """The record, if this key signed it and nothing was changed since."""
    try:
        record = dict(json.loads(text))
        signature = base64.b64decode(record.pop("signature"), validate=True)
        key.verify(signature, _bytes(record))
    except (ValueError, KeyError, TypeError, InvalidSignature):
        raise QaError("this record is not as it was signed, or another factory signed it") from None
    return record


def fingerprint(key: Ed25519PublicKey) -> str:
    """What is printed on the sticker: enough to tell one factory's key from another's."""
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()[:16]


def _bytes(record: Mapping[str, Any]) -> bytes:
    return json.dumps(record, sort_keys=True, separators=(",", ":")).encode()
