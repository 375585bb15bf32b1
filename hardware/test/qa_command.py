"""`./kentongan hardware qa`: make a factory's key, sign a board's readings, verify a record."""

import argparse
import datetime as dt
import json
import sys
from pathlib import Path


def add_to(parser: argparse.ArgumentParser) -> None:
    """The command's words."""
    deeds = parser.add_subparsers(dest="deed", required=True)
    new = deeds.add_parser("new-key", help="a key pair: NAME.pem to keep, NAME.pub to hand out")
    new.add_argument("name")
    sign = deeds.add_parser("sign", help="readings to a signed record on standard output")
    for word in ("serial", "tester", "key"):
        sign.add_argument(f"--{word}", required=True)
    sign.add_argument("readings")
    verify = deeds.add_parser("verify", help="is this record as it was signed?")
    verify.add_argument("--key", required=True)
    verify.add_argument("record")


def run(chosen: argparse.Namespace) -> int:
    """0 done and passed, 1 the board failed, 2 it could not be done."""
    from hardware.test.qa_record import QaError

    try:
        return {"new-key": _new_key, "sign": _sign, "verify": _verify}[chosen.deed](chosen)
    except (QaError, OSError, ValueError, ImportError) as error:
        print(error, file=sys.stderr)
        return 2


def _new_key(chosen: argparse.Namespace) -> int:
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    secret = Path(f"{chosen.name}.pem")
    if secret.exists():
        raise ValueError(f"{secret} exists already: a factory keeps its key")
    secret.touch(mode=0o600)
    secret.write_bytes(key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption()))
    public = key.public_key().public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)
    Path(f"{chosen.name}.pub").write_bytes(public)
    print(f"{secret} stays in the workshop; {chosen.name}.pub goes to whoever receives boards.")
    return 0


def _sign(chosen: argparse.Namespace) -> int:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    from hardware.test.qa_record import QaError, sign

    key = load_pem_private_key(Path(chosen.key).read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise QaError(f"{chosen.key} is no Ed25519 key: make one with ./kentongan hardware qa new-key")
    readings = json.loads(Path(chosen.readings).read_text(encoding="utf-8"))
    at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")  # noqa: TID251  # a workshop's clock
    text = sign(chosen.serial, chosen.tester, at, readings, key)
    print(text, end="")
    return 0 if json.loads(text)["passed"] else 1


def _verify(chosen: argparse.Namespace) -> int:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    from hardware.test.qa_record import QaError, verify

    key = load_pem_public_key(Path(chosen.key).read_bytes())
    if not isinstance(key, Ed25519PublicKey):
        raise QaError(f"{chosen.key} is no Ed25519 key")
    record = verify(Path(chosen.record).read_text(encoding="utf-8"), key)
    failed = [one["name"] for one in record["results"] if not one["passed"]]
    print(
        f"{record['serial']}, {record['at']}, by {record['tester']}: {'failed ' + ', '.join(failed) if failed else 'passed'}"
    )
    return 1 if failed else 0
