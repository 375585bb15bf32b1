"""The peer alarm over real sockets: the broker is dead, and the RT sounds all the same."""

import json
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.integration.node.node_process import NodeProcess

pytestmark = pytest.mark.real

RT = "33.74.01.1001/RW01/RT01"
NEIGHBOURS = ("ktg-1", "ktg-2", "ktg-3")
STRANGER = "ktg-9"


@pytest.fixture
def street(tmp_path: Path, micropython_path: Path) -> Iterator[dict[str, NodeProcess]]:
    """Three kentongan of one RT, two on MicroPython and one on CPython, and one of the next RT; no broker answers any."""
    ours, theirs = os.urandom(32).hex(), os.urandom(32).hex()
    nodes = [
        {"id": node, "key": os.urandom(32).hex(), "password": "p", "rt": RT, "group_keys": [ours]}
        for node in NEIGHBOURS
    ]
    nodes.append({**nodes[0], "id": STRANGER, "rt": RT[:-1] + "2", "group_keys": [theirs]})
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
    fleet = {
        "broker": {"host": "127.0.0.1", "port": 1},
        "settings": {"peer": "udp", "peer_address": "127.255.255.255", "peer_port": port, "local_ms": 2_000},
        "nodes": nodes,
    }
    path = tmp_path / "fleet.json"
    path.write_text(json.dumps(fleet))
    found = {
        node: NodeProcess(Path(sys.executable) if node == "ktg-3" else micropython_path, path, node, tmp_path / node)
        for node in (*NEIGHBOURS, STRANGER)
    }
    yield found
    assert [error for error in [process.end() for process in found.values()] if error] == []
    assert [trouble for process in found.values() for trouble in process.heard("trouble")] == []


def test_a_press_sounds_the_rt_without_access_point_broker_or_internet(street):
    street["ktg-2"].wait_status(peers=2)
    report = street["ktg-1"].press()
    for neighbour in ("ktg-2", "ktg-3"):
        heard = street[neighbour].wait("peer_alarm")
        assert (heard["report"], heard["sounded"]) == (report, True)
        street[neighbour].wait_status(siren="silent", peer_soundings=1)  # it ends by itself, and once
        status = street[neighbour].status()
        assert (status["local_soundings"], status["soundings"], status["pending"]) == (0, 0, [])
    status = street["ktg-1"].status()
    assert (status["local_soundings"], status["peer_soundings"], status["pending"]) == (1, 0, [report])
    stranger = street[STRANGER].status()
    assert (stranger["peer_soundings"], stranger["peers"]) == (0, 0)
    assert stranger["peers_refused"]["seal"] > 0  # it heard, and it was none of its business


def test_a_power_cut_makes_no_old_alarm_new(street, tmp_path, micropython_path):
    report = street["ktg-1"].press()
    street["ktg-2"].wait("peer_alarm")
    street["ktg-2"].wait_status(siren="silent")
    street["ktg-2"].cut_power()
    again = NodeProcess(micropython_path, tmp_path / "fleet.json", "ktg-2", tmp_path / "ktg-2")
    street["ktg-2"] = again
    again.wait_status(peers=2)  # the repeats of the very same alarm were among what it heard
    assert again.heard("peer_alarm") == []
    second = street["ktg-1"].press()
    assert again.wait("peer_alarm")["report"] == second != report
