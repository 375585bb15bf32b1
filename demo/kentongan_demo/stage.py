"""Sets the stage: broker, command centre, server, gateway and kentongan, each a process of its own."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from kentongan_broker.enrolment import Enrolment, enrol
from kentongan_broker.process import Broker, start
from kentongan_contract.seal import link_key, node_key
from kentongan_demo.city import DemoCity
from kentongan_demo.processes import DemoError, Processes, wait_until
from kentongan_demo.serial_cable import SerialCable
from kentongan_demo.tally import Tally
from kentongan_demo.twin import TwinServer
from kentongan_server.outbound.police.credentials import ensure_cap_credentials
from kentongan_server.outbound.record.seal import ensure_record_key

ROOT = Path(__file__).resolve().parents[2]
UNIX_NODE = ROOT / "firmware" / "unix_main.py"
EPOCH = 1
Say = Callable[[str], None]


class Stage:
    """The running demo. `start` returns when everything answers; leaving the context ends every process."""

    broker: Broker
    tally: Tally
    twin: TwinServer

    def __init__(self, folder: Path, city: DemoCity, port: int) -> None:
        self.folder = folder
        self.city = city
        self.base_url = f"http://127.0.0.1:{port}"
        self.took = 0.0
        self.micropython = _micropython()
        (folder / "logs").mkdir()
        self.processes = Processes(folder / "logs")
        self._port = port
        self._centre_port = free_port()
        self._control_port = free_port()
        self._master = secrets.token_bytes(32)
        self._webhook_secret = secrets.token_urlsafe(32)
        self._cable: SerialCable | None = None
        self._http = httpx.Client(timeout=5.0)

    @property
    def police_inbox_url(self) -> str:
        """Where the command centre shows its inbox."""
        return f"http://127.0.0.1:{self._centre_port}"

    def start(self, say: Say) -> None:
        """Start everything; DemoError when a part does not come up."""
        begun = time.monotonic()
        enrolment = enrol(self.city.with_twin)
        websocket_port = free_port()
        self.broker = start(self.folder / "broker", enrolment, websocket_port=websocket_port)
        self._write_files()
        if self.broker.kind == "amqtt":
            say("Mosquitto is not installed: using the embedded amqtt broker, which is for demos only.")
        self._start_centre()
        self._start_server()
        self._start_kentongan(enrolment)
        wait_until(lambda: self._answers(f"{self.police_inbox_url}/healthz"), self.processes, "command centre")
        wait_until(lambda: self._answers(f"{self.base_url}/readyz"), self.processes, "server")
        self.tally = Tally(self.base_url, self.city.tokens["admin"])
        wait_until(lambda: self._hears({self.city.gateway}), self.processes, "gateway")
        self._start_serial_node(enrolment)  # a state said to a gateway without a broker is said again 10 s later
        wait_until(lambda: self._hears({node for node, _ in self.city.nodes}), self.processes, "city of kentongan")
        self.twin = TwinServer(self._twin(enrolment, websocket_port), self.city.home, self._tell_of_twin)
        self.took = time.monotonic() - begun

    def description(self) -> dict[str, Any]:
        """What demo.json says, for scripts."""
        regions = [
            {"code": region["code"], "name": region["name"], "nodes": [node["id"] for node in region["nodes"]]}
            for region in self.city.description["regions"]
        ]
        return {
            "pid": os.getpid(),
            "base_url": self.base_url,
            "police_inbox_url": self.police_inbox_url,
            "broker": {"host": self.broker.host, "port": self.broker.port, "kind": self.broker.kind},
            "tokens": self.city.tokens,
            "regions": regions,
            "simulator": {"host": "127.0.0.1", "port": self._control_port},
            "micropython_node": self.city.micropython_node if self.micropython else None,
            "gateway_node": self.city.gateway,
            "twin_url": self.twin.url,
            "twin_node": self.city.twin,
        }

    def police_forwards(self) -> int:
        """How many documents lie in the command centre's inbox."""
        try:
            return len(self._http.get(f"{self.police_inbox_url}/api/messages").json())
        except httpx.HTTPError:
            return 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if hasattr(self, "twin"):
            self.twin.stop()
        if hasattr(self, "tally"):
            self.tally.stop()
        self.processes.stop()
        if self._cable is not None:
            self._cable.unplug()
        if hasattr(self, "broker"):
            self.broker.stop()
        self._http.close()

    def _write_files(self) -> None:
        self._write("master.key", self._master.hex())
        now = datetime.now(UTC)  # noqa: TID251  # a certificate begins now
        ensure_cap_credentials(self.folder / "cap.key", self.folder / "cap.pem", name="Kentongan demo", now=now)
        ensure_record_key(self.folder / "record.key")
        self._write("city.json", json.dumps(self.city.description))
        session = {
            "tokens": self.city.tokens,
            "police_inbox_url": self.police_inbox_url,
            "home_region": self.city.home,
            "broker": self.broker.kind,
            "micropython_node": self.city.micropython_node if self.micropython else None,
            "gateway_node": self.city.gateway,
            "serial_node": self.city.serial_node,
        }
        self._write("session.json", json.dumps(session))

    def _write(self, name: str, text: str) -> Path:
        path = self.folder / name
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
        return path

    def _server_environment(self) -> dict[str, str]:
        return {
            "KENTONGAN_DATABASE_URL": f"sqlite:///{self.folder}/server.sqlite3",
            "KENTONGAN_TELEMETRY_URL": f"sqlite:///{self.folder}/telemetry.sqlite3",
            "KENTONGAN_HTTP_PORT": str(self._port),
            "KENTONGAN_BROKER_HOST": self.broker.host,
            "KENTONGAN_BROKER_PORT": str(self.broker.port),
            "KENTONGAN_BROKER_PASSWORD": self.broker.enrolment.server_password,
            "KENTONGAN_MASTER_KEY_FILE": str(self.folder / "master.key"),
            "KENTONGAN_RECORD_KEY_FILE": str(self.folder / "record.key"),
            "KENTONGAN_CHECKPOINT_FILE": str(self.folder / "checkpoints.jsonl"),
            "KENTONGAN_POLICE_URL": self.police_inbox_url,
            "KENTONGAN_POLICE_WEBHOOK_SECRET": self._webhook_secret,
            "KENTONGAN_CAP_KEY_FILE": str(self.folder / "cap.key"),
            "KENTONGAN_CAP_CERT_FILE": str(self.folder / "cap.pem"),
            "KENTONGAN_DEMO_FILE": str(self.folder / "session.json"),
        }

    def _start_centre(self) -> None:
        environment = {
            "KENTONGAN_CENTRE_HTTP_PORT": str(self._centre_port),
            "KENTONGAN_CENTRE_WEBHOOK_SECRET": self._webhook_secret,
            "KENTONGAN_CENTRE_CAP_CERT_FILE": str(self.folder / "cap.pem"),
            "KENTONGAN_CENTRE_SERVER_URL": self.base_url,
            "KENTONGAN_CENTRE_DATABASE": str(self.folder / "command-centre.sqlite3"),
        }
        self.processes.start("command centre", [sys.executable, "-m", "kentongan_command_centre", "run"], environment)

    def _start_server(self) -> None:
        command: list[str | Path] = [
            sys.executable,
            "-m",
            "kentongan_server",
            "run",
            "--city",
            self.folder / "city.json",
        ]
        self.processes.start("server", command, self._server_environment())

    def _start_kentongan(self, enrolment: Enrolment) -> None:
        on_their_own = {self.city.serial_node, self.city.gateway}
        if self.micropython:
            on_their_own.add(self.city.micropython_node)
        city = [node for node in self.city.nodes if node[0] not in on_their_own]
        fleet = self._fleet("city", city, enrolment)
        command: list[str | Path] = [
            sys.executable,
            "-m",
            "simulator",
            "--fleet",
            fleet,
            "--control-port",
            str(self._control_port),
        ]
        self.processes.start("simulator", command, {})
        if self.micropython:
            self._start_node(self.micropython, self.city.micropython_node, enrolment, [])
        self._cable = SerialCable()
        self._start_gateway(self._cable.ends[0], enrolment)

    def _fleet(self, name: str, nodes: list[tuple[str, str]], enrolment: Enrolment) -> Path:
        described = [self._described(node, region, enrolment) for node, region in nodes]
        broker = {"host": self.broker.host, "port": self.broker.port}
        return self._write(f"fleet-{name}.json", json.dumps({"broker": broker, "nodes": described}))

    def _described(self, node: str, region: str, enrolment: Enrolment) -> dict[str, str]:
        described = {"id": node, "key": node_key(self._master, EPOCH, node).hex(), "region": region}
        if node == self.city.serial_node:
            described["link_key"] = link_key(self._master, EPOCH, self.city.gateway, node).hex()
        else:
            described["password"] = enrolment.nodes[node]
        return described

    def _start_node(self, interpreter: str | Path, node: str, enrolment: Enrolment, more: list[str]) -> None:
        fleet = self._fleet(node, [(node, self.city.home)], enrolment)
        state = self.folder / "nodes" / node
        state.mkdir(parents=True)
        path = os.pathsep.join([str(ROOT / "firmware"), str(ROOT / "contract"), ".frozen"])
        command: list[str | Path] = [interpreter, UNIX_NODE, "--fleet", fleet, "--node", node, "--state", state, *more]
        self.processes.start(node, command, {"MICROPYPATH": path})

    def _start_serial_node(self, enrolment: Enrolment) -> None:
        if self._cable is None:
            raise DemoError("The serial line was not laid.")
        interpreter = self.micropython or sys.executable
        self._start_node(interpreter, self.city.serial_node, enrolment, ["--serial", self._cable.ends[1]])

    def _twin(self, enrolment: Enrolment, websocket_port: int) -> dict[str, Any]:
        return {
            "node": self.city.twin,
            "key": node_key(self._master, EPOCH, self.city.twin).hex(),
            "password": enrolment.nodes[self.city.twin],
            "host": self.broker.host,
            "port": websocket_port,
        }

    def _tell_of_twin(self) -> None:
        city = self._write("city-with-twin.json", json.dumps(self.city.with_twin))
        command = [sys.executable, "-m", "kentongan_server", "install-city", str(city)]
        environment = os.environ | self._server_environment()
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode != 0:
            raise DemoError(f"The server was not told of the kentongan in the browser: {done.stderr.strip()}")

    def _start_gateway(self, device: str, enrolment: Enrolment) -> None:
        gateway, serial_node = self.city.gateway, self.city.serial_node
        environment = {
            "KENTONGAN_GATEWAY_NODE": gateway,
            "KENTONGAN_GATEWAY_PASSWORD": enrolment.nodes[gateway],
            "KENTONGAN_GATEWAY_KEY": node_key(self._master, EPOCH, gateway).hex(),
            "KENTONGAN_GATEWAY_BROKER_HOST": self.broker.host,
            "KENTONGAN_GATEWAY_BROKER_PORT": str(self.broker.port),
            "KENTONGAN_GATEWAY_SERIAL": device,
            "KENTONGAN_GATEWAY_LINKS": json.dumps(
                {serial_node: link_key(self._master, EPOCH, gateway, serial_node).hex()}
            ),
            "KENTONGAN_GATEWAY_SPOOL": str(self.folder / "gateway.sqlite3"),
            "KENTONGAN_GATEWAY_PINS": "mock",
        }
        self.processes.start("gateway", [sys.executable, "-m", "kentongan_gateway", "run"], environment)

    def _answers(self, url: str) -> bool:
        try:
            return self._http.get(url).is_success
        except httpx.HTTPError:
            return False

    def _hears(self, nodes: set[str]) -> bool:
        try:
            headers = {"Authorization": f"Bearer {self.city.tokens['operator']}"}
            regions = self._http.get(f"{self.base_url}/api/v1/regions", headers=headers).json()
        except httpx.HTTPError:
            return False
        online = {node["id"] for region in regions for node in region["nodes"] if node["presence"] == "online"}
        return nodes <= online


def _micropython() -> str | None:
    """The MicroPython of this machine: the one named, the one installed, or the one that the tests fetched."""
    named = os.environ.get("KENTONGAN_MICROPYTHON") or shutil.which("micropython")
    fetched = ROOT / ".cache" / "micropython" / "bin" / "micropython"
    return named or (str(fetched) if fetched.exists() else None)


def free_port() -> int:
    """A port that nobody holds now."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])
