"""The city's own certificates, from the command to the wire: real Mosquitto, real MicroPython, the three files of its board."""

import json
import queue
import socket
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from typer.testing import CliRunner

from kentongan_broker import Enrolment, start
from kentongan_broker.__main__ import app
from kentongan_broker.config import Tls
from kentongan_broker.errors import BrokerError
from kentongan_broker.process import Broker

pytestmark = pytest.mark.real

HOST = "broker.test"


def type_(*words: object) -> str:
    """What `./kentongan broker` says; BrokerError where it refuses."""
    told = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert told.exit_code == 0, told.output
    return told.output


class Wire:
    """A city's broker with its certificates, and the server's ear."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.authority, self.certificates = folder, folder / "authority", folder / "broker-tls"
        type_("make-authority", self.authority)
        type_("certify", self.certificates, "--authority", self.authority, "--host", HOST, "--host", "127.0.0.1")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.said: queue.Queue[str] = queue.Queue()

    def open(self) -> Broker:
        tls = Tls(self.certificates, self.port, "127.0.0.1")
        enrolment = Enrolment({"ktg-a": "a" * 32, "ktg-b": "b" * 32})
        return start(self.folder / "broker", enrolment, kind="mosquitto", tls=tls)

    def listen(self, broker: Broker) -> mqtt.Client:
        ear = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="server")
        ear.username_pw_set("server", broker.enrolment.server_password)
        ear.on_message = lambda _client, _data, message: self.said.put(message.topic)
        ear.on_connect = lambda client, *_: client.subscribe("kentongan/v1/+/up/report", qos=1)
        ear.connect(broker.host, broker.port)
        ear.loop_start()
        return ear

    def issue(self, node: str) -> Path:
        files = self.folder / node
        type_("certify", files, "--authority", self.authority, "--node", node)
        return files

    def fleet(self, files: Path, node: str = "ktg-a") -> Path:
        """A board with these files that calls itself `node`, with no password at all."""
        tls = {"ca": "ca.der", "cert": "node.crt.der", "key": "node.key.der"}
        broker = {"host": "127.0.0.1", "port": self.port}
        broker["tls"] = {**{name: str(files / file) for name, file in tls.items()}, "server_name": HOST}
        path = self.folder / f"{node}.json"
        told = {"spread_ms": 0, "retry_cap_ms": 500, "answer_ms": 1_000}
        nodes = [{"id": node, "password": "none", "key": "ab" * 32}]
        path.write_text(json.dumps({"broker": broker, "settings": told, "nodes": nodes}))
        return path


@pytest.fixture
def interpreter(micropython_path: Path) -> Path:
    """MicroPython alone: a board's files are DER, of which CPython's ssl reads no key."""
    return micropython_path


@pytest.fixture
def wire(tmp_path: Path, mosquitto_path: Path) -> Wire:
    return Wire(tmp_path)


def test_a_node_is_whom_its_certificate_names(wire, run_node):
    with wire.open() as broker:
        ear = wire.listen(broker)
        node = run_node(wire.fleet(wire.issue("ktg-a")))
        node.wait("connected")
        node.press()
        assert wire.said.get(timeout=20) == "kentongan/v1/ktg-a/up/report"
        ear.disconnect()
        ear.loop_stop()


def test_whoever_has_another_s_certificate_speaks_for_nobody(wire, run_node):
    with wire.open() as broker:
        ear = wire.listen(broker)
        node = run_node(wire.fleet(wire.issue("ktg-b"), "ktg-a"))
        node.wait("connected")
        node.press()
        with pytest.raises(queue.Empty):
            wire.said.get(timeout=5)
        ear.disconnect()
        ear.loop_stop()


def test_a_revoked_certificate_opens_nothing(wire, run_node):
    files = wire.issue("ktg-a")
    assert "restart the broker" in type_("revoke", "ktg-a", "--authority", wire.authority)
    (wire.certificates / "revoked.pem").write_bytes((wire.authority / "revoked.pem").read_bytes())
    with wire.open():
        node = run_node(wire.fleet(files))
        node.wait("unreachable")
        assert node.heard("connected") == []
        again = run_node(wire.fleet(wire.issue("ktg-a")))  # the new one of the same name is welcome
        again.wait("connected")


def test_what_cannot_be_done_is_said(wire, tmp_path):
    wire.issue("ktg-a")
    with pytest.raises(BrokerError, match="already; a new one would make"):
        type_("make-authority", wire.authority)
    with pytest.raises(BrokerError, match="has a certificate already"):
        type_("certify", tmp_path / "x", "--authority", wire.authority, "--node", "ktg-a")
    for wrong in ("server", "home-1", "Über", "../x"):
        with pytest.raises(BrokerError, match="cannot be the name"):
            type_("certify", tmp_path / "x", "--authority", wire.authority, "--node", wrong)
    with pytest.raises(BrokerError, match="--host NAME"):
        type_("certify", tmp_path / "x", "--authority", wire.authority)
    with pytest.raises(BrokerError, match="make-authority"):
        type_("revoke", "ktg-a", "--authority", tmp_path / "nowhere")
    with pytest.raises(BrokerError, match="has no certificate"):
        type_("revoke", "ktg-b", "--authority", wire.authority)
    with pytest.raises(BrokerError, match=r"has no broker\.pem"):
        start(tmp_path / "b", Enrolment({}), kind="mosquitto", tls=Tls(tmp_path / "nowhere"))
    for secret in (*wire.authority.rglob("*"), *(tmp_path / "ktg-a").rglob("*")):
        assert secret.stat().st_mode & 0o077 == 0, secret
