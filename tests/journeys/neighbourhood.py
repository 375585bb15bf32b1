"""A whole neighbourhood on loopback: real Mosquitto, real MicroPython kentongan, the server and the command centre, each a
process that a test may stop, kill and start again."""

import json
import os
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

import httpx
from tests.integration.node.node_process import NodeProcess
from tests.integration.police.centre_process import RunningCentre, running_centre
from ulid import ULID

from kentongan_broker import Broker, enrol, start
from kentongan_contract.seal import group_key, node_key
from kentongan_server.outbound.police.credentials import ensure_cap_credentials
from kentongan_server.outbound.record.seal import ensure_record_key

HERE = "33.74.01.1001/RW01/RT01"
THERE = "33.74.01.1001/RW01/RT02"
NODES = {HERE: ("ktg-0101-1", "ktg-0101-2", "ktg-0101-3"), THERE: ("ktg-0102-1", "ktg-0102-2")}
DEADLINE_S = 30.0


class Neighbourhood:
    """Two RTs; `node` maps a name to its running MicroPython process, `settings` are theirs beside the shipped ones."""

    def __init__(
        self, folder: Path, micropython: Path, database: str | None = None, settings: dict[str, Any] | None = None
    ) -> None:
        self.folder = folder
        self._settings = settings or {}
        self._database = database or f"sqlite:///{folder}/server.sqlite3"
        self._micropython = micropython
        self._master = secrets.token_bytes(32)
        self._secret = secrets.token_urlsafe(24)
        self.tokens = {role: secrets.token_urlsafe(16) for role in ("resident", "rt_head", "operator")}
        self._port = _free_port()
        self._centre_port = _free_port()
        self._doors = ExitStack()
        self._server: subprocess.Popen[bytes] | None = None
        self.base_url = f"http://127.0.0.1:{self._port}"
        self.client = httpx.Client(base_url=self.base_url, timeout=10, trust_env=False)
        self.node: dict[str, NodeProcess] = {}

    def __enter__(self) -> Self:
        with ExitStack() as doors:
            doors.callback(self.client.close)
            city = self._city()
            (self.folder / "city.json").write_text(json.dumps(city))
            (self.folder / "master.key").write_text(self._master.hex())
            now = datetime.now(UTC)
            ensure_cap_credentials(self.folder / "cap.key", self.folder / "cap.pem", name="Kentongan test", now=now)
            ensure_record_key(self.folder / "record.key")
            self._enrolment = enrol(city)
            self.broker: Broker = doors.enter_context(start(self.folder / "broker", self._enrolment, kind="mosquitto"))
            self.pager = doors.enter_context(Pager())
            self._centre = doors.enter_context(ExitStack())
            self.start_centre()
            doors.callback(self.kill_server)
            self.start_server("--city", str(self.folder / "city.json"))
            for nodes in NODES.values():
                for name in nodes:
                    self.node[name] = NodeProcess(self._micropython, self._fleet(), name, self.folder / f"state-{name}")
                    doors.callback(self.node[name].end)
            self.wait_online()
            self._doors = doors.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._doors.close()

    def start_server(self, *more: str) -> None:
        """Start the server and wait until it is ready; again after a kill."""
        with (self.folder / "server.log").open("ab") as log:
            self._server = subprocess.Popen(
                [sys.executable, "-m", "kentongan_server", "run", *more],
                env={**os.environ, **self._environment()},
                stdout=log,
                stderr=log,
            )
        wait_for(self._is_alive, "the server")

    def start_another(self) -> "subprocess.Popen[bytes]":
        """A second server on the same database and broker, as a process of its own; returns when it is ready."""
        port = _free_port()
        own = {"KENTONGAN_HTTP_PORT": str(port), "KENTONGAN_CHECKPOINT_FILE": str(self.folder / "checkpoints-2.jsonl")}
        with (self.folder / "server-2.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "kentongan_server", "run"],
                env={**os.environ, **self._environment(), **own},
                stdout=log,
                stderr=log,
            )
        self._doors.callback(process.wait)
        self._doors.callback(process.kill)

        def is_ready() -> bool:
            assert process.poll() is None, (self.folder / "server-2.log").read_text()[-2000:]
            try:
                return httpx.get(f"http://127.0.0.1:{port}/readyz", trust_env=False).is_success
            except httpx.HTTPError:
                return False

        wait_for(is_ready, "the second server")
        return process

    def kill_server(self) -> None:
        """SIGKILL: no farewell."""
        if self._server is not None:
            self._server.kill()
            self._server.wait()
            self._server = None

    def start_centre(self) -> None:
        """Start the command centre; again after it was stopped, over the same database."""
        self.centre: RunningCentre = self._centre.enter_context(
            running_centre(
                self.folder,
                secret=self._secret,
                certificate=self.folder / "cap.pem",
                server_url=self.base_url,
                port=self._centre_port,
            )
        )

    def stop_centre(self) -> None:
        """Nobody listens at the police."""
        self._centre.close()

    def wait_online(self) -> None:
        """Until the server holds every kentongan for online."""
        wait_for(lambda: set(self.presences().values()) == {"online"}, "every kentongan to be online")

    def presences(self) -> dict[str, str]:
        """What the server believes of each node."""
        regions = self.get("/api/v1/regions", "operator")
        return {node["id"]: node["presence"] for region in regions for node in region["nodes"]}

    def report(
        self, kind: str, *, role: str = "resident", text: str | None = None, id: str | None = None
    ) -> httpx.Response:
        """Report through the app."""
        body: dict[str, Any] = {"id": id or str(ULID()), "kind": kind, "region": HERE}
        if text is not None:
            body["text"] = text
        return self.client.post("/api/v1/reports", json=body, headers=self._as(role))

    def get(self, path: str, role: str = "resident") -> Any:
        """The JSON at this address, as seen by this role."""
        answer = self.client.get(path, headers=self._as(role))
        answer.raise_for_status()
        return answer.json()

    def incident(self) -> dict[str, Any]:
        """The only incident of the RT, in full, once there is one."""
        found = wait_for(lambda: self.get("/api/v1/incidents"), "an incident")
        assert len(found) == 1, found
        detail: dict[str, Any] = self.get(f"/api/v1/incidents/{found[0]['id']}")
        return detail

    def wait_incident(
        self, wanted: Callable[[dict[str, Any]], bool], what: str, seconds: float = DEADLINE_S
    ) -> dict[str, Any]:
        """The incident once `wanted` holds of it."""
        found: dict[str, Any] = {}

        def look() -> bool:
            found.update(self.incident())
            return wanted(found)

        wait_for(look, what, seconds)
        return found

    def wait_sounding(self, seconds: float = DEADLINE_S) -> None:
        """Until every kentongan of this RT has sounded and the server knows it."""
        for name in NODES[HERE]:
            self.node[name].wait("siren", on=True, deadline_s=seconds)
        self.wait_incident(lambda found: _states(found) == {"sounding"}, "every kentongan to say that it sounds")

    def soundings(self) -> dict[str, int]:
        """How often each siren went from silence to sound; a command that takes a local alarm over adds none."""
        return {name: _beginnings(node.heard("siren")) for name, node in self.node.items()}

    def messages(self, incident: str) -> list[dict[str, Any]]:
        """What the command centre took of this incident."""
        return self.centre.messages(incident)

    def _as(self, role: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[role]}"}

    def _is_alive(self) -> bool:
        try:
            return self.client.get("/healthz").is_success
        except httpx.HTTPError:
            assert self._server is not None
            assert self._server.poll() is None, (self.folder / "server.log").read_text()[-2000:]
            return False

    def _city(self) -> dict[str, Any]:
        regions = [
            {
                "code": code,
                "name": f"RT {number:02d} RW 01 Miroto",
                "latitude": -6.98 + number / 1000,
                "longitude": 110.41,
                "nodes": [{"id": name, "role": "kentongan"} for name in nodes],
                "gateway": None,
            }
            for number, (code, nodes) in enumerate(NODES.items(), 1)
        ]
        people = [
            {"id": role, "name": role, "role": role, "region": None if role == "operator" else HERE, "vouched": True}
            for role in self.tokens
        ]
        return {"regions": regions, "people": [{**one, "token": self.tokens[one["role"]]} for one in people]}

    def _fleet(self) -> Path:
        nodes = [
            {
                "id": name,
                "password": self._enrolment.nodes[name],
                "key": node_key(self._master, 1, name).hex(),
                "region": code,
                "rt": code,
                "group_keys": [group_key(self._master, 1, code).hex()],
            }
            for code, names in NODES.items()
            for name in names
        ]
        path = self.folder / "fleet.json"
        broker = {"host": self.broker.host, "port": self.broker.port}
        path.write_text(json.dumps({"broker": broker, "settings": self._settings, "nodes": nodes}))
        return path

    def _environment(self) -> dict[str, str]:
        return {
            "KENTONGAN_DATABASE_URL": self._database,
            "KENTONGAN_TELEMETRY_URL": f"sqlite:///{self.folder}/telemetry.sqlite3",
            "KENTONGAN_HTTP_PORT": str(self._port),
            "KENTONGAN_BROKER_PORT": str(self.broker.port),
            "KENTONGAN_BROKER_PASSWORD": self._enrolment.server_password,
            "KENTONGAN_MASTER_KEY_FILE": str(self.folder / "master.key"),
            "KENTONGAN_RECORD_KEY_FILE": str(self.folder / "record.key"),
            "KENTONGAN_CHECKPOINT_FILE": str(self.folder / "checkpoints.jsonl"),
            "KENTONGAN_POLICE_URL": f"http://127.0.0.1:{self._centre_port}",
            "KENTONGAN_POLICE_WEBHOOK_SECRET": self._secret,
            "KENTONGAN_CAP_KEY_FILE": str(self.folder / "cap.key"),
            "KENTONGAN_CAP_CERT_FILE": str(self.folder / "cap.pem"),
            "KENTONGAN_PAGER_URL": self.pager.url,
        }


class Pager:
    """A pager service that remembers whom it woke."""

    def __init__(self) -> None:
        self.pages: list[tuple[float, dict[str, Any]]] = []
        pages = self.pages

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:  # the library's name
                body = self.rfile.read(int(self.headers["Content-Length"]))
                pages.append((time.monotonic(), json.loads(body)))
                self.send_response(204)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Keep the test's output quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/page"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def wait_for(look: Callable[[], Any], what: str, seconds: float = DEADLINE_S) -> Any:
    """What `look` gives once it is true; fails with a sentence when that does not come in time."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.05)
    return found


def _states(incident: dict[str, Any]) -> set[str]:
    return {kentongan["state"] for kentongan in incident["alarm"]}


def _beginnings(switched: list[dict[str, Any]]) -> int:
    states = [False, *(event["on"] for event in switched)]
    return sum(later and not earlier for earlier, later in pairwise(states))


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])
