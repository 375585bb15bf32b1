"""The virtual city: many nodes in one process, driven over its control port, on the real broker."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.integration.node.city_server import CityServer
from tests.integration.node.node_process import firmware_environment

from kentongan_broker import Enrolment, start

pytestmark = pytest.mark.real

NODES = [f"ktg-{number:03}" for number in range(60)]


class Simulator:
    """The process and one control connection."""

    def __init__(self, fleet: Path, *extra: str) -> None:
        command = [sys.executable, "-m", "simulator", "--fleet", str(fleet), *extra]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=firmware_environment(), text=True
        )
        assert self.process.stdout is not None
        self.ready = json.loads(self.process.stdout.readline())
        self._socket = socket.create_connection(("127.0.0.1", self.ready["control_port"]), 10)
        self._lines = self._socket.makefile("r")

    def ask(self, line: str | dict[str, Any]) -> dict[str, Any]:
        """One request, one answer."""
        text = line if isinstance(line, str) else json.dumps(line)
        self._socket.sendall(text.encode() + b"\n")
        return json.loads(self._lines.readline())

    def status(self, node: str) -> dict[str, Any]:
        return next(each for each in self.ask({"do": "status"})["nodes"] if each["id"] == node)

    def wait(self, node: str, **wanted: object) -> dict[str, Any]:
        """The node's status once it fits."""
        until = time.monotonic() + 15
        while time.monotonic() < until:
            status = self.status(node)
            if all(status[name] == value for name, value in wanted.items()):
                return status
            time.sleep(0.02)
        raise AssertionError(f"{node} never came to {wanted}: {status}")

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def end(self) -> str:
        """SIGTERM; what it wrote to standard error."""
        self._lines.close()
        self._socket.close()
        self.process.send_signal(signal.SIGTERM)
        _, errors = self.process.communicate(timeout=10)
        assert self.process.returncode == 0
        return str(errors)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory, mosquitto_path: Path) -> Iterator[tuple[Simulator, CityServer]]:
    """Sixty connected nodes and the server's voice."""
    folder = tmp_path_factory.mktemp("city")
    keys = {node: os.urandom(32) for node in NODES}
    enrolment = Enrolment(nodes=dict.fromkeys(NODES, "a password"))
    with start(folder / "broker", enrolment, kind="mosquitto") as broker:
        server = CityServer(broker.host, broker.port, enrolment.server_password, keys)
        fleet = folder / "fleet.json"
        nodes = [{"id": node, "password": "a password", "key": key.hex(), "region": "r"} for node, key in keys.items()]
        fleet.write_text(json.dumps({"broker": {"host": broker.host, "port": broker.port}, "nodes": nodes}))
        simulator = Simulator(fleet)
        yield simulator, server
        errors = simulator.end()
        server.close()
        assert errors == ""


def test_everyone_is_connected_when_it_says_ready(scene):
    simulator, server = scene
    assert simulator.ready["connected"] is True
    nodes = simulator.ask({"do": "status"})["nodes"]
    assert [node["id"] for node in nodes] == NODES
    assert all(node["connected"] and node["siren"] == "silent" for node in nodes)
    for node in NODES:
        server.wait_state(node, lambda state: state.presence == "online")


def test_a_press_and_a_command_on_one_node_leave_the_others_silent(scene):
    simulator, server = scene
    pressed, told = NODES[3], NODES[4]
    assert simulator.ask({"do": "press", "node": pressed, "hold_ms": 500}) == {"ok": True}
    status = simulator.wait(pressed, siren="sounding", local_soundings=1)
    server.wait_report(pressed, status["report"])
    server.confirm(pressed, status["report"], "neighbours_called")
    simulator.wait(pressed, stage="neighbours_called", pending=[])
    server.send(told, server.command(told, duration_ms=400))
    simulator.wait(told, soundings=1)
    simulator.wait(told, siren="silent")
    others = [node for node in simulator.ask({"do": "status"})["nodes"] if node["id"] not in (pressed, told)]
    assert {node["siren"] for node in others} == {"silent"}
    assert {node["soundings"] for node in others} == {0}
    assert simulator.ask({"do": "silence", "node": pressed}) == {"ok": True}
    simulator.wait(pressed, siren="silent")


