"""My channels over HTTP: added, proven, changed, forgotten; and a press that reaches them."""

import base64
import itertools
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.integration.http.device import Device
from tests.integration.http.test_access import is_problem
from tests.integration.notify.strangers import Stranger
from tests.integration.served import Rt, Served

from kentongan_broker import Enrolment, start
from kentongan_server.domain.consent import VERSION, Consent, Purpose
from kentongan_server.domain.notification import Destination, NotifyChannel
from kentongan_server.inbound.http.pace import Pace
from kentongan_server.outbound.notify.web_push import make_vapid_key
from kentongan_server.use_cases.governing.reset_access import reset_second_factor

pytestmark = pytest.mark.real

CHANNELS = "/api/v1/me/channels"
_numbers = itertools.count(1)
CHAT_SECRET = {"X-Telegram-Bot-Api-Secret-Token": "chat-secret"}


@pytest.fixture(scope="module")
def stranger() -> Iterator[Stranger]:
    with Stranger() as found:
        yield found


@pytest.fixture(scope="module")
def telling(tmp_path_factory: pytest.TempPathFactory, mosquitto_path: Path, stranger: Stranger) -> Iterator[Served]:
    """A server with every channel set up, all of them at one stranger's."""
    folder: Path = tmp_path_factory.mktemp("telling")
    make_vapid_key(folder / "vapid.pem")
    with (
        start(tmp_path_factory.mktemp("broker"), Enrolment({}), kind="mosquitto") as broker,
        Served(
            folder,
            broker,
            vapid_key_file=folder / "vapid.pem",
            sms_url=f"{stranger.url}/sms",
            telegram_api=stranger.url,
            telegram_token="1:a",
            telegram_bot="kentongan_bot",
            telegram_secret="chat-secret",
            foreign_private_addresses=True,
        ) as served,
    ):
        yield served


@pytest.fixture(autouse=True)
def fresh_pace(telling: Served) -> None:
    """All these tests come from one address, and have more tries in a minute than a person needs."""
    telling.app.state.pace = Pace()


@pytest.fixture
def home(telling: Served) -> Rt:
    """An RT whose people agreed to be told over channels that others run."""
    rt = Rt(telling, next(_numbers))
    agree(telling, rt, VERSION)
    return rt


def agree(telling: Served, rt: Rt, version: str) -> None:
    def all_of_them(uow: Any) -> None:
        for person in rt.people.values():
            uow.consents.put(Consent(uow.new_id(), person, Purpose.CHANNELS, version, uow.now()))

    telling.run(all_of_them)


