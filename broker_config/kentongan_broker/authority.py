"""The city's own certificates: one authority, one for the broker, one for each node, in the node's own name.

P-256, since a node's chip checks one in a tenth of a second. A node has no clock when it wakes, so nothing here ends
soon: what must end is revoked. The authority's key belongs on a machine that is not the broker's.
"""

import datetime as dt
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from kentongan_broker.enrolment import HOME, RESERVED
from kentongan_broker.errors import BrokerError
from kentongan_broker.private_file import write_private, write_private_bytes
from kentongan_contract import topics

CA, CA_KEY, REVOKED, ISSUED = "ca.pem", "ca.key", "revoked.pem", "issued"
YEARS = 30
_NAME = "Kentongan"


@dataclass(frozen=True, slots=True)
class Authority:
    """What is in the authority's folder."""

    folder: Path
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def make_authority(folder: Path) -> Authority:
    """A new authority, with nothing revoked; BrokerError where there is one, since all its certificates would be void."""
    if (folder / CA_KEY).exists():
        raise BrokerError(
            f"There is an authority in {folder} already; a new one would make every node's certificate void."
        )
    key = ec.generate_private_key(ec.SECP256R1())
    own = (
        _draft(_NAME, key, x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _NAME)]))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    write_private(folder / CA_KEY, _pem_key(key))
    write_private(folder / CA, _pem(own))
    authority = Authority(folder, own, key)
    _write_revoked(authority, [])
    return authority


def open_authority(folder: Path) -> Authority:
    """The authority in `folder`; BrokerError with what to type where there is none."""
    try:
        key = serialization.load_pem_private_key((folder / CA_KEY).read_bytes(), None)
        own = x509.load_pem_x509_certificate((folder / CA).read_bytes())
    except FileNotFoundError:
        raise BrokerError(
            f"There is no authority in {folder}. Type: ./kentongan broker make-authority {folder}"
        ) from None
    except (OSError, ValueError) as problem:
        raise BrokerError(f"The authority in {folder} cannot be read: {problem}") from problem
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise BrokerError(f"The key in {folder} is not one of ours.")
    return Authority(folder, own, key)


def certify_broker(authority: Authority, into: Path, hosts: list[str]) -> None:
    """Write what the broker's listener needs into `into`: its pair for these names, the authority's own, the revoked."""
    if not hosts:
        raise BrokerError("Say by which names or addresses nodes reach the broker: --host NAME.")
    key = ec.generate_private_key(ec.SECP256R1())
    made = (
        _issued(authority, hosts[0], key, ExtendedKeyUsageOID.SERVER_AUTH)
        .add_extension(x509.SubjectAlternativeName([_host(host) for host in hosts]), critical=False)
        .sign(authority.key, hashes.SHA256())
    )
    write_private(into / "broker.key", _pem_key(key))
    write_private(into / "broker.pem", _pem(made))
    for name in (CA, REVOKED):
        write_private(into / name, (authority.folder / name).read_text(encoding="ascii"))


def certify_node(authority: Authority, node: str, into: Path) -> None:
    """Write `ca.der`, `node.crt.der` and `node.key.der` into `into`; BrokerError for a node that has a certificate."""
    if not topics.is_node_name(node) or node in RESERVED or node.startswith(HOME):
        raise BrokerError(f"{node!r} cannot be the name of a node.")
    kept = authority.folder / ISSUED / f"{node}.pem"
    if kept.exists():
        raise BrokerError(f"{node} has a certificate already; revoke that first: ./kentongan broker revoke {node} …")
    key = ec.generate_private_key(ec.SECP256R1())
    made = _issued(authority, node, key, ExtendedKeyUsageOID.CLIENT_AUTH).sign(authority.key, hashes.SHA256())
    der = serialization.Encoding.DER
    plain = serialization.PrivateFormat.TraditionalOpenSSL  # MicroPython on ESP32 reads no other EC key
    write_private_bytes(into / "node.key.der", key.private_bytes(der, plain, serialization.NoEncryption()))
    write_private_bytes(into / "node.crt.der", made.public_bytes(der))
    write_private_bytes(into / "ca.der", authority.certificate.public_bytes(der))
    write_private(kept, _pem(made))


def revoke_node(authority: Authority, node: str) -> None:
    """Let the node's certificate open nothing any more; the broker must be given the new list and restarted."""
    kept = authority.folder / ISSUED / f"{node}.pem"
    if not kept.exists():
        raise BrokerError(f"{node} has no certificate here.")
    serial = x509.load_pem_x509_certificate(kept.read_bytes()).serial_number
    known = x509.load_pem_x509_crl((authority.folder / REVOKED).read_bytes())
    _write_revoked(authority, [*(one.serial_number for one in known), serial])
    kept.rename(kept.with_suffix(f".{serial:x}.revoked"))


def _write_revoked(authority: Authority, serials: list[int]) -> None:
    now = _now()
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.certificate.subject)
        .last_update(now)
        .next_update(now.replace(year=now.year + YEARS))
    )
    for serial in serials:
        revoked = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(now).build()
        builder = builder.add_revoked_certificate(revoked)
    signed = builder.sign(authority.key, hashes.SHA256())
    write_private(authority.folder / REVOKED, signed.public_bytes(serialization.Encoding.PEM).decode())


def _issued(
    authority: Authority, name: str, key: ec.EllipticCurvePrivateKey, purpose: x509.ObjectIdentifier
) -> x509.CertificateBuilder:
    return (
        _draft(name, key, authority.certificate.subject)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
    )


def _draft(name: str, key: ec.EllipticCurvePrivateKey, issuer: x509.Name) -> x509.CertificateBuilder:
    now = _now()
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now.replace(year=now.year + YEARS))
    )


def _now() -> dt.datetime:
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)  # noqa: TID251 - the calendar, which no test turns
    return now.replace(day=28) if (now.month, now.day) == (2, 29) else now


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        key_cert_sign=signs,
        crl_sign=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _pem_key(key: ec.EllipticCurvePrivateKey) -> str:
    encoding, plain = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(encoding, plain, serialization.NoEncryption()).decode()
