"""The factory's record of one board: every measurement beside its limits, signed, so that nobody improves it later.

The guard post's gateway is the test jig: it powers the board, reads what the node reports over RS-485 and USB, and the
tester writes the meter's readings beside them. What was read goes in as JSON; a record is refused while one is missing.
"""

import base64
import json
import tomllib
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

LIMITS = Path(__file__).resolve().parent / "limits.toml"


class QaError(ValueError):
    """The record cannot be made or believed; one sentence a line."""


def judge(readings: dict[str, Any], limits: dict[str, Any]) -> list[dict[str, Any]]:
    """Each limit with its reading and verdict; QaError when one is missing, no number, or unknown."""
    faults = [f"{name} was not measured" for name in limits if name not in readings]
    faults += [f"{name} is no measurement of limits.toml" for name in readings if name not in limits]
    faults += [f"{name}: {value!r} is no number" for name, value in readings.items() if type(value) not in (int, float)]
    if faults:
        raise QaError("\n".join(faults))
    return [
        {"name": name, "read": readings[name], "unit": one["unit"], "low": one["low"], "high": one["high"]}
        | {"passed": one["low"] <= readings[name] <= one["high"]}
        for name, one in limits.items()
    ]


def sign(serial: str, tester: str, at: str, readings: dict[str, Any], key: Ed25519PrivateKey) -> str:
    """The record as JSON text with its signature; a failed board gets a record too, and it says so."""
    if not (serial.strip() and tester.strip()):
        raise QaError("a record needs the board's serial number and the tester's name")
    results = judge(readings, tomllib.loads(LIMITS.read_text(encoding="utf-8")))
    record = {"serial": serial, "tester": tester, "at": at, "results": results}
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


def _bytes(record: dict[str, Any]) -> bytes:
    return json.dumps(record, sort_keys=True, separators=(",", ":")).encode()
