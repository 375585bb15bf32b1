"""The small pages before the real server, in a real Chromium: signing in, joining, admitting, tonight's ronda."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import urlsplit

import pyotp
import pytest
from playwright.sync_api import Browser, Page
from tests.integration.http.device import PASSWORD, Device
from tests.integration.served import Rt, Served

from kentongan_broker import Enrolment, start
from kentongan_server.domain.consent import VERSION, Consent
from kentongan_server.domain.consent import Purpose as ConsentPurpose
from kentongan_server.domain.lifecycle import NotificationState
from kentongan_server.domain.notification import Destination, NotifyChannel
from kentongan_server.inbound.web.people_pages import LANGUAGES, PATHS, REVIEW, words_of
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.informing.publish import publish_test

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
    assert page.evaluate("document.activeElement.id") == "code", "the next field has the focus"
    assert page.evaluate("document.querySelector('img.qr').naturalWidth") > 100, "the picture is one"
    fill(page, code=pyotp.TOTP(secret).now())
    page.wait_for_selector(".codes")
    assert page.locator(".codes li").count() == 10
    page.click(".main-button")
    says(page, "#title", "Anda masuk sebagai Operator")


def test_who_was_reset_is_told_by_whom_at_the_next_sign_in_and_once(
    served: Served, telephone: Callable[..., Page]
) -> None:
    rt = Rt(served, 907)
    with Device(served) as device:
        device.is_let_in(rt.people["resident"])
        device.put("/api/v1/me/login", json={"email": "sari907@warga.example", "password": PASSWORD})
    path = f"/api/v1/people/{rt.people['resident']}/second-factor"
    assert served.calls("DELETE", path, rt.token("head")).status_code == 204
    for is_told in (True, False):
        page = telephone("/sign-in")
        fill(page, name="sari907@warga.example", password=PASSWORD)
        if is_told:
            says(page, "#resets", "langkah kedua Anda diatur ulang oleh Head")
            page.click("#seen")
        says(page, "#title", "Anda masuk sebagai Resident")


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


STICKS_OUT = """() => {
  const card = document.querySelector("main").getBoundingClientRect();
  return [...document.querySelectorAll("main *, header *, nav *")].filter((node) => node.offsetParent).filter((node) => {
    const box = node.getBoundingClientRect();
    return box.right > innerWidth + 1 || (node.closest("main") && box.bottom > card.bottom + 1);
  }).map((node) => node.outerHTML.slice(0, 80));
}"""
UNNAMED = """() => [...document.querySelectorAll("input, select, button, a, summary")]
  .filter((node) => node.offsetParent && !(node.labels?.length || node.ariaLabel || node.textContent.trim()))
  .map((node) => node.outerHTML.slice(0, 80))"""


@pytest.mark.parametrize("path", PATHS)
def test_nothing_sticks_out_and_everything_has_a_name(rt: Rt, telephone: Callable[..., Page], path: str) -> None:
    page = telephone(path, rt.people["head"], foreseen="404|422")
    for width, height in ((320, 640), (1366, 700)):
        page.set_viewport_size({"width": width, "height": height})
        assert (page.evaluate(STICKS_OUT), page.evaluate(UNNAMED)) == ([], []), width
    assert page.title().endswith(" · Kentongan")


def test_a_third_party_s_system_is_added_seen_to_fail_resumed_and_removed(
    telephone: Callable[..., Page], served: Served
) -> None:
    rt = Rt(served, 905)
    page = telephone("/subscriptions", rt.people["head"], foreseen="422|403")
    says(page, "#subscriptions", "Belum ada sistem")
    assert page.input_value("#region") == rt.code
    assert page.locator("#owner option").count() == 1, "an RT head's are the neighbourhood's own"
    fill(page, name="Dasbor RT", url="ftp://dasbor.example")
    says(page, "#problem", "https://host/jalur")
    fill(page, url="https://dasbor.example/kentongan")
    page.wait_for_selector("#given .secret")
    assert page.inner_text("#given .secret").startswith("whs_")
    (made,) = served.read(lambda uow: [one for one in uow.subscriptions.everything() if one.region == rt.code])
    assert made.hears == {"crime", "emergency"}

    def stop(uow: UnitOfWork) -> None:
        delivery = publish_test(uow, made)
        error = "The channel answered 410."
        uow.subscriptions.set_state(delivery.id, NotificationState.FAILED, uow.now(), attempts=1, error=error)
        uow.subscriptions.put(replace(made, stopped="The receiver answered 410: it wants no more."))

    served.run(stop)
    page.reload()
    page.wait_for_selector('.channel[data-state="stopped"]')
    says(page, ".channel .stopped", "penerima menjawab 410")
    page.click(".channel summary")
    says(page, ".deliveries", "uji coba: GAGAL")
    page.click('[data-act="resume"]')
    page.wait_for_selector('.channel[data-state="ready"]')
    for sure in (False, True):
        page.click('[data-act="remove"]')
        if not sure:
            says(page, '[data-act="remove"]', "Ketuk lagi")
    says(page, "#subscriptions", "Belum ada sistem")
    assert served.read(lambda uow: uow.subscriptions.subscription(made.id)) is None


def test_who_agreed_to_earlier_words_reads_both_and_may_agree_anew(
    served: Served, telephone: Callable[..., Page]
) -> None:
    rt = Rt(served, 909)
    person = rt.people["resident"]
    earlier = Consent("earlier-909", person, ConsentPurpose.CHANNELS, "2026-11", datetime.now(WIB))
    served.run(lambda uow: uow.consents.put(earlier))
    page = telephone("/my-data", person)
    card = '[data-purpose="channels"]'
    says(page, card, "teks 2026-11")
    words = page.locator(f"{card} p[lang]").all_inner_texts()
    assert ["keamanan akun" in one for one in words] == [False, True]
    page.click(f"{card} [data-act=agree]")
    says(page, card, f"teks {VERSION}")
    assert page.locator(f"{card} p[lang]").count() == 1


def test_a_refusal_comes_into_sight_and_speaks_the_page_s_language(
    served: Served, telephone: Callable[..., Page]
) -> None:
    rt = Rt(served, 908)
    page = telephone("/my-data?lang=jv", rt.people["resident"], foreseen="403")
    fill(page, secret="not my password")
    says(page, "#problem", "ora cocok")
    page.wait_for_function(
        """() => {
          const box = document.querySelector("#problem").getBoundingClientRect();
          return box.top >= 0 && box.bottom <= innerHeight;
        }"""
    )


def test_who_looks_after_nothing_is_told_so_and_shown_no_way_there(rt: Rt, telephone: Callable[..., Page]) -> None:
    page = telephone("/subscriptions?lang=en", rt.people["resident"])
    says(page, "#why", "for RT heads")
    assert page.locator("nav a:visible").all_inner_texts() == ["Ronda", "My channels", "My data"]
    assert page.locator("#content").inner_text() == ""


def test_withdrawing_the_membership_takes_two_taps(served: Served, telephone: Callable[..., Page]) -> None:
    rt = Rt(served, 906)
    person = rt.people["resident"]
    page = telephone("/my-data", person)
    page.click('[data-purpose="membership"] button')
    button = '[data-purpose="membership"] button'
    says(page, button, "Tarik persetujuan")
    page.click(button)
    says(page, button, "Ketuk lagi")
    assert served.read(lambda uow: uow.people.person(person, uow.now())).memberships != ()
    page.click(button)
    says(page, '[data-purpose="membership"]', "ditarik")
    assert served.read(lambda uow: uow.people.person(person, uow.now())).memberships == ()


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


def test_a_javanese_sentence_is_no_indonesian_one() -> None:
    """One word may be the same in both; a sentence of four words is a translation that was forgotten."""
    ours, third = words_of("id"), words_of("jv")
    forgotten = [key for key, said in ours.items() if said == third[key] and len(said.split()) > 3]
    assert forgotten == []


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
