"""The machine's own key and certificate."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from tests.unit.police.forwards import IDENTITY, a_forward

from kentongan_server.outbound.police.cap import CapSeal, cap_alert
from kentongan_server.outbound.police.credentials import ensure_cap_credentials, signing_key

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def make(folder: Path) -> tuple[Path, Path]:
    key, certificate = folder / "keys" / "cap.key", folder / "keys" / "cap.crt"
    ensure_cap_credentials(key, certificate, name="kentongan.test", now=NOW)
    return key, certificate


def test_only_the_owner_may_read_the_key(tmp_path: Path) -> None:
    key, certificate = make(tmp_path)

    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert sorted(path.name for path in key.parent.iterdir()) == [certificate.name, key.name]
    assert x509.load_pem_x509_certificate(certificate.read_bytes()).subject.rfc4514_string() == "CN=kentongan.test"


def test_what_is_there_stays(tmp_path: Path) -> None:
    before = [file.read_bytes() for file in make(tmp_path)]

    assert [file.read_bytes() for file in make(tmp_path)] == before


def test_a_lost_certificate_is_made_again_for_the_same_key(tmp_path: Path) -> None:
    key, certificate = make(tmp_path)
    before = key.read_bytes()
    certificate.unlink()

    make(tmp_path)

    assert key.read_bytes() == before
    CapSeal(key.read_bytes(), certificate.read_bytes())


def test_a_certificate_without_its_key_is_refused(tmp_path: Path) -> None:
    key, _certificate = make(tmp_path)
    key.unlink()

    with pytest.raises(ValueError, match="has no key"):
        make(tmp_path)


def test_a_certificate_of_another_key_is_refused(tmp_path: Path) -> None:
    _key, certificate = make(tmp_path / "one")
    other_key, other_certificate = make(tmp_path / "other")
    other_certificate.write_bytes(certificate.read_bytes())

    with pytest.raises(ValueError, match="another key"):
        make(tmp_path / "other")
    with pytest.raises(ValueError, match="does not belong"):
        CapSeal(other_key.read_bytes(), certificate.read_bytes())


def test_an_rsa_key_signs_as_well(tmp_path: Path) -> None:
    key = tmp_path / "rsa.key"
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    key.write_bytes(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    ensure_cap_credentials(key, tmp_path / "rsa.crt", name="kentongan.test", now=NOW)

    document = CapSeal(key.read_bytes(), (tmp_path / "rsa.crt").read_bytes()).signed(cap_alert(a_forward(), IDENTITY))

    assert b"xmldsig-more#rsa-sha256" in document


def test_keys_that_cannot_sign_a_cap_document_are_refused_with_a_sentence() -> None:
    edwards = ed25519.Ed25519PrivateKey.generate()
    plain = edwards.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    locked = edwards.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x"))

    with pytest.raises(ValueError, match="elliptic-curve or an RSA"):
        signing_key(plain)
    for pem in (locked, b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"):
        with pytest.raises(ValueError, match="no unencrypted private key"):
            signing_key(pem)
