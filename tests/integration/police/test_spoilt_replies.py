"""What comes back from the police is spoilt in every way: it changes nothing until it is right, and then once.

Server, broker and command centre are real; the operator's word is carried again and again, so nothing of it is lost.
"""

import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.integration.police.centre_process import RunningCentre, running_centre, until
from tests.integration.police.sending import Keys
from tests.integration.served import SECRET, Rt, Served

from kentongan_broker import Enrolment, start

pytestmark = pytest.mark.real


@dataclass
class BothEnds:
    """A server and a command centre that know each other, and an RT for each test."""

    served: Served
    centre: RunningCentre
    founded: int = 0

    def a_case(self) -> tuple[Rt, str]:
        """A theft that the police know of."""
        self.founded += 1
        rt = Rt(self.served, self.founded)
        incident = self.served.post("/api/v1/reports", rt.token("resident"), json=rt.a_report()).json()["incident"]
        until(lambda: len(self.centre.messages(incident)) == 2)
        return rt, incident

    def shown(self, rt: Rt, incident: str) -> dict[str, Any]:
        """The incident as its reporter sees it."""
        found: dict[str, Any] = self.served.get(f"/api/v1/incidents/{incident}", rt.token("resident")).json()
        return found

    def replies(self, rt: Rt, incident: str) -> list[str]:
        """The answers in the record, in order."""
        timeline = self.shown(rt, incident)["timeline"]
        return [entry["data"]["reply"] for entry in timeline if entry["event"] == "police_replied"]

    def waiting(self, incident: str) -> list[dict[str, Any]]:
        """The operator's words and what became of each."""
        found: list[dict[str, Any]] = self.centre.get(f"/api/cases/{incident}")["replies"]
        return found


@pytest.fixture(scope="module")
def ends(mosquitto_path: Path, tmp_path_factory: pytest.TempPathFactory, keys: Keys) -> Iterator[BothEnds]:
    broker_folder, server_folder, centre_folder = (
        tmp_path_factory.mktemp(name) for name in ("mqtt", "server", "centre")
    )
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
    police = {
        "police_url": f"http://127.0.0.1:{port}",
        "cap_key_file": keys.certificate.with_name("cap.key"),
        "cap_cert_file": keys.certificate,
    }
    with (
        start(broker_folder, Enrolment({}), kind="mosquitto") as broker,
        Served(server_folder, broker, **police) as served,
        running_centre(
            centre_folder, secret=SECRET, certificate=keys.certificate, server_url=served.base_url, port=port
        ) as centre,
    ):
        yield BothEnds(served, centre)


@pytest.mark.parametrize(
    ("mode", "status"), [("forged", "401"), ("stale", "401"), ("malformed", "400"), ("huge", "413")]
)
def test_a_spoilt_reply_changes_nothing_and_the_right_one_counts_once(ends: BothEnds, mode: str, status: str) -> None:
    rt, incident = ends.a_case()
    ends.centre.spoil_replies(mode, 1)

    assert ends.centre.say(incident, "acknowledge").status_code == 200
    failed = until(lambda: (found := ends.waiting(incident))[0]["attempts"] and found)
    assert status in failed[0]["error"]
    assert ends.shown(rt, incident)["status"] == "reported"
    assert ends.replies(rt, incident) == []

    until(lambda: ends.waiting(incident)[0]["sent"])
    assert ends.shown(rt, incident)["police"] == "acknowledged"
    assert ends.replies(rt, incident) == ["acknowledged"]


def test_a_reply_that_comes_twice_counts_once(ends: BothEnds) -> None:
    rt, incident = ends.a_case()
    ends.centre.spoil_replies("twice", 4)
    for action in ("acknowledge", "dispatch", "on_scene"):
        ends.centre.say(incident, action)
    ends.centre.say(incident, "resolve", disposition="founded")

    until(lambda: all(reply["sent"] for reply in ends.waiting(incident)))
    assert ends.replies(rt, incident) == ["acknowledged", "dispatched", "on_scene", "resolved"]
    stages = [e["data"]["stage"] for e in ends.shown(rt, incident)["timeline"] if e["event"] == "stage_reached"]
    assert stages.count("resolved") == stages.count("police_saw") == 1


def test_replies_out_of_order_never_lead_back(ends: BothEnds) -> None:
    rt, incident = ends.a_case()
    ends.centre.spoil_replies("backwards", 3)
    for action in ("acknowledge", "dispatch", "on_scene"):
        ends.centre.say(incident, action)

    until(lambda: all(reply["sent"] for reply in ends.waiting(incident)))
    found = ends.shown(rt, incident)
    assert (found["status"], found["police"]) == ("on_scene", "dispatched")
    statuses = [e["data"]["status"] for e in found["timeline"] if e["event"] == "incident_status_changed"]
    assert statuses == ["on_scene"], "what came late was true before, and moves nothing"
    assert ends.replies(rt, incident) == ["on_scene", "dispatched", "acknowledged"], "the record keeps all of it"


@pytest.mark.slow
def test_a_reply_that_trickles_in_is_given_up(ends: BothEnds) -> None:
    """One byte a second: the server waits for a body no longer than ten seconds, and serves others meanwhile."""
    host, _, port = ends.served.base_url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=40) as line:
        line.sendall(
            b"POST /api/v1/police/replies HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Content-Length: 1000\r\n\r\n"
        )
        began = time.monotonic()
        line.settimeout(0.5)
        answer = b""
        while not answer and time.monotonic() - began < 20:
            line.sendall(b" ")
            assert ends.served.get("/healthz").is_success
            try:
                answer = line.recv(4096)
            except TimeoutError:
                continue
    assert answer.startswith(b"HTTP/1.1 408")
    assert time.monotonic() - began < 15
