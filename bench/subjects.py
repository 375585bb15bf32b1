"""The subjects: Kentongan itself, and the peers. How each is started, asked, and held to what it answered."""

import json
import os
import secrets
import shutil
import sqlite3
import subprocess
import sys
from itertools import cycle
from pathlib import Path

from bench.city import BenchCity
from bench.load import Request, new_ulid, post
from bench.stand import ROOT, Stand, StandError, answers, free_port

NODE_RED = "4.1.15"
NODE_RED_FOLDER = ROOT / ".cache" / "node-red"
FLOW = Path(__file__).resolve().parent / "peers" / "node_red_flow.json"
KINDS = {"crime": ("theft", "robbery", "panic", "assault"), "emergency": ("fire", "medical")}
TEXT = "Ada orang mencurigakan di depan pos ronda, tolong segera ke sini."


class Kentongan:
    """The server as it is: bearer tokens, one transaction a report, sealed commands, the live feed.

    The first report of an RT and class opens an incident and commands three kentongan, the others join it. `classes`
    are gone through one after the other, each through all RTs. `centre`: the command centre runs as well.
    """

    sealed = True

    def __init__(
        self, classes: tuple[str, ...] = ("crime",), *, centre: bool = False, profile: Path | None = None
    ) -> None:
        self._classes = classes
        self.centre = centre
        self._profile = profile
        self._centre_port = free_port()
        self.name = "kentongan" + (" + command centre" if centre else "")

    def start(self, stand: Stand) -> subprocess.Popen[bytes]:
        """Keys, the command centre if it takes part, and the server on an empty database."""
        environment = self.environment(stand)
        server = ["-m", "kentongan_server"]
        if self._profile is not None:
            server = ["-m", "bench.profiled_server"]
            environment["BENCH_PROFILE"] = str(self._profile)
        return stand.python("server", [*server, "run", "--city", str(stand.folder / "city.json")], environment)

    def environment(self, stand: Stand) -> dict[str, str]:
        """Its settings on this stand, with the files they name; the command centre, if it takes part, is started."""
        stand.write("master.key", stand.master.hex())
        stand.write("city.json", json.dumps(stand.city.description))
        environment = {
            "KENTONGAN_DATABASE_URL": f"sqlite:///{stand.folder}/server.sqlite3",
            "KENTONGAN_TELEMETRY_URL": f"sqlite:///{stand.folder}/telemetry.sqlite3",
            "KENTONGAN_HTTP_PORT": str(stand.port),
            "KENTONGAN_BROKER_PORT": str(stand.broker.port),
            "KENTONGAN_BROKER_PASSWORD": stand.enrolment.server_password,
            "KENTONGAN_MASTER_KEY_FILE": str(stand.folder / "master.key"),
            "KENTONGAN_RECORD_KEY_FILE": str(stand.folder / "record.key"),
            "KENTONGAN_CHECKPOINT_FILE": str(stand.folder / "checkpoints.jsonl"),
        }
        if self.centre:
            environment |= self._start_centre(stand, environment)
        else:
            _make_keys(environment)
        return environment

    def is_ready(self, stand: Stand) -> bool:
        """Ready when it says so and the command centre answers."""
        centre = not self.centre or answers(f"http://127.0.0.1:{self._centre_port}/healthz")
        return centre and answers(f"http://127.0.0.1:{stand.port}/readyz")

    def reports(self, city: BenchCity) -> Request:
        """One report after the other through all RTs, by each RT's own residents in turn."""
        kinds = {name: cycle(KINDS[name]) for name in self._classes}
        rounds = (
            (name, place, number)
            for number in cycle(range(len(city.rts[0].tokens)))
            for name in self._classes
            for place in city.rts
        )

        def request() -> tuple[str, bytes]:
            name, place, number = next(rounds)
            id, body = _body(next(kinds[name]), place.code)
            return id, post("/api/v1/reports", body, place.tokens[number])

        return request

    def stored(self, stand: Stand) -> set[str]:
        """The ids in the reports table."""
        return _ids(stand.folder / "server.sqlite3", "SELECT id FROM reports")

    def _start_centre(self, stand: Stand, environment: dict[str, str]) -> dict[str, str]:
        secret = secrets.token_urlsafe(32)
        keys = {
            "KENTONGAN_CAP_KEY_FILE": str(stand.folder / "cap.key"),
            "KENTONGAN_CAP_CERT_FILE": str(stand.folder / "cap.pem"),
        }
        _make_keys(environment | keys)
        centre = {
            "KENTONGAN_CENTRE_HTTP_PORT": str(self._centre_port),
            "KENTONGAN_CENTRE_WEBHOOK_SECRET": secret,
            "KENTONGAN_CENTRE_CAP_CERT_FILE": keys["KENTONGAN_CAP_CERT_FILE"],
            "KENTONGAN_CENTRE_SERVER_URL": f"http://127.0.0.1:{stand.port}",
            "KENTONGAN_CENTRE_DATABASE": str(stand.folder / "command-centre.sqlite3"),
        }
        stand.python("command centre", ["-m", "kentongan_command_centre", "run"], centre)
        police = {
            "KENTONGAN_POLICE_URL": f"http://127.0.0.1:{self._centre_port}",
            "KENTONGAN_POLICE_WEBHOOK_SECRET": secret,
        }
        return keys | police