def subscription(stranger: Stranger) -> str:
    """A browser's, with a point that is on the curve."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    raw = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    keys = {"p256dh": base64.urlsafe_b64encode(raw).decode(), "auth": base64.urlsafe_b64encode(os.urandom(16)).decode()}
    return json.dumps({"endpoint": f"{stranger.url}/push/{os.urandom(4).hex()}", "keys": keys})


def heard(stranger: Stranger, path: str) -> list[tuple[dict[str, str], bytes]]:
    return [(headers, body) for where, headers, body in stranger.heard if where.startswith(path)]


def test_a_phone_says_its_code_before_it_hears_anything(telling: Served, home: Rt, stranger: Stranger) -> None:
    token = home.token("resident")
    added = telling.post(CHANNELS, token, json={"channel": "sms", "address": "0812-3456-7890", "after_s": 30})
    assert added.status_code == 201, added.text
    assert (added.json()["confirmed"], added.json()["address"]) == (False, "+62…890")
    telling.until(lambda: heard(stranger, "/sms"), "the code is sent")
    code = json.loads(heard(stranger, "/sms")[-1][1])["message"].split("Kode Anda ")[1][:6]
    confirm = f"{CHANNELS}/{added.json()['id']}/confirm"
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    assert telling.post(confirm, token, json={"code": wrong}).json() == {"confirmed": False}
    assert telling.post(confirm, token, json={"code": code}).json() == {"confirmed": True}
    (mine,) = telling.get(CHANNELS, token).json()["channels"]
    assert (mine["confirmed"], mine["after_s"]) == (True, 30)


def test_a_channel_is_added_by_who_agreed_and_by_nobody_else(telling: Served, stranger: Stranger) -> None:
    rt = Rt(telling, next(_numbers))
    with Device(telling).is_let_in(rt.people["resident"]) as phone:
        wanted = {"channel": "web_push", "address": subscription(stranger)}
        assert phone.get(CHANNELS).json()["agreed"] is False
        refused = phone.post(CHANNELS, json=wanted)
        assert is_problem(refused, 409)
        assert "GET /api/v1/consent-texts" in refused.json()["detail"]
        assert is_problem(phone.post(CHANNELS, json={**wanted, "consent": "2026-11"}), 409), (
            "these words are of yesterday"
        )
        assert is_problem(telling.post(CHANNELS, rt.token("resident"), json={**wanted, "consent": VERSION}), 403), (
            "a program agrees to nothing"
        )
        wrong = {"channel": "sms", "address": "pak budi", "consent": VERSION}
        assert is_problem(phone.post(CHANNELS, json=wrong), 422)
        assert phone.get("/api/v1/me/consents").json() == [], "who was refused agreed to nothing"
        assert phone.post(CHANNELS, json={**wanted, "consent": VERSION}).status_code == 201
        (kept,) = phone.get("/api/v1/me/consents").json()
        assert (kept["purpose"], kept["version"], kept["withdrawn_at"]) == ("channels", VERSION, None)
        assert telling.post(CHANNELS, rt.token("resident"), json=wanted).status_code == 201, "once is enough"
        assert phone.get(CHANNELS).json()["agreed"] is True


def test_who_withdraws_is_told_nothing_more_not_even_what_waits(telling: Served, home: Rt, stranger: Stranger) -> None:
    token = home.token("head")
    chat = telling.post(CHANNELS, token, json={"channel": "telegram"}).json()
    push = telling.post(CHANNELS, token, json={"channel": "web_push", "address": subscription(stranger), "after_s": 60})
    incident = telling.post("/api/v1/reports", home.token("resident"), json=home.a_report()).json()["incident"]

    def waiting() -> list[str]:
        found = telling.read(lambda uow: uow.notifications.of_incident(incident))
        return [one.state for one in found if one.destination == push.json()["id"]]

    telling.until(waiting, "the word to the browser waits for its minute", seconds=30)
    with Device(telling).is_let_in(home.people["head"]) as phone:
        assert phone.delete("/api/v1/me/consents/channels").status_code == 200
        shown = phone.get(CHANNELS).json()
        assert (shown["channels"], shown["agreed"]) == ([], False)
        assert is_problem(phone.post(CHANNELS, json={"channel": "telegram"}), 409)
    telling.run(
        lambda uow: [
            uow.notifications.set_state(n.id, n.state, n.changed_at, due_at=uow.now())
            for n in uow.notifications.of_incident(incident)
        ]
    )
    telling.until(lambda: waiting() == ["failed"], "what waited is dropped")
    update = {"message": {"chat": {"id": 816}, "text": f"/start {chat['connect'].partition('start=')[2]}"}}
    assert "tidak dikenal" in telling.post("/api/v1/telegram", json=update, headers=CHAT_SECRET).json()["text"]


def test_a_channel_from_before_goes_on_and_its_owner_is_asked(telling: Served, stranger: Stranger) -> None:
    rt = Rt(telling, next(_numbers))
    agree(telling, rt, "2026-11")
    address = subscription(stranger)
    before = Destination("01JDBV5Y0M0000000000000BEF", rt.people["head"], NotifyChannel.WEB_PUSH, address)
    telling.run(lambda uow: uow.destinations.put(before))
    shown = telling.get(CHANNELS, rt.token("head")).json()
    assert ([one["id"] for one in shown["channels"]], shown["agreed"]) == ([before.id], False)
    stranger.heard.clear()
    telling.post("/api/v1/reports", rt.token("resident"), json=rt.a_report())
    path = address.partition(stranger.url)[2].partition('"')[0]
    telling.until(lambda: heard(stranger, path), "it is told as before", seconds=30)
    moved = {"channel": "web_push", "address": subscription(stranger)}
    assert telling.post(CHANNELS, rt.token("head"), json=moved).status_code == 201, "its push service moved the browser"
    assert is_problem(telling.post(CHANNELS, rt.token("head"), json={"channel": "telegram"}), 409)


def test_five_wrong_codes_are_enough(telling: Served, home: Rt) -> None:
    token = home.token("resident")
    added = telling.post(CHANNELS, token, json={"channel": "sms", "address": "0812-3456-7891"}).json()
    for _ in range(5):
        assert telling.post(f"{CHANNELS}/{added['id']}/confirm", token, json={"code": "x"}).json()["confirmed"] is False
    refused = telling.post(f"{CHANNELS}/{added['id']}/confirm", token, json={"code": "x"})
    assert refused.status_code == 403
    assert "too old" in refused.json()["detail"]


def test_what_is_no_address_is_refused_in_a_sentence(telling: Served, home: Rt) -> None:
    token = home.token("resident")
    for channel, address in (
        ("sms", "pak budi"),
        ("webhook", "ftp://hook.example"),
        ("webhook", "https://user:pass@hook.example/"),
        ("web_push", "{}"),
        ("web_push", '{"endpoint": "https://a.example/", "keys": {"p256dh": "AA", "auth": "AA"}}'),
    ):
        answer = telling.post(CHANNELS, token, json={"channel": channel, "address": address})
        assert answer.status_code == 422, (channel, address)
        assert address not in answer.text or address == "{}"
    assert telling.post(CHANNELS, token, json={"channel": "email", "address": "a@b.id"}).status_code == 409


def test_nobody_touches_another_s_channel(telling: Served, home: Rt, stranger: Stranger) -> None:
    mine = telling.post(
        CHANNELS, home.token("resident"), json={"channel": "web_push", "address": subscription(stranger)}
    ).json()
    other = home.token("head")
    for method, path, body in (
        ("DELETE", f"{CHANNELS}/{mine['id']}", None),
        ("PUT", f"{CHANNELS}/{mine['id']}", {"hears": ["crime"], "after_s": 0}),
        ("POST", f"{CHANNELS}/{mine['id']}/confirm", {"code": "1"}),
    ):
        assert telling.calls(method, path, other, json=body).status_code == 404
    assert telling.calls("DELETE", f"{CHANNELS}/{mine['id']}", home.token("resident")).status_code == 204
    assert telling.get(CHANNELS, home.token("resident")).json()["channels"] == []


def test_quiet_hours_are_kept(telling: Served, home: Rt) -> None:
    token = home.token("resident")
    wanted = {"language": "en", "quiet_from": "22:00", "quiet_until": "04:30"}
    assert telling.get("/api/v1/me/preferences", token).json()["language"] == "id"
    assert telling.calls("PUT", "/api/v1/me/preferences", token, json=wanted).json() == wanted
    assert telling.get("/api/v1/me/preferences", token).json() == wanted
    bad = {**wanted, "quiet_from": "25:00"}
    assert telling.calls("PUT", "/api/v1/me/preferences", token, json=bad).status_code == 422


def test_a_theft_reaches_a_browser_and_a_chat_and_the_chat_answers(
    telling: Served, home: Rt, stranger: Stranger
) -> None:
    head = home.token("head")
    push = telling.post(CHANNELS, head, json={"channel": "web_push", "address": subscription(stranger)}).json()
    assert push["confirmed"] is True
    chat = telling.post(CHANNELS, head, json={"channel": "telegram"}).json()
    code = chat["connect"].partition("start=")[2]
    update: dict[str, Any] = {"message": {"chat": {"id": 815}, "text": f"/start {code}"}}
    assert telling.post("/api/v1/telegram", json=update).status_code == 401
    linked = telling.post("/api/v1/telegram", json=update, headers=CHAT_SECRET).json()
    assert "Terhubung" in linked["text"]
    assert "tidak dikenal" in telling.post("/api/v1/telegram", json=update, headers=CHAT_SECRET).json()["text"]

    stranger.heard.clear()
    incident = telling.post("/api/v1/reports", home.token("resident"), json=home.a_report()).json()["incident"]
    telling.until(lambda: heard(stranger, "/push/") and heard(stranger, "/bot1:a/sendMessage"), "both are told")
    told = json.loads(heard(stranger, "/bot1:a/sendMessage")[-1][1])
    assert told["chat_id"] == 815
    data = told["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    pressed = {"callback_query": {"id": "7", "data": data, "message": {"chat": {"id": 815}}}}
    assert telling.post("/api/v1/telegram", json=pressed, headers=CHAT_SECRET).json()["text"] == "Jawaban Anda dicatat."

    def events() -> list[str]:
        shown = telling.get(f"/api/v1/incidents/{incident}", home.token("resident")).json()
        return [entry["event"] for entry in shown["timeline"]]

    assert "people_told" in events()
    assert "acknowledged" in events()
    telling.until(lambda: "notifications_sent" in events(), "it is on the timeline")

    ids = telling.read(lambda uow: {n.channel: n.id for n in uow.notifications.of_incident(incident)})
    assert telling.post(f"/api/v1/notifications/{ids['web_push']}/delivered").status_code == 204
    assert telling.post(f"/api/v1/notifications/{ids['web_push']}/delivered").status_code == 204
    assert events().count("notification_delivered") == 1
    assert telling.post("/api/v1/notifications/01JDBV5Y0M0000000000000000/delivered").status_code == 404


def test_a_reset_is_told_on_a_channel_without_saying_what(telling: Served, home: Rt, stranger: Stranger) -> None:
    push = json.loads(subscription(stranger))
    telling.post(CHANNELS, home.token("head"), json={"channel": "web_push", "address": json.dumps(push)})
    code = (
        telling.post(CHANNELS, home.token("head"), json={"channel": "telegram"})
        .json()["connect"]
        .partition("start=")[2]
    )
    update = {"message": {"chat": {"id": 818}, "text": f"/start {code}"}}
    telling.post("/api/v1/telegram", json=update, headers=CHAT_SECRET)
    stranger.heard.clear()
    person = home.people["head"]
    telling.run(lambda uow: reset_second_factor(uow, person, home.people["admin"]))
    telling.until(
        lambda: heard(stranger, "/bot1:a/") and heard(stranger, push["endpoint"].partition(stranger.url)[2]),
        "both say it",
    )
    (told,) = (json.loads(body) for _, body in heard(stranger, "/bot1:a/"))
    assert "keamanan tentang akun Anda" in told["text"]
    for secret in ("kedua", "faktor", "Admin", home.people["admin"], "reply_markup"):
        assert secret not in json.dumps(told), "the chat is run by strangers"


def test_a_chat_says_stop_and_hears_no_more(telling: Served, home: Rt, stranger: Stranger) -> None:
    token = home.token("head")
    code = telling.post(CHANNELS, token, json={"channel": "telegram"}).json()["connect"].partition("start=")[2]
    for said, answered in ((f"/start {code}", "/stop"), ("/stop@kentongan_bot", "Terputus"), ("/stop", "Terputus")):
        update = {"message": {"chat": {"id": 817}, "text": said}}
        assert answered in telling.post("/api/v1/telegram", json=update, headers=CHAT_SECRET).json()["text"]
    assert telling.get(CHANNELS, token).json()["channels"] == []
    stranger.heard.clear()
    telling.post("/api/v1/reports", home.token("resident"), json=home.a_report())
    telling.until(lambda: telling.read(lambda uow: uow.notifications.waves_due(uow.now(), 9)) == [], "all are told")
    assert heard(stranger, "/bot1:a/sendMessage") == []


@pytest.mark.parametrize(
    "body", ["[]", "{}", '{"message": 5}', '{"callback_query": {}}', '{"callback_query": {"data": 7}}']
)
def test_whatever_a_chat_says_breaks_nothing(telling: Served, body: str) -> None:
    answer = telling.post("/api/v1/telegram", content=body, headers=CHAT_SECRET)
    assert (answer.status_code, answer.json()) == (200, {})
