"""Mutual TLS with a real Mosquitto: verified both ways, or no session at all."""

import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from gateway_twins import GATEWAY, NODE, GatewayProcess, SerialTwin, until
from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion
from tests.integration.authority import Authority

from kentongan_contract import topics

pytestmark = pytest.mark.real
BURST = 150


class Post:
    """A TLS broker and what a gateway needs to reach it."""

    def __init__(self, folder: Path, mosquitto: Path) -> None:
        self.folder = folder
        self.city = Authority(folder, "city")
        server = self.city.issue("broker")
        self.own = self.city.issue(GATEWAY)
        with socket.socket() as door:
            door.bind(("127.0.0.1", 0))
            self.port = door.getsockname()[1]
        conf = folder / "mosquitto.conf"
        conf.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\nrequire_certificate true\nuser root\n"
            f"cafile {self.city.certificate}\ncertfile {server[0]}\nkeyfile {server[1]}\n"
        )
        with (folder / "broker.log").open("wb") as log:
            self.process = subprocess.Popen([mosquitto, "-c", conf], stdout=log, stderr=log)
        until(self._answers, "the broker")
        self.line = SerialTwin(folder)
        self.gateways: list[GatewayProcess] = []

    def gateway(self, authority: Path, files: tuple[Path, Path] | None) -> GatewayProcess:
        settings = {"BROKER_HOST": "127.0.0.1", "BROKER_AUTHORITY": str(authority)}
        if files is not None:
            settings |= {"BROKER_CERTIFICATE": str(files[0]), "BROKER_PRIVATE_KEY": str(files[1])}
        gateway = GatewayProcess(self.folder, "", self.port, self.line.path, **{"PASSWORD": "any"} | settings)
        self.gateways.append(gateway)
        return gateway

    def client(self) -> paho.Client:
        client = paho.Client(CallbackAPIVersion.VERSION2, client_id="server")
        context = ssl.create_default_context(cafile=str(self.city.certificate))
        context.load_cert_chain(*map(str, self.city.issue("server")))
        client.tls_set_context(context)
        client.connect("127.0.0.1", self.port)
        client.loop_start()
        return client

    def close(self) -> None:
        for gateway in self.gateways:
            gateway.close()
        self.line.unplug()
        self.process.terminate()
        self.process.wait(15)

    def _answers(self) -> bool:
        with socket.socket() as door:
            return door.connect_ex(("127.0.0.1", self.port)) == 0


@pytest.fixture
def post(tmp_path: Path, mosquitto_path: Path) -> Iterator[Post]:
    post = Post(tmp_path, mosquitto_path)
    yield post
    post.close()


def test_both_ways_over_mutual_tls(post):
    gateway = post.gateway(post.city.certificate, post.own)
    gateway.event(event="connected")
    heard = threading.Event()
    server = post.client()
    server.on_message = lambda *_: heard.set()
    server.subscribe(topics.up(NODE, "report"), qos=1)
    name, sealed = post.line.report(1)

    def relayed() -> bool:
        post.line.send("report", sealed)
        return heard.wait(0.2)

    until(relayed, f"report {name}")
    server.publish(topics.down(NODE, "command"), b"down again", qos=1)
    assert post.line.read().payload == b"down again"
    server.disconnect()
    server.loop_stop()


def test_packets_that_share_one_tls_record_are_all_read(post):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*map(str, post.city.issue("packer")))
    topic = topics.down(NODE, "command").encode()
    body = len(topic).to_bytes(2, "big") + topic + b"x"
    burst = (bytes([0x30, len(body)]) + body) * BURST

    def serve(door: socket.socket) -> None:
        """A broker that writes its welcome and the whole burst at once, as none of ours does."""
        plain, _ = door.accept()
        with context.wrap_socket(plain, server_side=True) as line:
            assert line.recv(4096)[0] == 0x10
            line.sendall(b"\x20\x02\x00\x00" + burst)
            while line.recv(4096):
                pass

    with socket.create_server(("127.0.0.1", 0)) as door:
        threading.Thread(target=serve, args=(door,), daemon=True).start()
        post.port = door.getsockname()[1]
        gateway = post.gateway(post.city.certificate, post.own)
        gateway.event(event="connected")
        until(lambda: gateway.status()["relayed"]["down"] == BURST, "the whole burst", 3)


def test_a_broker_of_another_authority_is_not_spoken_to(post):
    stranger = Authority(post.folder, "stranger")
    gateway = post.gateway(stranger.certificate, stranger.issue("impostor"))
    assert "certificate verify failed" in gateway.event(event="disconnected")["reason"]
    gateway.do("press", hold_ms=100)
    gateway.event(event="siren", on=True)
    assert not gateway.status()["connected"]


def test_without_a_certificate_of_our_own_there_is_no_session(post):
    gateway = post.gateway(post.city.certificate, None)
    gateway.event(event="disconnected")
    assert not gateway.all_events(event="connected")
