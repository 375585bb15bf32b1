"""Who may call, what they may see, and what they may do."""

import hashlib
from collections.abc import Callable

import pytest
from tests.integration.served import Rt, Served

from kentongan_server.domain.people import Membership, Person, Role

pytestmark = pytest.mark.real

GUARDED = [
    ("GET", "/api/v1/me"),
    ("GET", "/api/v1/regions"),
    ("POST", "/api/v1/reports"),
    ("GET", "/api/v1/incidents"),
    ("GET", "/api/v1/incidents/nothing"),
    ("POST", "/api/v1/incidents/nothing/acknowledge"),
    ("POST", "/api/v1/incidents/nothing/silence"),
    ("GET", "/api/v1/events"),
]
WRONG = {
    "nothing": {},
    "empty": {"Authorization": ""},
    "only the scheme": {"Authorization": "Bearer"},
    "another scheme": {"Authorization": "Basic dXNlcjpwYXNz"},
    "unknown": {"Authorization": "Bearer unknown"},
    "long": {"Authorization": f"Bearer {'x' * 8000}"},
    "odd bytes": {"Authorization": b"Bearer \xff\xfe\x80"},
    "a hash": {"Authorization": f"Bearer {hashlib.sha256(b'x').hexdigest()}"},
}


def is_problem(answer, status: int) -> bool:
    body = answer.json()
    return (
        answer.status_code == status == body["status"]
        and answer.headers["content-type"] == "application/problem+json"
        and set(body) >= {"type", "title", "status", "detail"}
        and body["detail"].endswith((".", "?", "!"))
    )


@pytest.mark.parametrize(("method", "path"), GUARDED)
@pytest.mark.parametrize("wrong", WRONG)
def test_without_a_valid_token_nothing_is_told(served: Served, method: str, path: str, wrong: str) -> None:
    answer = served.calls(method, path, headers=WRONG[wrong], json={})
    assert is_problem(answer, 401)
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/api/v1/codebook", "/openapi.json", "/"])
def test_what_everybody_may_see(served: Served, path: str) -> None:
    assert served.get(path).status_code == 200


def test_who_am_i(served: Served, rt: Rt) -> None:
    assert served.get("/api/v1/me", rt.token("head")).json() == {
        "id": rt.people["head"],
        "name": "Head",
        "memberships": [{"role": "rt_head", "region": rt.code, "vouched": True}],
    }


@pytest.mark.slow
def test_a_revoked_token_dies_within_seconds(served: Served, rt: Rt) -> None:
    token = rt.token("resident")
    assert served.get("/api/v1/me", token).status_code == 200
    person = Person(rt.people["resident"], "Resident", (Membership(Role.RESIDENT, rt.code, True),))
    served.run(lambda uow: uow.people.put_person(person, None))
    served.until(lambda: served.get("/api/v1/me", token).status_code == 401, "the token is dead")


@pytest.mark.slow
def test_a_role_that_was_taken_away_is_gone_within_seconds(served: Served, rt: Rt) -> None:
    incident = served.post("/api/v1/reports", rt.token("resident"), json=rt.a_report()).json()["incident"]
    token = rt.token("operator")
    assert served.get(f"/api/v1/incidents/{incident}", token).status_code == 200
    person = Person(rt.people["operator"], "Former operator", ())
    served.run(lambda uow: uow.people.put_person(person, hashlib.sha256(token.encode()).hexdigest()))
    served.until(lambda: served.get(f"/api/v1/incidents/{incident}", token).status_code == 404, "it is not theirs now")


def sees(served: Served, token: str, incident: str) -> tuple[bool, int]:
    """Whether the incident is in this caller's list, and the status of asking for it."""
    listed = incident in [found["id"] for found in served.get("/api/v1/incidents?limit=500", token).json()]
    return listed, served.get(f"/api/v1/incidents/{incident}", token).status_code


@pytest.mark.parametrize("kind", ["theft", "fire", "community_work"])
def test_an_incident_is_its_rt_s_and_the_city_s(served: Served, new_rt: Callable[[], Rt], kind: str) -> None:
    here, there = new_rt(), new_rt()
    incident = served.post("/api/v1/reports", here.token("head"), json=here.a_report(kind=kind)).json()["incident"]
    for name in ("resident", "stranger", "head", "admin"):
        assert sees(served, here.token(name), incident) == (True, 200)
    police = (False, 404) if kind == "community_work" else (True, 200)
    assert sees(served, here.token("operator"), incident) == police
    for name in ("resident", "stranger", "head"):
        assert sees(served, there.token(name), incident) == (False, 404)


def test_community_news_can_neither_be_taken_nor_silenced_by_the_police(
    served: Served, new_rt: Callable[[], Rt]
) -> None:
    here = new_rt()
    report = here.a_report(kind="community_work")
    incident = served.post("/api/v1/reports", here.token("head"), json=report).json()["incident"]
    for verb in ("acknowledge", "silence"):
        assert served.post(f"/api/v1/incidents/{incident}/{verb}", here.token("operator")).status_code == 404


def test_regions_are_one_s_own_or_the_city_s(served: Served, new_rt: Callable[[], Rt]) -> None:
    here, there = new_rt(), new_rt()

    def regions(token: str) -> dict[str, dict]:
        return {region["code"]: region for region in served.get("/api/v1/regions", token).json()}

    assert set(regions(here.token("resident"))) == {here.code}
    for name in ("operator", "admin"):
        assert {here.code, there.code} <= set(regions(here.token(name)))
    region = regions(here.token("resident"))[here.code]
    assert region["deaf"] is True
    assert region["nodes"] == [
        {"id": name, "role": "kentongan", "presence": "unknown", "siren": "silent"} for name in here.nodes
    ]


def test_what_each_role_may_do_with_an_incident(served: Served, new_rt: Callable[[], Rt]) -> None:
    here, there = new_rt(), new_rt()
    incident = served.post("/api/v1/reports", here.token("resident"), json=here.a_report()).json()["incident"]

    def status(verb: str, token: str) -> int:
        return served.post(f"/api/v1/incidents/{incident}/{verb}", token).status_code

    silence = {name: status("silence", here.token(name)) for name in here.people}
    assert silence == {"resident": 403, "stranger": 403, "head": 200, "operator": 200, "admin": 403}
    assert status("silence", there.token("head")) == 404
    assert {name: status("acknowledge", here.token(name)) for name in here.people} == dict.fromkeys(here.people, 200)
    assert status("acknowledge", there.token("head")) == 404
    found = served.get(f"/api/v1/incidents/{incident}", here.token("resident")).json()
    assert found["status"] == "acknowledged"
    assert found["police"] == "acknowledged"
    assert [entry["data"]["by"] for entry in found["timeline"] if entry["event"] == "acknowledged"] == [
        "community", "community", "community", "police", "community",
    ]  # fmt: skip
