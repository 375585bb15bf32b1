"""Sessions over HTTP: the cookie, the second factor, forgery from other sites, tokens with scopes."""

import pyotp
import pytest
from tests.integration.http.device import PASSWORD, Device
from tests.integration.http.test_access import is_problem
from tests.integration.served import Rt, Served

from kentongan_server.domain.access import Login
from kentongan_server.use_cases.governing.reset_access import reset_second_factor

pytestmark = pytest.mark.real


@pytest.fixture
def phone(served: Served):
    with Device(served) as device:
        yield device


def test_signing_in_and_out(served: Served, rt: Rt, phone: Device) -> None:
    phone.is_let_in(rt.people["resident"])
    name = f"{rt.people['resident']}@rt.example"
    assert phone.put("/api/v1/me/login", json={"email": name, "password": PASSWORD}).status_code == 204
    with Device(served) as other:
        wrong = other.post("/api/v1/session", json={"name": name, "password": "not this one"})
        assert (wrong.status_code, other.cookies.get("kentongan")) == (401, None)
        entered = other.post("/api/v1/session", json={"name": name, "password": PASSWORD})
        assert entered.status_code == 200
        assert entered.json() == {
            "person": rt.people["resident"],
            "name": "Resident",
            "pending": False,
            "missing": "none",
            "has_pin": False,
            "resets": [],
        }
        cookie = entered.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert other.get("/api/v1/me").json()["id"] == rt.people["resident"]
        listed = other.get("/api/v1/sessions").json()
        assert [one["this"] for one in listed].count(True) == 1
        assert len(listed) == 2
        assert (
            other.delete(f"/api/v1/sessions/{next(one['id'] for one in listed if not one['this'])}").status_code == 204
        )
        assert phone.get("/api/v1/me").status_code == 401
        token = other.cookies["kentongan"]
        assert other.delete("/api/v1/session").status_code == 204
        other.cookies.set("kentongan", token, domain="127.0.0.1")
        assert other.get("/api/v1/me").status_code == 401, "a session that was left is dead at once"


def test_another_site_s_page_can_do_nothing(served: Served, rt: Rt, phone: Device) -> None:
    phone.is_let_in(rt.people["resident"])
    report = rt.a_report()
    for origin in ("https://evil.example", "null", ""):
        answer = phone.post("/api/v1/reports", json=report, headers={"Origin": origin})
        assert (answer.status_code, "own pages" in answer.json()["detail"]) == (403, True)
    del phone.headers["Origin"]
    assert phone.post("/api/v1/reports", json=report).status_code == 403
    assert phone.get("/api/v1/me").status_code == 200
    assert phone.post("/api/v1/reports", json=report, headers={"Origin": served.base_url}).status_code == 201
    answer = phone.post(
        "/api/v1/session", json={"name": "x", "password": "y"}, headers={"Origin": "https://evil.example"}
    )
    assert answer.status_code == 403, "nobody is signed in as somebody else either"


def test_an_operator_needs_a_second_factor(served: Served, rt: Rt, phone: Device) -> None:
    incident = served.post("/api/v1/reports", rt.token("resident"), json=rt.a_report()).json()["incident"]
    phone.is_let_in(rt.people["operator"], proven=False)
    assert phone.get("/api/v1/session").json()["missing"] == "enrolment"
    assert phone.get(f"/api/v1/incidents/{incident}").status_code == 404
    panic = phone.post("/api/v1/reports", json=rt.a_report(kind="panic"))
    assert panic.status_code == 201, "a panic report needs no second factor"
    begun = phone.post("/api/v1/me/second-factor").json()
    assert begun["svg"].startswith("<svg")
    assert begun["address"].startswith("otpauth://totp/Kentongan")
    before = phone.cookies["kentongan"]
    code = pyotp.TOTP(begun["secret"]).now()
    confirmed = phone.post("/api/v1/me/second-factor/confirm", json={"code": code})
    assert len(confirmed.json()["recovery_codes"]) == 10
    assert phone.cookies["kentongan"] != before
    assert phone.get("/api/v1/session").json()["missing"] == "none"
    assert phone.get(f"/api/v1/incidents/{incident}").status_code == 200
    with Device(served) as other:
        other.is_let_in(rt.people["operator"], proven=False)
        assert other.get("/api/v1/session").json()["missing"] == "code"
        assert other.post("/api/v1/session/second-factor", json={"code": code}).status_code == 403, "it was used"
        recovery = confirmed.json()["recovery_codes"][0]
        assert other.post("/api/v1/session/second-factor", json={"code": recovery}).json()["missing"] == "none"
        assert other.get(f"/api/v1/incidents/{incident}").status_code == 200


