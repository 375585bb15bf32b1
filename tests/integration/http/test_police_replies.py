"""What the command centre answers comes in signed, in time, and about what it may know."""

import hashlib
import hmac
import json
import time
from typing import Any

import httpx
import pytest
from tests.integration.http.test_bad_input import BODIES, ECHO, assert_refused
from tests.integration.served import SECRET, Rt, Served

pytestmark = pytest.mark.real

PATH = "/api/v1/police/replies"


@pytest.fixture
def incident(served: Served, rt: Rt) -> str:
    """A theft, reported."""
    return served.post("/api/v1/reports", rt.token("resident"), json=rt.a_report()).json()["incident"]


def a_reply(about: str, **different: Any) -> bytes:
    plain = {
        "incident": about,
        "delivery": f"d-{different.get('reply', 'acknowledged')}",
        "reply": "acknowledged",
        "operator": "Aiptu Wulan",
        "at": "now",
    }
    return json.dumps({**plain, **different}).encode()


def signed(body: bytes, *, secret: str = SECRET, at: float | None = None, over: bytes | None = None) -> dict[str, str]:
    """The headers for `body`; `over` signs other bytes than are sent."""
    timestamp = str(int(time.time() if at is None else at))
    signature = hmac.new(secret.encode(), timestamp.encode() + b"." + (over or body), hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json",
        "X-Kentongan-Timestamp": timestamp,
        "X-Kentongan-Signature": f"sha256={signature}",
    }


def shown(served: Served, rt: Rt, incident: str) -> dict[str, Any]:
    return served.get(f"/api/v1/incidents/{incident}", rt.token("resident")).json()


def test_the_reporter_sees_every_answer(served: Served, rt: Rt, incident: str) -> None:
    police = {
        "acknowledged": "acknowledged",
        "dispatched": "dispatched",
        "on_scene": "dispatched",
        "resolved": "closed",
    }
    for reply, word in police.items():
        body = a_reply(incident, reply=reply, disposition="arrest")
        for _ in range(2):
            answer = served.post(PATH, content=body, headers=signed(body))
            assert answer.status_code == 200
            assert answer.json() == {"incident": incident, "status": reply}
        assert shown(served, rt, incident)["police"] == word
        assert shown(served, rt, incident)["status"] == reply
    events = [entry["event"] for entry in shown(served, rt, incident)["timeline"]]
    assert events.count("police_replied") == len(police)
    assert shown(served, rt, incident)["disposition"] == "founded"


def test_how_it_ended_is_kept_in_our_words_and_in_theirs(served: Served, rt: Rt, incident: str) -> None:
    theirs = "Pelaku kabur ke arah Jl. Pemuda; motor kembali"
    body = a_reply(incident, delivery="d-in-their-words", reply="resolved", disposition=theirs)
    assert served.post(PATH, content=body, headers=signed(body)).status_code == 200
    found = shown(served, rt, incident)
    assert (found["status"], found["disposition"]) == ("resolved", "other")
    (said,) = [entry["data"] for entry in found["timeline"] if entry["event"] == "police_replied"]
    assert said["disposition"] == theirs


@pytest.mark.parametrize(
    "forge",
    [
        lambda _: {"Content-Type": "application/json"},
        lambda body: signed(body, secret="another secret of somebody else's"),
        lambda body: signed(body, over=body + b" "),
        lambda body: signed(body, at=time.time() - 301),
        lambda body: signed(body, at=time.time() + 330),
        lambda body: {**signed(body), "X-Kentongan-Timestamp": str(int(time.time()) - 1)},
        lambda body: {**signed(body), "X-Kentongan-Timestamp": "now"},
        lambda body: {**signed(body), "X-Kentongan-Timestamp": "9" * 400},
        lambda body: {**signed(body), "X-Kentongan-Signature": "sha256="},
        lambda body: {**signed(body), "X-Kentongan-Signature": signed(body)["X-Kentongan-Signature"].upper()},
        lambda body: {**signed(body), "X-Kentongan-Signature": "sha256=" + "0" * 64},
        lambda body: [*signed(body).items(), *list(signed(body).items())[1:]],
    ],
    ids=[
        "no signature", "another secret", "another body", "stale", "from the future", "another time", "no time",
        "no number", "no digest", "capitals", "zeros", "twice",
    ],
)  # fmt: skip
def test_an_answer_that_is_not_proven_changes_nothing(served: Served, rt: Rt, incident: str, forge: Any) -> None:
    body = a_reply(incident)
    answer = httpx.post(f"{served.base_url}{PATH}", content=body, headers=forge(body), trust_env=False)
    assert answer.status_code == 401
    assert_refused(answer)
    assert shown(served, rt, incident)["status"] == "reported"


def test_an_unknown_incident_and_community_news_are_the_same_to_the_police(served: Served, rt: Rt) -> None:
    notice = rt.a_report(kind="community_work")
    community = served.post("/api/v1/reports", rt.token("head"), json=notice).json()["incident"]
    answers = []
    for name in (community, "01JDBV5Y0M0000000000000000"):
        body = a_reply(name)
        answers.append(served.post(PATH, content=body, headers=signed(body)))
        assert_refused(answers[-1])
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].json() == answers[1].json(), "not even that it exists"
    assert shown(served, rt, community)["status"] == "reported"


@pytest.mark.parametrize("name", BODIES)
def test_a_bad_body_in_a_good_signature(served: Served, rt: Rt, name: str) -> None:
    body = BODIES[name](rt)
    assert_refused(served.post(PATH, content=body, headers=signed(body)), ECHO)


@pytest.mark.parametrize(
    "different",
    [
        {"incident": 7},
        {"incident": ""},
        {"incident": "x" * 65},
        {"reply": ECHO},
        {"operator": ""},
        {"operator": None},
        {"operator": "x" * 101},
        {"disposition": "x" * 101},
        {"disposition": [ECHO]},
    ],
)
def test_an_answer_with_a_fault_in_it(served: Served, incident: str, different: dict[str, Any]) -> None:
    body = a_reply(incident, **different)
    answer = served.post(PATH, content=body, headers=signed(body))
    assert answer.status_code == 422
    assert_refused(answer, ECHO)


@pytest.mark.parametrize("text", ['"\\ud800"', '"a\\u0000b"'])
def test_half_a_character_or_a_nul_in_an_answer(served: Served, incident: str, text: str) -> None:
    body = a_reply(incident, operator="OPERATOR").replace(b'"OPERATOR"', text.encode())
    answer = served.post(PATH, content=body, headers=signed(body))
    assert answer.status_code == 400
    assert_refused(answer)
