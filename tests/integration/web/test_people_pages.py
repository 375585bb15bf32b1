"""The small pages before the real server, in a real Chromium: signing in, joining, admitting, tonight's ronda."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import urlsplit

import pyotp
import pytest
from playwright.sync_api import Browser, Page
from tests.integration.http.device import PASSWORD, Device
from tests.integration.served import Rt, Served

from kentongan_broker import Enrolment, start
from kentongan_server.domain.notification import Destination, NotifyChannel
from kentongan_server.inbound.web.people_pages import LANGUAGES, PATHS, REVIEW, words_of

pytestmark = pytest.mark.real
ROOT = Path(__file__).resolve().parents[3]
WIB = timezone(timedelta(hours=7))


@pytest.fixture(scope="module")
def served(mosquitto_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folders = [tmp_path_factory.mktemp(name) for name in ("pages-broker", "pages-server")]
    with start(folders[0], Enrolment({}), kind="mosquitto") as broker, Served(folders[1], broker) as running:
        yield running


@pytest.fixture(scope="module")
def rt(served: Served) -> Rt:
    return Rt(served, 901)


@pytest.fixture
def telephone(chromium: Browser, served: Served) -> Iterator[Callable[..., Page]]:
    """Open a page on a small telephone, as this person where one is named; every complaint but a foreseen one fails."""
    complaints: list[str] = []
    contexts = []

    def visit(path: str, person: str | None = None, *, foreseen: str = r"\0") -> Page:
        context = chromium.new_context(viewport={"width": 390, "height": 780})
        context.set_default_timeout(10_000)
        contexts.append(context)
        if person is not None:
            with Device(served) as device:
                token = device.is_let_in(person).cookies["kentongan"]
            context.add_cookies([{"name": "kentongan", "value": token, "url": served.base_url}])
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda said: (
                complaints.append(said.text) if said.type == "error" and not re.search(foreseen, said.text) else None
            ),
        )
        page.goto(served.base_url + path)
        page.wait_for_selector("body[data-ready]")
        return page

    yield visit
    for context in contexts:
        context.close()
    assert complaints == []


def fill(page: Page, **values: str) -> None:
    for name, value in values.items():
        page.fill(f"#{name}", value)
    page.click("form button[type=submit]")


def says(page: Page, selector: str, text: str) -> None:
    page.wait_for_function("([s, t]) => document.querySelector(s)?.textContent.includes(t)", arg=[selector, text])


def test_signing_in_with_a_second_step(served: Served, rt: Rt, telephone: Callable[..., Page]) -> None:
    with Device(served) as device:
        device.is_let_in(rt.people["operator"])
        device.put("/api/v1/me/login", json={"email": "wulan@polisi.example", "password": PASSWORD})
    page = telephone("/sign-in", foreseen="401")
    fill(page, name="wulan@polisi.example", password="not this one")
    says(page, "#problem", "tidak cocok")
    fill(page, name="wulan@polisi.example", password=PASSWORD)
    page.wait_for_selector("img.qr")
    secret = page.inner_text(".secret").split()[-1]
    assert page.evaluate("document.querySelector('img.qr').naturalWidth") > 100, "the picture is one"
    fill(page, code=pyotp.TOTP(secret).now())
    page.wait_for_selector(".codes")
    assert page.locator(".codes li").count() == 10
    page.click(".main-button")
    says(page, "#title", "Anda masuk sebagai Operator")


def test_joining_and_being_admitted(served: Served, rt: Rt, telephone: Callable[..., Page]) -> None:
    head = telephone("/neighbours", rt.people["head"])
    says(head, "#waiting", "Tidak ada yang menunggu")
    fill(head, uses="2", hours="24")
    head.wait_for_selector("#invited img.qr")
    assert head.evaluate("document.querySelector('#invited img.qr').naturalWidth") > 100
    address = urlsplit(head.inner_text("#invited .secret"))
    page = telephone(f"{address.path}#{address.fragment}", foreseen="404|no such incident")
    says(page, "#title", "Bergabung dengan RT 901")
    page.check("#agreed")
    fill(page, name="Budi <b>Santoso</b>", phone="0812 3456")
    says(page, "#why", "Ketua RT akan menyetujui")
    page.click("a.main-button")
    page.wait_for_selector('#panic[aria-disabled="false"]')
    page.hover("#panic")
    page.mouse.down()
    page.wait_for_selector('#panic[data-hold="held"]')
    page.mouse.up()
    page.wait_for_selector('#own[data-state="stored"]')
    head.reload()
    head.wait_for_selector(".person")
    says(head, "#title", "RT 901")
    assert head.inner_text(".person-name") == "Budi <b>Santoso</b>"
    head.click(".person .main-button")
    says(head, "#waiting", "Tidak ada yang menunggu")
    grants = served.get("/api/v1/grants", rt.token("head"), params={"region": rt.code}).json()
    assert "Budi <b>Santoso</b>" in [grant["name"] for grant in grants]


def test_an_invitation_that_is_over_says_so(telephone: Callable[..., Page]) -> None:
    page = telephone("/join#no-such-code-at-all", foreseen="404")
    says(page, "#problem", "tidak berlaku lagi")


def test_tonight_s_ronda(served: Served, rt: Rt, telephone: Callable[..., Page]) -> None:
    begins = datetime.now(WIB) + timedelta(minutes=20)
    rota = {
        "region": rt.code,
        "weekday": begins.weekday(),
        "begins": begins.strftime("%H:%M"),
        "minutes": 360,
        "people": [rt.people["resident"]],
    }
    assert served.post("/api/v1/ronda/rotas", rt.token("head"), json=rota).status_code == 201
    page = telephone("/ronda?lang=en", rt.people["resident"])
    says(page, ".person .chip", "not here yet")
    page.click("#come")
    page.wait_for_selector('.person[data-came="yes"]')
    says(page, ".person .chip", "came")


@pytest.mark.parametrize(("answer", "left"), [("agree", 1), ("refuse", 0)])
def test_who_had_a_channel_before_it_was_asked_is_asked_now(
    served: Served, telephone: Callable[..., Page], answer: str, left: int
) -> None:
    rt = Rt(served, 902 + left)
    person = rt.people["resident"]
    mailbox = Destination(f"before-{left}", person, NotifyChannel.EMAIL, "sari@warga.example")
    served.run(lambda uow: uow.destinations.put(mailbox))
    page = telephone("/channels", person)
    says(page, "#consent", "sebelum kami menanyakan ini")
    assert page.locator(".channel").count() == 1
    page.click(f"#{answer}")
    if answer == "refuse":
        says(page, "#refuse", "Ketuk lagi")
        page.click("#refuse")
        page.wait_for_selector("#agreed")
    else:
        page.wait_for_selector("#consent summary")
    assert page.locator(".channel").count() == left
    consents = served.read(lambda uow: uow.consents.of_person(person))
    assert [one.purpose for one in consents] == ["channels"][:left]


def test_who_is_not_signed_in_is_asked_to(telephone: Callable[..., Page]) -> None:
    page = telephone("/ronda", foreseen="401")
    says(page, "#title", "Masuk")
    assert page.locator("#password").is_visible()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("language", [language for language, _ in LANGUAGES])
def test_every_page_speaks_every_language(served: Served, path: str, language: str) -> None:
    page = served.get(path, params={"lang": language})
    assert (page.status_code, f'<html lang="{language}">' in page.text) == (200, True)
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]


def test_the_dictionaries_say_the_same_and_an_unread_one_says_that_it_is() -> None:
    ours, theirs, third = (words_of(language) for language, _ in LANGUAGES)
    assert set(ours) == set(theirs) == set(third) - {REVIEW}
    assert third[REVIEW] == "open", "until a speaker of Javanese has read it"
    assert (
        "| Basa Jawa | not yet | `i18n/people-jv.json` | **review: open** |" in (ROOT / "docs/languages.md").read_text()
    )
    for key, words in ours.items():
        places = sorted(part.split("}")[0] for part in words.split("{")[1:])
        for other in (theirs, third):
            assert sorted(part.split("}")[0] for part in other[key].split("{")[1:]) == places, key
