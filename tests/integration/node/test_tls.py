"""Mutual TLS with a real Mosquitto: the node talks to the broker its authority vouches for, and to no other."""

import json
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

pytestmark = pytest.mark.real


class Authority:
    """A certificate authority that writes PEM files into `folder`."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.file = folder / f"{name}.pem"
        self.file.write_bytes(_pem(self._sign(self._name, self._key, None)))

    def issue(self, name: str) -> tuple[Path, Path]:
        """Certificate and key files for `name`."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        cert, secret = self._folder / f"{self.file.stem}-{name}.crt", self._folder / f"{self.file.stem}-{name}.key"
        cert.write_bytes(_pem(self._sign(subject, key, name)))
        secret.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
            )
        )
        return cert, secret

    def _sign(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, host: str | None) -> x509.Certificate:
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=30))
            .add_extension(x509.BasicConstraints(ca=host is None, path_length=None), critical=True)
        )
        if host is not None:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        return builder.sign(self._key, hashes.SHA256())


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


@pytest.fixture
def start_tls_broker(tmp_path: Path, mosquitto_path: Path) -> Iterator[Callable[..., int]]:
    """start(authority, certificate, port=0) -> port of a Mosquitto that asks for client certificates; call it again to replace it."""
    running: list[subprocess.Popen[bytes]] = []

    def start(authority: Authority, certificate: tuple[Path, Path], port: int = 0) -> int:
        while running:
            process = running.pop()
            process.kill()
            process.wait()
        if not port:
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                port = int(free.getsockname()[1])
        config = tmp_path / "tls.conf"
        config.write_text(
            f"listener {port} 127.0.0.1\nuser root\nallow_anonymous true\nset_tcp_nodelay true\n"
            f"cafile {authority.file}\ncertfile {certificate[0]}\nkeyfile {certificate[1]}\nrequire_certificate true\n"
        )
        running.append(subprocess.Popen([str(mosquitto_path), "-c", str(config)], stderr=subprocess.DEVNULL))
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
            except OSError:
                time.sleep(0.02)
            else:
                return port
        raise AssertionError("Mosquitto does not listen")

    yield start
    for process in running:
        process.kill()
        process.wait()


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path, "city")


def _fleet(folder: Path, port: int, authority: Authority, name: str = "broker.test") -> Path:
    cert, key = authority.issue("ktg-a")
    tls = {"ca": str(authority.file), "cert": str(cert), "key": str(key), "server_name": name}
    path = folder / "fleet.json"
    path.write_text(
        json.dumps(
            {
                "broker": {"host": "127.0.0.1", "port": port, "tls": tls},
                "settings": {"spread_ms": 0, "retry_cap_ms": 500, "answer_ms": 1_000},
                "nodes": [{"id": "ktg-a", "password": "x", "key": "ab" * 32}],
            }
        )
    )
    return path


def test_a_node_and_its_broker_know_each_other(tmp_path, start_tls_broker, authority, run_node):
    port = start_tls_broker(authority, authority.issue("broker.test"))
    node = run_node(_fleet(tmp_path, port, authority))
    node.wait("connected")
    assert node.press()
    assert node.heard("disconnected") == []


@pytest.mark.parametrize("wrong", ["authority", "name"])
def test_a_wrong_certificate_is_never_trusted_and_a_right_one_later_is(
    tmp_path, start_tls_broker, authority, run_node, wrong
):
    if wrong == "authority":
        certificate = Authority(tmp_path, "stranger").issue("broker.test")
    else:
        certificate = authority.issue("other.test")
    port = start_tls_broker(authority, certificate)
    node = run_node(_fleet(tmp_path, port, authority))
    node.press()  # ends a long wait before the next try
    assert "ertificate" in node.wait("unreachable")["reason"] or "X509" in node.heard("unreachable")[0]["reason"]
    assert node.heard("connected") == []
    start_tls_broker(authority, authority.issue("broker.test"), port)
    node.wait("connected")


def test_a_handshake_into_the_void_does_not_hold_up_the_siren(tmp_path, authority, run_node):
    with socket.create_server(("127.0.0.1", 0)) as void:  # takes connections and never says a word
        fleet = _fleet(tmp_path, void.getsockname()[1], authority)
        node = run_node(fleet)
        latencies = []
        for _ in range(6):
            since = len(node.events)
            node.post("press", hold_ms=600)
            closed = node.wait("contact", since=since, closed=True)
            latencies.append(node.wait("pressed", since=since)["ms"] - closed["ms"])
            node.wait("contact", since=since, closed=False)
            time.sleep(0.3)
        assert max(latencies) < 500
        assert node.heard("connected") == []
