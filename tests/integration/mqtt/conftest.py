"""A real Mosquitto, the real server beside it, and nodes that a test drives by hand."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.integration.mqtt.node_talker import NodeTalker
from tests.integration.served import Rt, Served

from kentongan_broker import Broker, Enrolment, start
from kentongan_contract.seal import Key, node_key

PAIRS = 60


@dataclass
class Post:
    """A guard post: an RT, its two nodes on the line, and the server that hears them."""

    served: Served
    broker: Broker
    rt: Rt
    node: NodeTalker
    other: NodeTalker

    def presences(self) -> dict[str, str]:
        (region,) = self.served.get("/api/v1/regions", self.rt.token("resident")).json()
        return {node["id"]: node["presence"] for node in region["nodes"]}

    def incident_of(self, report: str) -> str:
        found = self.served.read(lambda uow: uow.incidents.report(report))
        assert found is not None
        return found.incident

    def shown(self, incident: str) -> dict:
        return self.served.get(f"/api/v1/incidents/{incident}", self.rt.token("resident")).json()


@pytest.fixture(scope="session")
def line(mosquitto_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A broker of our own, with logins for sixty pairs of nodes."""
    names = [f"ktg-{pair}-{side}" for pair in range(PAIRS) for side in "ab"]
    enrolment = Enrolment({name: f"password of {name}" for name in [*names, "ktg-stray"]})
    with start(tmp_path_factory.mktemp("line"), enrolment, kind="mosquitto") as broker:
        yield broker


@pytest.fixture(scope="session")
def hearing(line: Broker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The server on that line."""
    with Served(tmp_path_factory.mktemp("hearing"), line) as running:
        yield running


_pairs = itertools.count()


@pytest.fixture
def found_post() -> Iterator[Callable[[Served, Broker], Post]]:
    """Sets up a post of two fresh nodes at this server and broker; its connections end with the test."""
    with ExitStack() as stack:

        def found(served: Served, broker: Broker) -> Post:
            pair = next(_pairs)
            names = (f"ktg-{pair}-a", f"ktg-{pair}-b")
            rt = Rt(served, pair, names)
            node, other = (
                stack.enter_context(NodeTalker(broker, name, Key(node_key(served.master, 1, name)))) for name in names
            )
            return Post(served, broker, rt, node, other)

        yield found


@pytest.fixture
def post(found_post: Callable[[Served, Broker], Post], hearing: Served, line: Broker) -> Post:
    return found_post(hearing, line)