class PythonPeer:
    """A peer of bench/peers: no token, one row and one QoS 1 message for each report."""

    sealed = False

    def __init__(self, name: str) -> None:
        self.name = name

    def start(self, stand: Stand) -> subprocess.Popen[bytes]:
        """The peer on an empty database."""
        return stand.python(self.name, ["-m", f"bench.peers.{self.name}"], peer_environment(stand))

    def is_ready(self, stand: Stand) -> bool:
        """Ready when it says so."""
        return answers(f"http://127.0.0.1:{stand.port}/readyz")

    def reports(self, city: BenchCity) -> Request:
        """One report after the other through all RTs."""
        return _plain_reports(city)

    def stored(self, stand: Stand) -> set[str] | None:
        """The ids in its table."""
        return _ids(stand.folder / "peer.sqlite3", "SELECT id FROM reports")


class Echo(PythonPeer):
    """The bare wire: presses come back as messages to the RT, with nothing done in between."""

    def __init__(self) -> None:
        super().__init__("echo")

    def start(self, stand: Stand) -> subprocess.Popen[bytes]:
        """The echo; it speaks no HTTP and leaves a file when it is ready."""
        ready = {"BENCH_READY": str(stand.folder / "echo.ready")}
        return stand.python(self.name, ["-m", "bench.peers.echo"], {**peer_environment(stand), **ready})

    def is_ready(self, stand: Stand) -> bool:
        """Ready when its file is there."""
        return (stand.folder / "echo.ready").exists()

    def stored(self, stand: Stand) -> set[str] | None:  # noqa: ARG002
        """Nothing is stored."""
        return None


class NodeRed(PythonPeer):
    """Node-RED with one flow: HTTP in, validate, MQTT out with QoS 1, 202. It stores nothing, so it has nothing to lose."""

    def __init__(self) -> None:
        super().__init__("node-red")

    def start(self, stand: Stand) -> subprocess.Popen[bytes]:
        """Node-RED with our flow and no editor."""
        folder = stand.folder / "node-red"
        folder.mkdir()
        (folder / "flows.json").write_text(_flow(stand), encoding="utf-8")
        login = {"broker": {"user": "server", "password": stand.enrolment.server_password}}
        (folder / "flows_cred.json").write_text(json.dumps(login), encoding="utf-8")
        settings = {
            "flowFile": "flows.json",
            "uiHost": "127.0.0.1",
            "uiPort": stand.port,
            "httpAdminRoot": False,
            "credentialSecret": False,
            "functionExternalModules": False,
            "logging": {"console": {"level": "warn"}},
        }
        (folder / "settings.js").write_text(f"module.exports = {json.dumps(settings)};\n", encoding="utf-8")
        program = NODE_RED_FOLDER / "node_modules" / "node-red" / "red.js"
        command = ["node", program, "--userDir", folder, "--settings", folder / "settings.js"]
        return stand.processes.start(self.name, [str(word) for word in command], {})

    def stored(self, stand: Stand) -> set[str] | None:  # noqa: ARG002
        """Nothing is stored."""
        return None


def node_red() -> tuple[NodeRed | None, str]:
    """Node-RED where npm can bring it, and otherwise one line about how to get it."""
    if (NODE_RED_FOLDER / "node_modules" / "node-red" / "package.json").exists() and shutil.which("node"):
        return NodeRed(), ""
    npm = shutil.which("npm")
    if npm is None:
        return None, "Node-RED is left out: npm is missing. Type: sudo apt-get install npm"
    NODE_RED_FOLDER.mkdir(parents=True, exist_ok=True)
    command = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", f"node-red@{NODE_RED}"]
    try:
        done = subprocess.run(command, cwd=NODE_RED_FOLDER, capture_output=True, text=True, timeout=600, check=False)
    except subprocess.TimeoutExpired:
        return None, "Node-RED is left out: npm install took more than ten minutes."
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        return None, f"Node-RED is left out: npm install node-red@{NODE_RED} failed ({last[:200]})."
    return NodeRed(), ""


def peer_environment(stand: Stand) -> dict[str, str]:
    """What a peer is told of the stand."""
    stand.write("city.json", json.dumps(stand.city.description))
    return {
        "BENCH_CITY": str(stand.folder / "city.json"),
        "BENCH_DATABASE": str(stand.folder / "peer.sqlite3"),
        "BENCH_HTTP_PORT": str(stand.port),
        "BENCH_BROKER_PORT": str(stand.broker.port),
        "BENCH_BROKER_PASSWORD": stand.enrolment.server_password,
    }


def _flow(stand: Stand) -> str:
    flow = json.loads(FLOW.read_text(encoding="utf-8"))
    nodes = json.dumps({place.code: place.nodes[0] for place in stand.city.rts})
    for node in flow:
        if node["id"] == "broker":
            node["port"] = str(stand.broker.port)
        elif node["id"] == "check":
            kinds = json.dumps([kind for kinds in KINDS.values() for kind in kinds])
            node["initialize"] = f"context.set('nodes', {nodes});\ncontext.set('kinds', {kinds});"
    return json.dumps(flow)


def _plain_reports(city: BenchCity) -> Request:
    places = cycle(city.rts)
    kinds = cycle(KINDS["crime"])

    def request() -> tuple[str, bytes]:
        id, body = _body(next(kinds), next(places).code)
        return id, post("/reports", body)

    return request


def _make_keys(environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "kentongan_server", "make-keys"]
    made = subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=60, check=False
    )
    if made.returncode != 0:
        raise StandError(f"make-keys failed: {made.stderr.strip()[-300:]}")


def _body(kind: str, region: str) -> tuple[str, bytes]:
    id = new_ulid()
    position = {"latitude": -6.9903, "longitude": 110.4229}
    report = {"id": id, "kind": kind, "region": region, "text": TEXT, "position": position}
    return id, json.dumps(report).encode()


def _ids(database: Path, query: str) -> set[str]:
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        return {row[0] for row in connection.execute(query)}
    finally:
        connection.close()
