"""Who is new: not admitted yet, or with a password that somebody else has seen; and lists that are long."""

import asyncio
from collections.abc import Callable

import pytest
from tests.integration.http.device import Device
from tests.integration.http.test_access import is_problem
from tests.integration.served import Rt, Served

from kentongan_server.use_cases.governing.sign_in import set_login

pytestmark = pytest.mark.real
SHOWN, OWN = "a1b2c3-d4e5f6-a7b8c9", "kopi tubruk di pos ronda"


def test_a_newcomer_sees_what_becomes_of_their_own_report(served: Served, new_rt: Callable[[], Rt]) -> None:
    here = new_rt()
    served.run(lambda uow: uow.people.add_person(f"new-{here.code}", "Bu Baru"))
    newcomer = Device(served).is_let_in(f"new-{here.code}")
    other = served.post("/api/v1/reports", here.token("head"), json=here.a_report(kind="fire")).json()["incident"]
    mine = newcomer.post("/api/v1/reports", json=here.a_report(kind="panic")).json()["incident"]
    assert newcomer.get(f"/api/v1/incidents/{mine}").json()["kind"] == "panic"
    assert [one["id"] for one in newcomer.get("/api/v1/incidents").json()] == [mine]
    assert is_problem(newcomer.get(f"/api/v1/incidents/{other}"), 404)
    assert is_problem(newcomer.post(f"/api/v1/incidents/{mine}/acknowledge"), 403), "it must go on rising"


def test_a_password_that_was_shown_opens_only_the_choice_of_another(served: Served, rt: Rt) -> None:
    state, person, email = served.app.state, rt.people["head"], f"{rt.people['head']}@city.example"
    given = set_login(state.transactions, state.hasher, person, None, email, SHOWN, one_time=True)
    asyncio.run_coroutine_threadsafe(given, served._loop).result(20)  # the server's own loop
    phone = Device(served)
    entered = phone.post("/api/v1/session", json={"name": email, "password": SHOWN})
    assert (entered.status_code, entered.json()["missing"]) == (200, "password")
    assert phone.get("/api/v1/me").json()["memberships"] == []
    body = {"email": email, "password": OWN, "old_password": SHOWN}
    assert is_problem(phone.put("/api/v1/me/login", json={**body, "password": SHOWN}), 422)
    assert phone.put("/api/v1/me/login", json=body).status_code == 204
    assert phone.get("/api/v1/session").json()["missing"] == "none"
    assert phone.get("/api/v1/me").json()["memberships"] != []


def test_regions_come_in_pages_where_a_limit_is_given(served: Served, new_rt: Callable[[], Rt]) -> None:
    token = new_rt().token("admin")
    new_rt()
    whole = served.get("/api/v1/regions", token).json()
    found, path = [], "/api/v1/regions?limit=1"
    for _ in range(len(whole)):
        answer = served.get(path, token)
        found += answer.json()
        if "next" not in answer.links:
            break
        path = answer.links["next"]["url"]
    assert found == whole
    assert is_problem(served.get("/api/v1/regions?limit=0", token), 422)
