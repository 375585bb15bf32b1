"""From "Aktifkan di HP ini" to a button on the notification: a real Chromium, its real service worker, the real server.

Two things are twins, because both belong to a push company: what `pushManager.subscribe` gives, and the way from its
server to the browser. Its twin takes our encrypted message, opens it with the browser's keys, and Chromium delivers it.
"""

import base64
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import Browser, BrowserContext, Page
from tests.integration.http.device import Device
from tests.integration.notify.strangers import Stranger
from tests.integration.served import Rt, Served

from kentongan_broker import Enrolment, start
from kentongan_server.outbound.notify.web_push import make_vapid_key

pytestmark = pytest.mark.real

SUBSCRIBE = """(given) => {
  let mine = null;
  const made = () => ({ endpoint: given.endpoint, options: {}, toJSON: () => given,
                        unsubscribe: async () => { mine = null; return true; } });
  PushManager.prototype.subscribe = async (options) => { given.asked = options; return (mine = made()); };
  PushManager.prototype.getSubscription = async () => mine ?? (localStorage.getItem("subscribed") ? (mine = made()) : null);
}"""


def shot(page: Page, name: str) -> None:
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=name == "channels")


class PushTwin:
    """The push company: an endpoint over HTTP, and the browser's keys."""

    def __init__(self, stranger: Stranger) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._auth = os.urandom(16)
        self._stranger = stranger
        self.path = f"/push/{os.urandom(6).hex()}"
        raw = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        keys = {
            name: base64.urlsafe_b64encode(part).rstrip(b"=").decode()
            for name, part in (("p256dh", raw), ("auth", self._auth))
        }
        self.subscription = {"endpoint": f"{stranger.url}{self.path}", "keys": keys}

    def taken(self) -> list[dict[str, Any]]:
        """Every message that came for this browser, opened."""
        bodies = [body for path, _, body in self._stranger.heard if path == self.path]
        return [json.loads(http_ece.decrypt(b, private_key=self._key, auth_secret=self._auth)) for b in bodies]


@pytest.fixture(scope="module")
def stranger() -> Iterator[Stranger]:
    with Stranger() as found:
        yield found


@pytest.fixture(scope="module")
def served(mosquitto_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folders = [tmp_path_factory.mktemp(name) for name in ("push-broker", "push-server")]
    make_vapid_key(folders[1] / "vapid.pem")
    with (
        start(folders[0], Enrolment({}), kind="mosquitto") as broker,
        Served(folders[1], broker, vapid_key_file=folders[1] / "vapid.pem", foreign_private_addresses=True) as running,
    ):
        yield running


class Phone:
    """A small telephone at night, signed in as this person."""

    def __init__(self, chromium: Browser, served: Served, person: str, push: PushTwin) -> None:
        self.served, self.push = served, push
        self.context: BrowserContext = chromium.new_context(
            viewport={"width": 360, "height": 740}, color_scheme="dark", permissions=["notifications"]
        )
        self.context.set_default_timeout(15_000)
        with Device(served) as device:
            token = device.is_let_in(person).cookies["kentongan"]
        self.context.add_cookies([{"name": "kentongan", "value": token, "url": served.base_url}])
        self.context.add_init_script("localStorage.setItem('kentongan.signed-in', '{}')")
        self.context.add_init_script(f"({SUBSCRIBE})({json.dumps(push.subscription)})")
        self.page: Page = self.context.new_page()

    def opens(self, path: str) -> Page:
        self.page.goto(self.served.base_url + path)
        if path.startswith("/channels"):
            self.page.wait_for_selector("body[data-ready]")
        return self.page

    def turns_it_on(self) -> Page:
        page = self.opens("/channels")
        page.check("#agreed")
        page.click("#push-button")
        page.wait_for_selector('#push[data-push="on"]')
        return page

    def receives(self, told: dict[str, Any]) -> None:
        """Chromium delivers the push to the service worker, as its push service would."""
        cdp = self.context.new_cdp_session(self.page)
        found: list[str] = []
        cdp.on(
            "ServiceWorker.workerRegistrationUpdated",
            lambda event: found.extend(r["registrationId"] for r in event["registrations"]),
        )
        cdp.send("ServiceWorker.enable")
        self.served.until(lambda: self.page.evaluate("1") and found, "the worker is known")
        cdp.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": self.served.base_url, "registrationId": found[0], "data": json.dumps(told)},
        )
        cdp.detach()

    def shows(self) -> list[dict[str, Any]]:
        """The notifications on the screen."""
        return self.page.evaluate(
            """async () => (await (await navigator.serviceWorker.ready).getNotifications()).map(
                 ({ title, body, tag, actions, requireInteraction }) => ({ title, body, tag, actions, requireInteraction }))"""
        )

    def taps(self, action: str) -> None:
        """Somebody taps the button: the event that the browser gives the worker."""
        (worker,) = self.context.service_workers
        worker.evaluate(
            """async (action) => {
              const [notification] = await self.registration.getNotifications();
              self.dispatchEvent(new NotificationEvent("notificationclick", { notification, action }));
            }""",
            action,
        )


@pytest.fixture
def phone(chromium: Browser, served: Served, stranger: Stranger) -> Iterator[Callable[[str], Phone]]:
    phones: list[Phone] = []

    def of(person: str) -> Phone:
        phones.append(Phone(chromium, served, person, PushTwin(stranger)))
        return phones[-1]

    yield of
    for each in phones:
        each.context.close()


