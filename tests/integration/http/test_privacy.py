"""The rights of UU 27/2022 over HTTP: consent at joining, withdrawing it, one's own data, and being forgotten."""

import json
from datetime import datetime, timedelta

import pytest
from tests.integration.http.device import Device
from tests.integration.http.test_access import is_problem
from tests.integration.served import Rt, Served
from ulid import ULID

from kentongan_server.domain.consent import VERSION, Consent, Purpose
from kentongan_server.domain.notification import Destination, NotifyChannel
from kentongan_server.use_cases.governing.ask_erasure import erasures_due

pytestmark = pytest.mark.real
PIN, DURESS = "418203", "705519"


@pytest.fixture
def phone(served: Served, rt: Rt) -> Device:
    """The resident's, with a PIN."""
    device = Device(served).is_let_in(rt.people["resident"])
    assert device.put("/api/v1/me/pin", json={"pin": PIN, "duress_pin": DURESS}).status_code == 204
    return device


def test_who_joins_agrees_to_words_of_a_version(served: Served, rt: Rt) -> None:
    made = served.post("/api/v1/invitations", rt.token("head"), json={"region": rt.code}).json()
    code = made["address"].partition("#")[2]
    newcomer = Device(served)
    body = {"id": str(ULID()), "code": code, "name": "Bu Rini", "consent": VERSION}
    assert is_problem(newcomer.post("/api/v1/invitations/accept", json={**body, "consent": "1999"}), 409)
    assert newcomer.post("/api/v1/invitations/accept", json=body).status_code == 202
    (kept,) = newcomer.get("/api/v1/me/consents").json()
    assert (kept["purpose"], kept["version"], kept["withdrawn_at"]) == ("membership", VERSION, None)


def test_the_words_say_what_follows_and_it_follows(served: Served, rt: Rt) -> None:
    words = {one["purpose"]: one for one in served.get("/api/v1/consent-texts").json()}
    assert "tombol panik" in words["membership"]["consequence_id"].lower()
    made = served.post("/api/v1/invitations", rt.token("head"), json={"region": rt.code}).json()
    newcomer = Device(served)
    asked = {"id": str(ULID()), "code": made["address"].partition("#")[2], "name": "Bu Rini", "consent": VERSION}
    newcomer.post("/api/v1/invitations/accept", json=asked)
    admission = served.get("/api/v1/admissions", rt.token("head"), params={"region": rt.code}).json()[0]["id"]
    served.post(f"/api/v1/admissions/{admission}/approve", rt.token("head"))
    assert newcomer.get("/api/v1/me").json()["memberships"] != []
    assert is_problem(newcomer.delete("/api/v1/me/consents/channels"), 404)
    for _ in range(2):
        assert newcomer.delete("/api/v1/me/consents/membership").json()["withdrawn_at"] is not None
    assert newcomer.get("/api/v1/me").json()["memberships"] == []
    panic = newcomer.post("/api/v1/reports", json=rt.a_report(kind="panic"))
    assert panic.status_code == 201, "the panic button still works"


def test_each_agreement_can_be_read_in_its_own_words(served: Served, rt: Rt, phone: Device) -> None:
    def of(version: str) -> dict[str, str]:
        texts = served.get("/api/v1/consent-texts", params={"version": version}).json()
        return {one["purpose"]: one["id"] for one in texts}

    assert "keamanan akun" in of(VERSION)["channels"]
    assert "keamanan akun" not in of("2026-11")["channels"]
    assert is_problem(served.get("/api/v1/consent-texts", params={"version": "1999"}), 404)
    person = rt.people["resident"]

    def agreed_before(uow) -> None:
        for purpose in Purpose:
            uow.consents.put(Consent(uow.new_id(), person, purpose, "2026-11", uow.now()))

    served.run(agreed_before)
    held = {one["purpose"]: one["current"] for one in phone.get("/api/v1/me/consents").json()}
    assert held == {"membership": True, "channels": False}, "of the membership the words are the same"
    for purpose in Purpose:
        phone.post("/api/v1/me/consents", json={"purpose": purpose, "version": VERSION})
    found = [(one["purpose"], one["version"]) for one in phone.get("/api/v1/me/consents").json()]
    assert sorted(found) == [("channels", "2026-11"), ("channels", VERSION), ("membership", "2026-11")]


