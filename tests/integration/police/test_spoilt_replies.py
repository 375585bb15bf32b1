"""What comes back from the police is spoilt in every way: it changes nothing until it is right, and then once.

Server, broker and command centre are real; the operator's word is carried again and again, so nothing of it is lost.
"""

import socket
import time

import pytest
from tests.integration.police.both_ends import BothEnds
from tests.integration.police.centre_process import until

pytestmark = pytest.mark.real


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
