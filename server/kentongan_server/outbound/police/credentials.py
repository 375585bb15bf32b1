"""A key and certificate of this machine's own, with which it signs what it tells the police.

The certificate is signed by its own key: the recipient pins it, no authority vouches for it.
"""

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeAlias

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

SigningKey: TypeAlias = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

_VALID_FOR = timedelta(days=5 * 365)
_CLOCKS_DIFFER_BY = timedelta(hours=1)


def ensure_cap_credentials(key_file: Path, certificate_file: Path, *, name: str, now: datetime) -> None:
    """Make a P-256 key (mode 0600) and its certificate, valid five years; what is already there stays as it is.

    ValueError where a certificate lies without its key, or beside another's.
    """
    if not key_file.exists():
        if certificate_file.exists():
            raise ValueError(f"{certificate_file} has no key at {key_file}; remove it, or bring the key back.")
        _write_whole(key_file, _new_key(), 0o600)
    key = signing_key(key_file.read_bytes())
    if not certificate_file.exists():
        _write_whole(certificate_file, _certificate(key, name, now), 0o644)
    elif x509.load_pem_x509_certificate(certificate_file.read_bytes()).public_key() != key.public_key():
        raise ValueError(f"{certificate_file} belongs to another key than {key_file}.")


def signing_key(pem: bytes) -> SigningKey:
    """The private key in this PEM text; ValueError unless it is an unencrypted elliptic-curve or RSA key."""
    try:
        key = load_pem_private_key(pem, password=None)
    except (TypeError, ValueError, UnsupportedAlgorithm) as error:
        raise ValueError("The CAP key is no unencrypted private key in PEM form.") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise ValueError("The CAP key must be an elliptic-curve or an RSA key.")
    return key


def _new_key() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _certificate(key: SigningKey, name: str, now: datetime) -> bytes:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCKS_DIFFER_BY)
        .not_valid_after(now + _VALID_FOR)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                content_commitment=True,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=False,
                crl_sign=False,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
        .public_bytes(Encoding.PEM)
    )


def _write_whole(file: Path, content: bytes, mode: int) -> None:
    """All or nothing, and never for a moment readable by more than `mode` allows."""
    file.parent.mkdir(parents=True, exist_ok=True)
    growing = file.with_name(f".{file.name}.{os.getpid()}")
    growing.unlink(missing_ok=True)
    descriptor = os.open(growing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        growing.rename(file)
    finally:
        growing.unlink(missing_ok=True)