def test_the_worker_comes_from_the_root_and_is_asked_for_each_time(served: Served) -> None:
    answer = served.get("/service_worker.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["content-security-policy"] == "default-src 'none'; connect-src 'self'"
    assert served.get("/service_worker.js", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304


def test_from_turning_it_on_to_coming_from_the_notification(
    served: Served, phone: Callable[[str], Phone], stranger: Stranger
) -> None:
    rt = Rt(served, 811)
    mine = phone(rt.people["head"])
    page = mine.turns_it_on()
    assert page.locator('[data-channel="web_push"] .chip').inner_text() == "siap"
    page.click('[data-act="test"]')
    served.until(lambda: mine.push.taken() and page.evaluate("1"), "the test is at the push service")
    (tried,) = mine.push.taken()
    assert "UJI COBA" in tried["body"]
    mine.receives(tried)
    page.wait_for_function("() => document.querySelector('.person-note').textContent.includes('sampai')")
    shot(page, "channels")

    incident = served.post("/api/v1/reports", rt.token("resident"), json=rt.a_report()).json()["incident"]
    served.until(lambda: len(mine.push.taken()) == 2 and page.evaluate("1"), "the theft is at the push service")
    told = mine.push.taken()[1]
    mine.receives(told)
    served.until(lambda: [one for one in mine.shows() if one["tag"] == incident], "it is on the screen")
    (shown,) = [one for one in mine.shows() if one["tag"] == incident]
    assert [one["title"] for one in shown["actions"]] == ["Saya datang", "Saya lihat"]
    assert shown["requireInteraction"] is True
    page.evaluate(
        "async () => { for (const n of await (await navigator.serviceWorker.ready).getNotifications()) if (!n.actions.length) n.close(); }"
    )
    mine.taps("coming")

    def found() -> dict[str, Any]:
        return served.get(f"/api/v1/incidents/{incident}", rt.token("head")).json()

    served.until(lambda: found()["my_answer"] == "coming" and page.evaluate("1"), "the answer is stored")
    assert (found()["coming"], found()["seen"]) == (1, 0)
    served.until(lambda: [o for o in mine.shows() if o["body"] == "Jawaban Anda dicatat."], "it says that it was kept")

    mine.opens(f"/?incident={incident}")
    page.wait_for_selector('#coming[aria-pressed="true"]')
    page.wait_for_function("() => document.querySelector('#answer-says').textContent === '1 datang, 0 melihat'")
    shot(page, "answer")


def test_turning_it_off_forgets_the_browser_on_both_sides(served: Served, phone: Callable[[str], Phone]) -> None:
    rt = Rt(served, 812)
    mine = phone(rt.people["resident"])
    page = mine.turns_it_on()
    page.click("#push-button")
    page.wait_for_selector('#push[data-push="off"]')
    assert served.get("/api/v1/me/channels", rt.token("resident")).json()["channels"] == []


def test_the_browser_is_asked_for_its_leave_only_by_who_agreed_and_forgotten_with_the_consent(
    served: Served, phone: Callable[[str], Phone]
) -> None:
    rt = Rt(served, 814)
    mine = phone(rt.people["resident"])
    page = mine.opens("/channels")
    page.click("#push-button")
    page.wait_for_function("() => document.querySelector('#problem').textContent.includes('centang persetujuan')")
    assert page.evaluate("document.activeElement.id") == "agreed"
    assert page.evaluate("async () => (await navigator.serviceWorker.getRegistrations()).length") == 0
    assert served.get("/api/v1/me/channels", rt.token("resident")).json()["channels"] == []
    page.check("#agreed")
    page.click("#push-button")
    page.wait_for_selector('#push[data-push="on"]')
    page.click("#consent summary")
    page.click("#withdraw")
    says = "() => document.querySelector('#withdraw').textContent.includes('semua saluran dihapus')"
    page.wait_for_function(says)
    page.click("#withdraw")
    page.wait_for_selector('#push[data-push="off"]')
    assert page.is_visible("#agreed")
    subscribed = "async () => (await navigator.serviceWorker.ready).pushManager.getSubscription()"
    assert page.evaluate(subscribed) is None, "the browser itself is forgotten"
    assert served.get("/api/v1/me/channels", rt.token("resident")).json()["channels"] == []


def test_an_answer_that_the_worker_cannot_give_is_asked_for_on_the_page(
    served: Served, phone: Callable[[str], Phone]
) -> None:
    rt = Rt(served, 813)
    mine = phone(rt.people["resident"])
    page = mine.turns_it_on()
    page.wait_for_function("() => navigator.serviceWorker.controller")
    incident = served.post("/api/v1/reports", rt.token("head"), json=rt.a_report()).json()["incident"]
    mine.receives(
        {"title": "K", "body": "b", "incident": incident, "urgent": True, "answers": {"coming": "Saya datang"}}
    )
    served.until(mine.shows, "it is on the screen")
    mine.opens("/")
    page.wait_for_selector('#connection[data-state="open"]')
    mine.context.clear_cookies()
    mine.taps("coming")
    page.wait_for_function("() => !document.querySelector('#answer').hidden")
    assert served.get(f"/api/v1/incidents/{incident}", rt.token("resident")).json()["coming"] == 0
