"""Inviting, admitting and granting over HTTP."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from tests.integration.http.device import Device
from tests.integration.served import Rt, Served
from ulid import ULID

pytestmark = pytest.mark.real


def test_a_new_neighbour_gets_in(served: Served, rt: Rt) -> None:
    invited = served.post("/api/v1/invitations", rt.token("head"), json={"region": rt.code, "uses": 2}).json()
    assert invited["svg"].startswith("<svg")
    address = urlsplit(invited["address"])
    assert (address.netloc, address.path) == (urlsplit(served.base_url).netloc, "/join")
    code = address.fragment
    with Device(served) as phone:
        assert phone.post("/api/v1/invitations/look", json={"code": code}).json()["region"] == rt.code
        body = {"id": str(ULID()), "code": code, "name": "Budi", "phone": "0812 3456"}
        assert (
            phone.post("/api/v1/invitations/accept", json=body, headers={"Origin": "https://evil.example"}).status_code
            == 403
        )
        assert phone.post("/api/v1/invitations/accept", json=body).status_code == 202
        state = phone.get("/api/v1/session").json()
        assert (state["name"], state["pending"]) == ("Budi", True)
        assert phone.get("/api/v1/incidents").json() == phone.get("/api/v1/regions").json() == []
        assert phone.post("/api/v1/reports", json=rt.a_report(kind="theft")).status_code == 403
        assert phone.post("/api/v1/reports", json=rt.a_report(kind="panic")).status_code == 201
        (waiting,) = served.get("/api/v1/admissions", rt.token("head"), params={"region": rt.code}).json()
        assert (waiting["name"], waiting["phone"]) == ("Budi", "0812 3456")
        approved = served.post(f"/api/v1/admissions/{waiting['id']}/approve", rt.token("head")).json()
        assert (approved["state"], approved["phone"]) == ("approved", None)
        assert [region["code"] for region in phone.get("/api/v1/regions").json()] == [rt.code]
        assert phone.post("/api/v1/reports", json=rt.a_report(kind="theft")).status_code == 201
    (listed,) = served.get("/api/v1/invitations", rt.token("head"), params={"region": rt.code}).json()
    assert (listed["used"], listed["open"]) == (1, True)
    assert "address" not in listed
    assert served.calls("DELETE", f"/api/v1/invitations/{listed['id']}", rt.token("head")).status_code == 204
    assert served.post("/api/v1/invitations/look", json={"code": code}).status_code == 404


def test_roles_are_given_and_taken_back(served: Served, new_rt: Callable[[], Rt]) -> None:
    here, there = new_rt(), new_rt()
    ask = {"person": here.people["resident"], "role": "ronda", "region": here.code}
    assert served.post("/api/v1/grants", there.token("head"), json=ask).status_code == 403
    made = served.post("/api/v1/grants", here.token("head"), json=ask)
    assert (made.status_code, made.json()["granted_by"]) == (201, here.people["head"])
    assert served.post("/api/v1/grants", here.token("head"), json=ask).status_code == 409
    listed = served.get("/api/v1/grants", here.token("head"), params={"region": here.code}).json()
    assert made.json()["id"] in [grant["id"] for grant in listed]
    assert {grant["region"] for grant in listed} == {here.code}
    for name, rt in (("resident", here), ("operator", here), ("head", there)):
        assert served.get("/api/v1/grants", rt.token(name), params={"region": here.code}).status_code == 403
    stranger = next(grant for grant in listed if grant["person"] == here.people["stranger"])
    assert served.post(f"/api/v1/grants/{stranger['id']}/vouch", here.token("head")).json()["vouched"]
    path = f"/api/v1/grants/{made.json()['id']}"
    assert served.calls("DELETE", path, there.token("head")).status_code == 404
    assert served.calls("DELETE", path, here.token("head")).json()["revoked_at"]
    for wrong in (
        {"role": "king"},
        {"region": "nowhere"},
        {"valid_until": "2020-01-01T00:00:00Z"},
        {"valid_from": "2030-01-01"},
    ):
        assert served.post("/api/v1/grants", here.token("head"), json={**ask, **wrong}).status_code == 422
