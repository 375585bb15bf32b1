"""Reports over HTTP: stored once, answered alike, shown to those concerned."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.integration.http.test_access import is_problem
from tests.integration.served import Rt, Served

pytestmark = pytest.mark.real


def report(served: Served, token: str, body: dict):
    return served.post("/api/v1/reports", token, json=body)


def test_stored_then_known(served: Served, rt: Rt) -> None:
    body = rt.a_report(text="Motor dibawa lari 🏍", position={"latitude": -6.98, "longitude": 110.41})
    first = report(served, rt.token("resident"), body)
    again = report(served, rt.token("resident"), body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json()["id"] == body["id"]
    kept = served.read(lambda uow: uow.incidents.report(body["id"]))
    assert (kept.text, kept.position.latitude, kept.reporter) == (body["text"], -6.98, rt.people["resident"])


def test_the_same_report_fifty_times_at_once_is_one(served: Served, rt: Rt) -> None:
    body = rt.a_report()
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: report(served, rt.token("resident"), body), range(50)))
    assert sorted(answer.status_code for answer in answers) == [200] * 49 + [201]
    assert len({answer.json()["incident"] for answer in answers}) == 1


def test_an_id_of_somebody_else_s_report_is_a_conflict(served: Served, rt: Rt) -> None:
    body = rt.a_report()
    report(served, rt.token("resident"), body)
    assert is_problem(report(served, rt.token("head"), body), 409)
    assert is_problem(report(served, rt.token("resident"), {**body, "kind": "fire"}), 409)


def test_an_unknown_region_is_not_found_and_not_repeated(served: Served, rt: Rt) -> None:
    answer = report(served, rt.token("resident"), rt.a_report(region="<script>alert(1)</script>"))
    assert is_problem(answer, 404)
    assert "script" not in answer.text


def test_community_news_of_another_rt_is_refused(served: Served, new_rt: Callable[[], Rt]) -> None:
    here, there = new_rt(), new_rt()
    assert is_problem(report(served, here.token("head"), there.a_report(kind="community_work")), 403)
    assert report(served, here.token("resident"), there.a_report(kind="theft")).status_code == 201


@pytest.mark.parametrize(
    ("kind", "incident_class", "police", "channels", "held"),
    [
        ("theft", "crime", "failing", {"police_webhook", "police_cap"}, 0),
        ("fire", "emergency", None, {"emergency_webhook", "emergency_cap"}, 0),
        ("community_work", "community", None, set(), 1),
    ],
)
def test_an_incident_as_it_is_shown(
    served: Served, rt: Rt, kind: str, incident_class: str, police: str | None, channels: set[str], held: int
) -> None:
    incident = report(served, rt.token("head"), rt.a_report(kind=kind, text="Kabar")).json()["incident"]

    def shown() -> dict:
        return served.get(f"/api/v1/incidents/{incident}", rt.token("head")).json()

    served.until(lambda: shown()["police"] == police, "nobody is configured: the forward fails")
    found = shown()
    assert (found["kind"], found["class"], found["region"], found["text"]) == (kind, incident_class, rt.code, "Kabar")
    assert (found["status"], found["purpose"], found["reports"], found["alarm_state"]) == (
        "reported",
        "actual",
        1,
        "active",
    )
    assert [command["node"] for command in found["alarm"]] == list(rt.nodes)
    assert {command["state"] for command in found["alarm"]} <= {"queued", "sent"}
    assert {forward["channel"] for forward in found["forwards"]} == channels
    events = [entry["event"] for entry in found["timeline"]]
    assert events.count("forward_held") == held
    assert {"incident_opened", "report_taken", "alarm_raised", "residents_told"} <= set(events)
    seqs = [entry["seq"] for entry in found["timeline"]]
    assert seqs == sorted(set(seqs))
    listed = served.get("/api/v1/incidents", rt.token("head")).json()
    assert [one["id"] for one in listed] == [incident]
    assert {name: found[name] for name in listed[0]} == {**listed[0], "alarm": found["alarm"]}


def test_the_newest_come_first_and_no_more_than_asked_for(served: Served, rt: Rt) -> None:
    made = [
        report(served, rt.token("head"), rt.a_report(kind=kind)).json()["incident"]
        for kind in ("theft", "fire", "gathering", "gathering")
    ]
    listed = served.get("/api/v1/incidents", rt.token("head")).json()
    assert [one["id"] for one in listed] == made[::-1]
    assert [one["id"] for one in served.get("/api/v1/incidents?limit=2", rt.token("head")).json()] == made[:1:-1]


@pytest.mark.parametrize("limit", ["0", "-1", "501", "x", "1e3", "9" * 5000, "", "NaN"])
def test_a_limit_that_is_none(served: Served, rt: Rt, limit: str) -> None:
    assert is_problem(served.get(f"/api/v1/incidents?limit={limit}", rt.token("head")), 422)


def test_a_stranger_s_report_waits_and_a_second_voice_opens_the_gate(served: Served, rt: Rt) -> None:
    incident = report(served, rt.token("stranger"), rt.a_report()).json()["incident"]
    state = served.get(f"/api/v1/incidents/{incident}", rt.token("head")).json()["alarm_state"]
    assert state == "gated"
    second = report(served, rt.token("resident"), rt.a_report(kind="robbery")).json()["incident"]
    found = served.get(f"/api/v1/incidents/{incident}", rt.token("head")).json()
    assert (second, found["alarm_state"], found["reports"]) == (incident, "active", 2)


def test_the_codebook_is_open(served: Served) -> None:
    found = served.get("/api/v1/codebook").json()
    kinds = {kind["kind"]: kind for kind in found["kinds"]}
    assert len(kinds) == 12
    assert kinds["panic"]["class"] == "crime"
    assert kinds["panic"]["beats"]
    assert {"id", "en", "pattern", "rounds", "colour", "duration_ms"} <= set(kinds["panic"])
