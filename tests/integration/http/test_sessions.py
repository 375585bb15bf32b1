"""Sessions over HTTP: the cookie, the second factor, forgery from other sites, tokens with scopes."""

import pyotp
import pytest
from tests.integration.http.device import PASSWORD, Device
from tests.integration.served import Rt, Served

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
