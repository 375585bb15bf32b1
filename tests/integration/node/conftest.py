"""A broker of one's own, a server's voice on it, and node processes that are ended whatever happens."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.integration.node.city_server import CityServer
from tests.integration.node.node_process import NodeProcess

from kentongan_broker import Broker, Enrolment, start

NODES = ("ktg-a", "ktg-b")


class City:
    """Two nodes with their secrets, a Mosquitto under the city's rules, and the server's voice."""

    def __init__(self, folder: Path, enrolment: Enrolment, broker: Broker) -> None:
        self.folder = folder
        self.broker = broker
        self.keys = {node: os.urandom(32) for node in NODES}
        self._enrolment = enrolment
        self.server = CityServer(broker.host, broker.port, enrolment.server_password, self.keys)

    def fleet(self, *, port: int | None = None, **settings: Any) -> Path:
        """A fleet file for these nodes."""
        fleet = {
            "broker": {"host": self.broker.host, "port": port or self.broker.port},
            "settings": settings,
            "nodes": [
                {"id": node, "password": self._enrolment.nodes[node], "key": key.hex(), "region": "r"}
                for node, key in self.keys.items()
            ],
        }
        path = self.folder / "fleet.json"
        path.write_text(json.dumps(fleet))
        return path


@pytest.fixture
def city(tmp_path: Path, mosquitto_path: Path) -> Iterator[City]:
    """A city of two nodes whose broker the test may stop, kill and freeze."""
    enrolment = Enrolment(nodes=dict.fromkeys(NODES, "a password"))
    with start(tmp_path / "broker", enrolment, kind="mosquitto") as broker:
        found = City(tmp_path, enrolment, broker)
        yield found
        found.server.close()


@pytest.fixture(params=["micropython", "cpython"])
def interpreter(request: pytest.FixtureRequest) -> Path:
    """Real MicroPython, and CPython running the same files."""
    if request.param == "cpython":
        return Path(sys.executable)
    return request.getfixturevalue("micropython_path")


@pytest.fixture
def run_node(interpreter: Path, tmp_path: Path) -> Iterator[Callable[..., NodeProcess]]:
    """Start a node: run_node(fleet, node="ktg-a", serial=None). A node that wrote to standard error fails the test."""
    running: list[NodeProcess] = []

    def run(fleet: Path, node: str = "ktg-a", serial: str | None = None) -> NodeProcess:
        running.append(NodeProcess(interpreter, fleet, node, tmp_path / f"state-{node}", serial))
        return running[-1]

    yield run
    errors = [node.end() for node in running]
    troubles = [trouble for node in running for trouble in node.heard("trouble")]
    assert [error for error in errors if error] == []
    assert troubles == []