def test_hold_and_release_by_hand(scene):
    simulator, _ = scene
    node = NODES[10]
    simulator.ask({"do": "press", "node": node})
    simulator.wait(node, local_soundings=1)
    assert simulator.ask({"do": "release", "node": node}) == {"ok": True}
    simulator.ask({"do": "silence", "node": node})
    simulator.wait(node, siren="silent")


def test_unplug_is_a_power_cut_and_plug_boots_again(scene):
    simulator, server = scene
    node = NODES[20]
    boot = simulator.status(node)["boot"]
    simulator.ask({"do": "press", "node": node, "hold_ms": 600})
    report = simulator.wait(node, siren="sounding")["report"]
    server.wait_report(node, report)
    assert simulator.ask({"do": "unplug", "node": node}) == {"ok": True}
    server.wait_state(node, lambda state: state.presence == "offline")
    assert simulator.status(node)["connected"] is False
    answer = simulator.ask({"do": "press", "node": node, "hold_ms": 500})
    assert answer == {"ok": False, "error": f"{node} is unplugged"}
    assert simulator.ask({"do": "plug", "node": node}) == {"ok": True}
    status = simulator.wait(node, connected=True, boot=boot + 1)
    assert (status["siren"], status["pending"]) == ("silent", [report])
    before = len(server.reports[node])
    server.wait_report(node, report, times=before + 1)
    assert server.reports[node][-1].age_ms is None
    server.confirm(node, report)
    simulator.wait(node, pending=[])


@pytest.mark.parametrize(
    "line",
    [
        "not json",
        "[]",
        "5",
        '{"do": "press"}',
        '{"do": "press", "node": "nobody"}',
        '{"do": "press", "node": ["a"]}',
        '{"do": "dance", "node": "ktg-000"}',
        '{"do": "press", "node": "ktg-000", "hold_ms": "long"}',
        '{"do": "press", "node": "ktg-000", "hold_ms": -1}',
        '{"do": ["press"], "node": "ktg-000"}',
    ],
)
def test_a_request_that_cannot_be_done_gets_a_sentence(scene, line):
    simulator, _ = scene
    answer = simulator.ask(line)
    assert answer["ok"] is False
    assert isinstance(answer["error"], str)
    assert answer["error"]
    assert simulator.status("ktg-000")["siren"] == "silent"


def test_a_resting_city_costs_little(scene):
    simulator, _ = scene
    began, before = time.monotonic(), simulator.cpu_seconds()
    time.sleep(4)  # the measure is a rate: it needs a while to be one
    share = (simulator.cpu_seconds() - before) / (time.monotonic() - began)
    assert share < 0.10, f"{len(NODES)} resting nodes take {share:.1%} of a core"


def test_a_fleet_that_is_none_is_one_sentence(tmp_path):
    wrong = tmp_path / "fleet.json"
    wrong.write_text("{}")
    for path in (wrong, tmp_path / "missing.json"):
        done = subprocess.run(
            [sys.executable, "-m", "simulator", "--fleet", str(path)],
            env=firmware_environment(), capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 2
        assert len(done.stderr.splitlines()) == 1
        assert str(path) in done.stderr


def test_ready_comes_even_without_a_broker(tmp_path):
    fleet = tmp_path / "fleet.json"
    nodes = [{"id": "ktg-1", "password": "x", "key": "ab" * 32}]
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: every connect is refused
        fleet.write_text(json.dumps({"broker": {"host": "127.0.0.1", "port": taken.getsockname()[1]}, "nodes": nodes}))
        simulator = Simulator(fleet)
    assert simulator.ready["connected"] is False
    assert simulator.ask({"do": "press", "node": "ktg-1", "hold_ms": 500}) == {"ok": True}
    assert simulator.wait("ktg-1", siren="sounding")["connected"] is False
    assert simulator.end() == ""
