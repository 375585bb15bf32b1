"""Ed25519 signatures under checkpoints. The private key stays with the server; an auditor needs the public ones only."""

import hashlib
import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)


class Ed25519Seal:
    """The CheckpointSeal with these public keys, and with a private one where checkpoints are to be made."""

    def __init__(self, public: list[Ed25519PublicKey], private: Ed25519PrivateKey | None = None) -> None:
        self._private = private
        keys = [*public, *([private.public_key()] if private else [])]
        self._public = {key_name(key): key for key in keys}

    @property
    def key(self) -> str:
        return key_name(self._own().public_key())

    def sign(self, text: bytes) -> str:
        return self._own().sign(text).hex()

    def holds(self, key: str, text: bytes, signature: str) -> bool:
        known = self._public.get(key)
        if known is None:
            return False
        try:
            known.verify(bytes.fromhex(signature), text)
        except (InvalidSignature, ValueError):
            return False
        return True

    def _own(self) -> Ed25519PrivateKey:
        if self._private is None:
            raise ValueError("Checkpoints are made where the private key is.")
        return self._private


def key_name(key: Ed25519PublicKey) -> str:
    """What a public key is called in a checkpoint."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]


def ensure_record_key(path: Path) -> None:
    """Make a private key (mode 0600) and the file of public keys beside it, unless they are there."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(made)
    public, own = public_file(path), read_private(path).public_key().public_bytes_raw().hex()
    known = public.read_text(encoding="ascii").split() if public.exists() else []
    if own not in known:
        public.write_text("\n".join([*known, own]) + "\n", encoding="ascii")


def public_file(private: Path) -> Path:
    """Where the public keys are: one a line in hex, old ones too, so that what they signed can still be checked."""
    return private.with_suffix(".pub")


def open_seal(private: Path) -> Ed25519Seal:
    """The seal of a server; ValueError or OSError when a key cannot be read."""
    keys = read_public(public_file(private)) if public_file(private).exists() else []
    return Ed25519Seal(keys, read_private(private))


def read_private(path: Path) -> Ed25519PrivateKey:
    """The private key in this file; ValueError when it is none of ours."""
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (TypeError, ValueError) as error:
        raise ValueError(f"The record key {path} is no unencrypted private key in PEM form.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError(f"The record key {path} is no Ed25519 key.")
    return key


def read_public(path: Path) -> list[Ed25519PublicKey]:
    """The public keys in this file; ValueError when one is none."""
    try:
        return [Ed25519PublicKey.from_public_bytes(bytes.fromhex(line)) for line in path.read_text("ascii").split()]
    except ValueError as error:
        raise ValueError(f"The file of public keys {path} must hold one key a line, each 64 hex digits.") from error