def test_a_token_for_a_program_does_what_its_scopes_say(served: Served, rt: Rt, phone: Device) -> None:
    phone.is_let_in(rt.people["resident"])
    made = phone.post("/api/v1/tokens", json={"name": "Home Assistant", "scopes": ["places:read"], "days": 30})
    assert made.status_code == 201
    text = made.json()["token"]
    assert served.get("/api/v1/regions", text).status_code == 200
    for method, path in (("GET", "/api/v1/incidents"), ("POST", "/api/v1/reports"), ("GET", "/api/v1/tokens")):
        refused = served.calls(method, path, text, json=rt.a_report())
        assert (refused.status_code, "scope" in refused.json()["detail"]) == (403, True)
    (listed,) = phone.get("/api/v1/tokens").json()
    assert "token" not in listed
    beyond = phone.post("/api/v1/tokens", json={"name": "x", "scopes": ["access:write"]})
    assert beyond.status_code == 403
    assert phone.delete(f"/api/v1/tokens/{listed['id']}").status_code == 204
    assert served.get("/api/v1/regions", text).status_code == 401, "here it dies at once"


def test_pins_are_set_and_changed_by_who_knows_them(served: Served, rt: Rt, phone: Device) -> None:
    phone.is_let_in(rt.people["resident"])
    assert phone.put("/api/v1/me/pin", json={"pin": "123456"}).status_code == 422
    assert phone.put("/api/v1/me/pin", json={"pin": "418203", "duress_pin": "705519"}).status_code == 204
    assert phone.get("/api/v1/session").json()["has_pin"]
    assert phone.put("/api/v1/me/pin", json={"pin": "992817"}).status_code == 403
    forced = phone.put("/api/v1/me/pin", json={"pin": "992817", "old_pin": "705519"})
    assert forced.status_code == 204, "whoever forces them believes that it worked"
    changed = phone.put("/api/v1/me/pin", json={"pin": "992817", "old_pin": "418203"})
    assert changed.status_code == 204, "and the true PIN is still the old one"


def test_a_flood_of_sign_ins_is_paced_and_reports_are_not(served: Served, rt: Rt) -> None:
    """The pace is given back at the end, for the tests that follow from the same address."""
    with Device(served) as flood:
        statuses = {
            flood.post("/api/v1/session", json={"name": f"guess-{n}@x.example", "password": "y"}).status_code
            for n in range(35)
        }
        assert statuses == {401, 429}
        assert served.post("/api/v1/reports", rt.token("resident"), json=rt.a_report(kind="panic")).status_code == 201
    served.app.state.pace.__init__()


def test_who_was_reset_hears_of_it_once_wholly_signed_in_and_nobody_else_does(served: Served, rt: Rt) -> None:
    person = rt.people["operator"]
    served.run(lambda uow: reset_second_factor(uow, person, rt.people["admin"]))
    with Device(served).is_let_in(person, proven=False) as thief:
        state = thief.get("/api/v1/session").json()
        assert (state["missing"], state["resets"]) == ("enrolment", [])
        assert is_problem(thief.post("/api/v1/me/resets/seen"), 409), "who is not signed in wholly hides nothing"
    with Device(served).is_let_in(rt.people["resident"]) as neighbour:
        assert neighbour.get("/api/v1/session").json()["resets"] == []
        assert neighbour.post("/api/v1/me/resets/seen").status_code == 204
    with Device(served).is_let_in(person) as phone:
        (told,) = phone.get("/api/v1/session").json()["resets"]
        assert (told["what"], told["by"]) == ("second_factor", "Admin")
        assert [one["what"] for one in phone.get("/api/v1/me/data").json()["data"]["resets"]] == ["second_factor"]
        for _ in range(2):
            assert phone.post("/api/v1/me/resets/seen").status_code == 204
        assert phone.get("/api/v1/session").json()["resets"] == []
    assert is_problem(served.post("/api/v1/me/resets/seen", rt.token("resident")), 403), (
        "a program reads nothing for its owner"
    )


def test_who_chooses_a_password_after_a_reset_keeps_both_names(served: Served, rt: Rt, phone: Device) -> None:
    person = rt.people["resident"]
    phone.is_let_in(person)
    mine = {"phone": "0812-5550-1", "email": "sari-both@rt.example", "password": PASSWORD}
    assert phone.put("/api/v1/me/login", json=mine).status_code == 204

    def is_one_time(uow) -> Login:
        known = uow.access.login(person)
        uow.access.put_login(Login(person, known.phone, known.email, known.password_hash, one_time=True))
        return known

    before = served.run(is_one_time)
    chosen = {"email": "sari-both@rt.example", "password": "tembok putih pagar hijau", "old_password": PASSWORD}
    assert phone.put("/api/v1/me/login", json=chosen).status_code == 204
    after = served.read(lambda uow: uow.access.login(person))
    assert (after.phone, after.email, after.one_time) == (before.phone, before.email, False)
