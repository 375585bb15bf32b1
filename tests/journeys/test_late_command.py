"""After an outage the server's command comes late: an RT that its own kentongan woke already is not woken a second time."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.journeys.neighbourhood import HERE, NODES, Neighbourhood, wait_for

pytestmark = [pytest.mark.real, pytest.mark.slow]

PRESSED, *NEIGHBOURS = NODES[HERE]
LOCAL_MS = 2_000


@pytest.fixture
def street(tmp_path: Path, micropython_path: Path, mosquitto_path: Path) -> Iterator[Neighbourhood]:
    """A neighbourhood whose kentongan also hear each other; their own alarms are short."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
    peers = {"peer": "udp", "peer_address": "127.255.255.255", "peer_port": port, "local_ms": LOCAL_MS}
    with Neighbourhood(tmp_path, micropython_path, settings=peers) as found:
        yield found


def test_what_peers_sounded_is_not_sounded_again_and_what_is_new_is(street: Neighbourhood):
    for name in NEIGHBOURS:
        street.node[name].wait_status(peers=2)
    street.broker.stop()
    report = street.node[PRESSED].press()
    for name in NEIGHBOURS:
        assert street.node[name].wait("peer_alarm", deadline_s=15)["report"] == report
    for name in NODES[HERE]:
        street.node[name].wait_status(siren="silent")
    assert {name: street.soundings()[name] for name in NODES[HERE]} == dict.fromkeys(NODES[HERE], 1)

    street.broker.start()
    street.node[PRESSED].wait("confirmed", report=report, deadline_s=45)
    for name in NODES[HERE]:
        late = street.node[name].wait("not_sounded", deadline_s=45)
        assert late["reason"] == "it sounded for this report already"
    states = {"completed"}
    street.wait_incident(lambda found: {each["state"] for each in found["alarm"]} == states, "all to have sounded")
    assert {name: street.soundings()[name] for name in NODES[HERE]} == dict.fromkeys(NODES[HERE], 1)

    assert street.report("panic").status_code == 201  # a second voice: something that no neighbour has told them
    wait_for(
        lambda: all(street.soundings()[name] == 2 for name in NODES[HERE]), "every kentongan to sound for what is new"
    )
