"""Renders a folder for one broker: `mosquitto.conf`, `acl` and `passwords`, from the templates beside this package.

Passwords are stored only as Mosquitto's salted PBKDF2-SHA512 hashes. Its own default of 101 rounds is kept: the
passwords are 192 random bits, so more rounds protect nothing and would slow the whole city's return after a power cut.
"""

import base64
import hashlib
import hmac
import os
import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kentongan_broker.authority import CA, REVOKED
from kentongan_broker.enrolment import PROBE, Enrolment
from kentongan_broker.errors import BrokerError
from kentongan_broker.private_file import write_private
from kentongan_contract import topics

TEMPLATES = Path(__file__).resolve().parent.parent
ROUNDS = 101

_SALT_BYTES = 12


@dataclass(frozen=True, slots=True)
class Tls:
    """The listener for nodes in the field: mutual TLS, with the files that `authority.certify_broker` wrote."""

    certificates: Path
    port: int = 8883
    host: str = "0.0.0.0"


def render(
    folder: Path,
    enrolment: Enrolment,
    port: int,
    host: str = "127.0.0.1",
    *,
    probe_password: str | None = None,
    websocket_port: int | None = None,
    tls: Tls | None = None,
) -> Path:
    """Write the broker's three files into `folder` (readable by the owner alone); gives mosquitto.conf.

    With `websocket_port` the same rules hold for MQTT over WebSocket there, with `tls` for nodes with a certificate. With
    `probe_password` the probe may log in, which whoever starts the broker uses to see that it answers.
    """
    folder = folder.resolve()
    if set(str(folder)) & set("\n#"):
        raise BrokerError(f"Mosquitto cannot read a folder of this name: {folder}")
    probe = {} if probe_password is None else {PROBE: probe_password}
    write_private(folder / "passwords", _passwords(enrolment.users | probe))
    write_private(folder / "acl", _template("acl") + _relay_rules(enrolment.relays) + _home_rules(enrolment.readable))
    websockets = "" if websocket_port is None else f"listener {websocket_port} {host}\nprotocol websockets\n"
    words = {"port": port, "host": host, "folder": folder, "user": _user(), "websockets": websockets}
    words["tls"] = "" if tls is None else _tls_listener(tls)
    return write_private(folder / "mosquitto.conf", string.Template(_template("mosquitto.conf")).substitute(words))


def _tls_listener(tls: Tls) -> str:
    """Who comes here is whom its certificate names, whatever it says of itself; a stolen one is on the list of revoked."""
    folder = tls.certificates.resolve()
    for name in ("broker.pem", "broker.key", CA, REVOKED):
        if not (folder / name).exists():
            raise BrokerError(f"{folder} has no {name}. Type: ./kentongan broker certify {folder} --host NAME …")
    lines = (
        f"listener {tls.port} {tls.host}",
        f"cafile {folder / CA}",
        f"crlfile {folder / REVOKED}",
        f"certfile {folder / 'broker.pem'}",
        f"keyfile {folder / 'broker.key'}",
        "require_certificate true",
        "use_identity_as_username true",
        "tls_version tlsv1.2",
    )
    return "\n".join(lines) + "\n"


def hash_password(password: str) -> str:
    """The password as Mosquitto's password file keeps it."""
    salt = secrets.token_bytes(_SALT_BYTES)
    return f"$7${ROUNDS}${_base64(salt)}${_base64(_digest(password, salt, ROUNDS))}"


def fits(password: str, hashed: str) -> bool:
    """True when `hashed` was made from this password."""
    _, scheme, rounds, salt, digest = hashed.split("$")
    if scheme != "7":
        raise BrokerError("This password file has a format that is not ours.")
    return hmac.compare_digest(base64.b64decode(digest), _digest(password, base64.b64decode(salt), int(rounds)))


def _digest(password: str, salt: bytes, rounds: int) -> bytes:
    return hashlib.pbkdf2_hmac("sha512", password.encode(), salt, rounds)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _passwords(users: Mapping[str, str]) -> str:
    return "".join(f"{name}:{hash_password(password)}\n" for name, password in users.items())


def _relay_rules(relays: Mapping[str, tuple[str, ...]]) -> str:
    rules = []
    for gateway, serial_nodes in relays.items():
        rules.append(f"\nuser {gateway}\n")
        for node in serial_nodes:
            rules += [f"topic write {topics.ROOT}/{node}/up/+\n", f"topic read {topics.every_down(node)}\n"]
    return "".join(rules)


def _home_rules(readable: Mapping[str, tuple[str, ...]]) -> str:
    rules = []
    for home, nodes in readable.items():
        # What a node's name grants to a node, it must not grant to a home.
        rules += [f"\nuser {home}\n", f"topic deny {topics.ROOT}/{home}/#\n"]
        rules += [f"topic read {topics.up(node, 'state')}\n" for node in nodes]
    return "".join(rules)


def _user() -> str:
    """Mosquitto changes to a user of its own when root starts it, and could then not read these files."""
    return "root" if os.geteuid() == 0 else "mosquitto"


def _template(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")