def test_withdrawing_the_channels_removes_them(served: Served, rt: Rt, phone: Device) -> None:
    assert phone.post("/api/v1/me/consents", json={"purpose": "channels", "version": VERSION}).status_code == 200
    person = rt.people["resident"]
    mailbox = Destination("01JDBV5Y0M000000000000MA1L", person, NotifyChannel.EMAIL, "sari@warga.example")
    served.run(lambda uow: uow.destinations.put(mailbox))
    assert len(phone.get("/api/v1/me/channels").json()["channels"]) == 1
    phone.delete("/api/v1/me/consents/channels")
    assert phone.get("/api/v1/me/channels").json()["channels"] == []
    history = [(one["purpose"], one["withdrawn_at"] is None) for one in phone.get("/api/v1/me/consents").json()]
    assert history == [("channels", False)]


def test_my_data_is_all_of_mine_and_no_secret(served: Served, rt: Rt, phone: Device) -> None:
    report = rt.a_report(text="Motor hitam")
    phone.post("/api/v1/reports", json=report)
    answer = phone.get("/api/v1/me/data")
    assert answer.headers["cache-control"] == "no-store"
    found = answer.json()
    assert found["person"] == rt.people["resident"]
    assert [one["text"] for one in found["data"]["reports"]] == ["Motor hitam"]
    assert "hash" not in json.dumps(found["data"])
    assert is_problem(served.get("/api/v1/me/data", rt.token("resident")), 403), "a program's token is not enough"


@pytest.mark.parametrize(
    ("body", "status"),
    [({}, 422), ({"pin": "000000"}, 403), ({"password": "guessed guessed"}, 403), ({"pin": PIN, "x": 1}, 422)],
)
def test_being_forgotten_wants_password_or_pin(phone: Device, body: dict, status: int) -> None:
    assert is_problem(phone.post("/api/v1/me/erasure", json=body), status)
    assert phone.get("/api/v1/me/erasure").json() is None


def test_under_duress_it_looks_asked_and_is_not(served: Served, rt: Rt, phone: Device) -> None:
    forced = phone.post("/api/v1/me/erasure", json={"pin": DURESS})
    assert (forced.status_code, set(forced.json())) == (202, {"asked_at", "due_at", "kept"})
    assert phone.get("/api/v1/me/erasure").json() == forced.json()
    waits = datetime.fromisoformat(forced.json()["due_at"]) - datetime.fromisoformat(forced.json()["asked_at"])
    assert waits == timedelta(days=3)
    kept = served.read(lambda uow: uow.consents.erasure(rt.people["resident"]))
    assert kept.due_at - kept.asked_at > timedelta(days=365)
    assert phone.post("/api/v1/me/erasure", json={"pin": PIN}).status_code == 202
    meant = served.read(lambda uow: uow.consents.erasure(rt.people["resident"]))
    assert meant.due_at - meant.asked_at == timedelta(days=3)


def test_who_asks_can_think_again_and_is_forgotten_after_three_days(served: Served, rt: Rt, phone: Device) -> None:
    asked = phone.post("/api/v1/me/erasure", json={"pin": PIN})
    again = phone.post("/api/v1/me/erasure", json={"pin": PIN})
    assert (asked.status_code, again.json()) == (202, asked.json())
    assert "it is theirs now" in json.dumps(asked.json()["kept"])
    waits = datetime.fromisoformat(asked.json()["due_at"]) - datetime.fromisoformat(asked.json()["asked_at"])
    assert waits == timedelta(days=3)
    assert phone.delete("/api/v1/me/erasure").status_code == 204
    assert phone.get("/api/v1/me/erasure").json() is None
    phone.post("/api/v1/me/erasure", json={"pin": PIN})
    assert served.run(erasures_due) == 0, "not before its time"
    person = rt.people["resident"]

    def is_time(uow) -> int:
        wish = uow.consents.erasure(person)
        uow.consents.put_erasure(type(wish)(person, wish.asked_at, uow.now()))
        return erasures_due(uow)

    assert served.run(is_time) == 1
    assert served.read(lambda uow: uow.people.person(person, uow.now())) is None
    assert served.read(lambda uow: uow.consents.erasure(person)) is None


def test_an_open_incident_puts_it_off(served: Served, rt: Rt, phone: Device) -> None:
    phone.post("/api/v1/reports", json=rt.a_report())
    phone.post("/api/v1/me/erasure", json={"pin": PIN})
    person = rt.people["resident"]

    def is_time(uow) -> int:
        wish = uow.consents.erasure(person)
        uow.consents.put_erasure(type(wish)(person, wish.asked_at, uow.now()))
        return erasures_due(uow)

    assert served.run(is_time) == 0
    assert served.read(lambda uow: uow.consents.erasure(person).due_at > uow.now())
    assert served.read(lambda uow: uow.people.person(person, uow.now())) is not None
