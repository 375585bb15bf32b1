"""A release through the whole: uploaded over HTTP, offered by the real server, fetched, run and kept by a real MicroPython."""

import hashlib
import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from tests.integration.node.test_update import Master, Shelf
from tests.integration.served import Rt, Served

from kentongan_broker import Enrolment, start
from kentongan_contract.seal import node_key
from kentongan_release import bundle
from kentongan_server.domain.people import Membership, Person, Role

pytestmark = pytest.mark.real
NODE, OTHER = "ktg-a", "ktg-b"
_numbers = itertools.count(300)


class Bench:
    """A server that offers twice a second, and one kentongan that is a process."""

    def __init__(
        self, served: Served, folder: Path, micropython: Path, fleet_of: dict[str, str], broker_port: int
    ) -> None:
        self.served = served
        self.rt = Rt(served, next(_numbers), (NODE, OTHER))
        self.token = "the-token-of-a-technician"
        technician = Person("technician-1", "Mas Tono", (Membership(Role.TECHNICIAN, None, True),))
        served.run(lambda uow: uow.people.put_person(technician, hashlib.sha256(self.token.encode()).hexdigest()))
        self.key = ec.generate_private_key(ec.SECP256R1())
        settings = {"hold_ms": 0, "heartbeat_ms": 500, "prove_ms": 500, "update_key": bundle.public_of(self.key)}
        nodes = [{"id": NODE, "password": fleet_of[NODE], "key": node_key(served.master, 1, NODE).hex(), "region": "r"}]
        fleet = {"broker": {"host": "127.0.0.1", "port": broker_port}, "settings": settings, "nodes": nodes}
        (folder / "fleet.json").write_text(json.dumps(fleet))
        (folder / "state").mkdir()
        self.node = Master(micropython, folder / "fleet.json", folder / "state")
        served.until(lambda: self.said("presence") == "online", "the kentongan is online")

    def said(self, what: str, node: str = NODE) -> object:
        """What the server knows of the node."""
        return getattr(self.served.read(lambda uow: uow.places.node(node)), what)

    def begin(self, sequence: int, changes: dict[str, bytes]) -> Shelf:
        """Upload a whole release as a technician does."""
        shelf = Shelf(self.key, sequence, changes)
        body = {"manifest": shelf.files[""].decode(), "region": self.rt.code}
        assert self.served.post("/api/v1/releases", self.token, json=body).status_code == 201
        for path, data in shelf.files.items():
            if path:
                done = self.served.post(
                    f"/api/v1/releases/{sequence}/files", self.token, json={"path": path, "hex": data.hex()}
                )
                assert done.status_code == 200, done.text
        assert done.json()["ring"] == "few"
        return shelf

    def ring(self) -> tuple[str, str | None]:
        """Of the newest release, and why."""
        newest = self.served.get("/api/v1/releases", self.token).json()[0]
        return newest["ring"], newest["reason"]


@pytest.fixture
def bench(tmp_path: Path, mosquitto_path: Path, micropython_path: Path) -> Iterator[Bench]:
    enrolment = Enrolment(nodes={NODE: "a password", OTHER: "another"})
    (tmp_path / "served").mkdir()
    with (
        start(tmp_path / "broker", enrolment, kind="mosquitto") as broker,
        Served(tmp_path / "served", broker, offer_every_s=0.5) as served,
    ):
        made = Bench(served, tmp_path, micropython_path, enrolment.nodes, broker.port)
        yield made
        made.node.close()


def test_it_is_fetched_and_kept_and_a_broken_one_halts(bench: Bench) -> None:
    bench.begin(7, {"kentongan_node/__init__.py": b'VERSION = "9.9.9"\n'})
    bench.served.until(lambda: bench.said("release") == 7, "release 7 runs", 60)
    bench.served.until(lambda: bench.ring()[0] == "done", "every ring has it", 10)  # the other was never heard of
    bench.begin(8, {"kentongan_node/node.py": b"raise RuntimeError('broken')\n"})
    bench.served.until(lambda: bench.said("updating") == "rolled_back", "release 8 is rolled back", 60)
    bench.served.until(lambda: bench.ring() == ("halted", f"{NODE} did not keep it."), "it is halted", 10)
    assert bench.said("release") == 7
    assert bench.served.post("/api/v1/releases", bench.rt.token("head"), json={}).status_code in (403, 422)
