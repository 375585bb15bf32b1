"""`./kentongan hardware qa`: make a factory's key, test a board, verify a record.

What to do and what to measure is said on the terminal (standard error); the signed record goes to standard output.
"""

import argparse
import datetime as dt
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from hardware.test.limits import Limit


def add_to(parser: argparse.ArgumentParser) -> None:
    """The command's words."""
    deeds = parser.add_subparsers(dest="deed", required=True)
    new = deeds.add_parser("new-key", help="a key pair: NAME.pem to keep, NAME.pub to hand out")
    new.add_argument("name")
    test = deeds.add_parser("run", help="test one board, set-up by set-up: its signed record on standard output")
    for word, text in (
        ("serial", "the board's number, as on its sticker"),
        ("tester", "who holds the meter"),
        ("key", "the factory's secret key, from new-key"),
        ("port", "the board's USB port, as /dev/ttyACM0"),
        ("code", "the code on the box"),
        ("line", "the jig's RS-485 port, as /dev/ttyUSB0"),
    ):
        test.add_argument(f"--{word}", required=True, help=text)
    test.add_argument("--ssid", default="kentongan-jig", help="the jig's own Wi-Fi, 2 m away (default: %(default)s)")
    test.add_argument("--frames", type=int, default=1000, help="how many go over RS-485 (default: %(default)s)")
    verify = deeds.add_parser("verify", help="is this record as it was signed?")
    verify.add_argument("--key", required=True)
    verify.add_argument("record")


def run(chosen: argparse.Namespace) -> int:
    """0 done and passed, 1 the board failed, 2 it could not be done."""
    import serial

    from hardware.test.qa_record import QaError
    from kentongan_technician.conversation import TechnicianError

    try:
        return {"new-key": _new_key, "run": _run, "verify": _verify}[chosen.deed](chosen)
    except (QaError, TechnicianError, serial.SerialException, OSError, ValueError) as error:
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


def _run(chosen: argparse.Namespace) -> int:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    from hardware.test.jig import read_board
    from hardware.test.limits import limits
    from hardware.test.qa_record import QaError, sign
    from kentongan_technician.conversation import Conversation

    key = load_pem_private_key(Path(chosen.key).read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise QaError(f"{chosen.key} is no Ed25519 key: make one with ./kentongan hardware qa new-key")
    wanted = limits()
    with Conversation(chosen.port) as node:
        readings = read_board(
            node, wanted, _hands, _meter, line=chosen.line, ssid=chosen.ssid, code=chosen.code, frames=chosen.frames
        )
        firmware = str(node.ask("hello")["firmware"])
    at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")  # noqa: TID251  # a workshop's clock
    board = {"serial": chosen.serial, "tester": chosen.tester, "firmware": firmware}
    text = sign(board, at, readings, wanted, key)
    print(text, end="")
    record = json.loads(text)
    for one in record["results"]:
        if not one["passed"]:
            print(
                f"FAILED {one['name']}: {one['read']}, allowed {one['low']} to {one['high']} {one['unit']}",
                file=sys.stderr,
            )
    return 0 if record["passed"] else 1


def _hands(words: str) -> None:
    _asked(f"\n{words}\n[Enter] ")


def _meter(limit: "Limit") -> float:
    while True:
        answer = _asked(f"{limit.name} ({limit.unit}): ").strip().replace(",", ".")
        try:
            return float(answer)
        except ValueError:
            print(f"{answer!r} bukan angka · is no number", file=sys.stderr)


def _asked(words: str) -> str:
    print(words, end="", file=sys.stderr, flush=True)
    answer = sys.stdin.readline()
    if not answer:
        raise ValueError("the tester has left: no record was made")
    return answer


def fingerprint_of(public: Path) -> str:
    """What a factory's public key is called on stickers."""
    from hardware.test.qa_record import fingerprint

    return fingerprint(_public_key(public))


def _public_key(path: Path) -> "Ed25519PublicKey":
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    key = load_pem_public_key(path.read_bytes())
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError(f"{path} is no Ed25519 key")
    return key


def _verify(chosen: argparse.Namespace) -> int:
    from hardware.test.qa_record import verify

    record = verify(Path(chosen.record).read_text(encoding="utf-8"), _public_key(Path(chosen.key)))
    failed = [one["name"] for one in record["results"] if not one["passed"]]
    print(
        f"{record['serial']}, {record['at']}, by {record['tester']}: {'failed ' + ', '.join(failed) if failed else 'passed'}"
    )
    return 1 if failed else 0
