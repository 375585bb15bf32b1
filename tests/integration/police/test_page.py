"""The operator's page in a real browser, over a real command centre."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from pathlib import Path
from threading import Thread
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.integration.police.centre_process import RunningCentre
from tests.integration.police.sending import Keys, fresh, post_cap, post_forward, post_webhook, signed_cap

import kentongan_command_centre
from kentongan_server.domain.forward import Forward, ForwardCamera, ForwardEvent
from kentongan_server.domain.incident_kind import IncidentKind, Purpose
from kentongan_server.outbound.clock.system_clock import SystemClock
from kentongan_server.outbound.police.webhook import webhook_body

pytestmark = pytest.mark.real
STATIC = Path(kentongan_command_centre.__file__).parent / "static"


@pytest.fixture(scope="module")
def opened(browser: Browser, centre: RunningCentre) -> Iterator[tuple[Page, list[str]]]:
    """One narrow page, open as long as an operator's is, and what went wrong in it."""
    page = browser.new_page(viewport={"width": 400, "height": 900}, timezone_id="Asia/Tokyo")
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda line: wrong.append(line.text) if line.type in {"error", "warning"} else None)
    page.goto(centre.url)
    expect(page.locator("#link")).to_have_attribute("data-state", "open")
    yield page, wrong
    page.close()


@pytest.fixture
def page(opened: tuple[Page, list[str]]) -> Iterator[Page]:
    """That page; the test fails when anything goes wrong in it."""
    page, wrong = opened
    page.get_by_label("Nama petugas").fill("Bripka Dewi")
    yield page
    assert wrong == []


def now(**different: object) -> Forward:
    """A panic press of this moment, in a neighbourhood of its own."""
    moment = SystemClock().now()
    plain = {"kind": IncidentKind.PANIC, "opened_at": moment, "queued_at": moment, "region_name": f"RT {uuid4()}"}
    return fresh(**{**plain, **different})


def test_a_case_appears_by_itself_and_is_carried_to_its_end_by_keyboard_alone(
    page: Page, centre: RunningCentre, keys: Keys
) -> None:
    forward = now()
    assert post_forward(centre, forward).status_code == 200
    assert post_cap(centre, signed_cap(keys, forward), forward.delivery).status_code == 200
    card = page.locator(f"[data-incident='{forward.incident}']")

    expect(page.locator(".case").first).to_have_attribute("data-incident", forward.incident)
    expect(card).to_contain_text("Tombol panik")
    expect(card).to_contain_text("Menunggu")
    expect(card).to_contain_text("✓ JSON · tanda tangan sah")
    expect(card).to_contain_text("✓ CAP 1.2 · tanda tangan & skema sah")
    expect(page.locator("#news")).to_contain_text(forward.region_name)
    expect(page).to_have_title(re.compile(r"^\(\d+\) Pusat Komando"))

    take = card.get_by_role("button", name="Terima")
    take.focus()
    _tremble(page, forward.incident)
    page.keyboard.press("Enter")
    expect(card).to_have_attribute("data-status", "acknowledged")
    expect(card).to_contain_text("Diterima")
    expect(card).to_contain_text("Bripka Dewi")

    send = card.get_by_role("button", name="Kirim petugas")
    expect(send).to_be_focused()
    _press_when_it_listens(page, card, "dispatched")
    _press_when_it_listens(page, card, None)
    card.get_by_role("button", name="Benar terjadi").focus()
    page.keyboard.press("Enter")
    expect(card).to_have_attribute("data-status", "resolved")
    expect(card).to_contain_text("Selesai (benar terjadi)")

    replies = centre.get(f"/api/cases/{forward.incident}")["replies"]
    assert [reply["reply"] for reply in replies] == ["acknowledged", "dispatched", "resolved"]
    assert {reply["operator"] for reply in replies} == {"Bripka Dewi"}


def _tremble(page: Page, incident: str) -> None:
    """A second press of the same finger, in the very moment at which the next step's button has taken its place."""
    page.evaluate(
        """incident => {
            const card = document.querySelector(`[data-incident='${incident}']`);
            const again = new MutationObserver(() => {
                again.disconnect();
                card.querySelector("button").click();
            });
            again.observe(card, { attributeFilter: ["data-status"] });
        }""",
        incident,
    )


def _press_when_it_listens(page: Page, card: "object", status: str | None) -> None:
    """The page ignores presses for half a second after each change; press until it answers."""
    for _ in range(50):
        page.keyboard.press("Enter")
        if status is None and card.get_by_text("Bagaimana berakhirnya?").count():  # type: ignore[attr-defined]
            return
        if status is not None and card.get_attribute("data-status") == status:  # type: ignore[attr-defined]
            return
        page.wait_for_timeout(50)
    pytest.fail("the page did not answer the key")


def test_the_time_is_that_of_semarang_wherever_the_browser_is(page: Page, centre: RunningCentre) -> None:
    forward = fresh(region_name=f"RT {uuid4()}")  # opened 2026-03-01 18:04:05 UTC
    post_forward(centre, forward)

    expect(page.locator(f"[data-incident='{forward.incident}'] time")).to_have_text("2 Mar 2026 01.04.05 WIB")


def test_what_people_typed_stays_text(page: Page, centre: RunningCentre) -> None:
    attack = "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>"
    forward = now(text=attack, region_name=attack, source="<b>x</b>", trust="<i>y</i>")
    post_forward(centre, forward)
    card = page.locator(f"[data-incident='{forward.incident}']")

    expect(card.locator(".said")).to_have_text(attack)
    expect(card).to_contain_text("<b>x</b>")
    assert card.locator("img, script, b, i").count() == 0
    assert "taken" not in page.title()


@pytest.mark.parametrize(("purpose", "word"), [(Purpose.DRILL, "exercise"), (Purpose.TEST, "test")])
def test_a_drill_can_never_be_taken_for_the_real_thing(
    page: Page, centre: RunningCentre, purpose: Purpose, word: str
) -> None:
    real, drill = now(), now(purpose=purpose)
    for forward in (real, drill):
        post_forward(centre, forward)
    real_card, drill_card = (page.locator(f"[data-incident='{one.incident}']") for one in (real, drill))

    expect(drill_card.locator(".ribbon")).to_contain_text("LATIHAN")
    expect(drill_card.locator(".ribbon")).to_contain_text(word)
    expect(real_card.locator(".ribbon")).to_have_count(0)
    colours = [
        card.locator("button.main").evaluate("button => getComputedStyle(button).backgroundColor")
        for card in (real_card, drill_card)
    ]
    assert colours[0] != colours[1]


LINK = "https://kentongan.example/api/v1/views/abc.def"


def looking(*cameras: ForwardCamera, seconds: float = 7200) -> Forward:
    """A panic with these cameras, whose links open for so many seconds."""
    until = SystemClock().now() + timedelta(seconds=seconds)
    return now(cameras=cameras, position_link=f"{LINK}-position", links_until=until)


def test_cameras_and_the_place_are_links_until_their_time_is_over(page: Page, centre: RunningCentre) -> None:
    gate = ForwardCamera("cam-1", "Gapura <i>timur</i>", "nearest_representative", "working", 86, LINK)
    dark = ForwardCamera("cam-2", "Lapangan", "representative", "broken", 140, None)
    forward = looking(gate, dark, seconds=4)
    post_forward(centre, forward)
    views = page.locator(f"[data-incident='{forward.incident}'] .view")
    expect(views.nth(0)).to_contain_text("terdekat, mewakili RT, berfungsi, 86 m · sampai")
    expect(views.nth(0)).to_contain_text("WIB")
    link = views.nth(0).get_by_role("link")
    expect(link).to_have_text("Kamera Gapura <i>timur</i>")
    assert link.get_attribute("href") == LINK
    assert (link.get_attribute("target"), link.get_attribute("rel")) == ("_blank", "noopener noreferrer")
    expect(views.nth(1)).to_contain_text("mewakili RT, rusak, 140 m · tanpa tautan")
    expect(views.nth(2).get_by_role("link")).to_have_text("Posisi kejadian")
    expect(page.locator(f"[data-incident='{forward.incident}'] .view a")).to_have_count(0, timeout=8000)
    expect(views.nth(0)).to_contain_text("tautan sudah berakhir")


def test_of_a_cap_document_alone_its_own_words_are_the_links(page: Page, centre: RunningCentre, keys: Keys) -> None:
    forward = looking(ForwardCamera("cam-1", "Gapura", "nearest", "blurred", 86, LINK))
    assert post_cap(centre, signed_cap(keys, forward), forward.delivery).status_code == 200
    card = page.locator(f"[data-incident='{forward.incident}']")
    expect(card.get_by_role("link", name="Kamera Gapura: terdekat, 86 m, buram")).to_have_attribute("href", LINK)
    expect(card.get_by_role("link", name="Posisi kejadian; tautan berlaku sampai")).to_be_visible()


@pytest.mark.parametrize("odd", ["javascript:document.title='taken'", "https://a:b@c.example/", "data:text/html,x", 7])
def test_what_is_no_web_address_becomes_no_link(page: Page, centre: RunningCentre, odd: object) -> None:
    forward = looking()
    said = json.loads(webhook_body(forward))
    said |= {"cameras": [{"name": "Gapura", "link": odd}, {"id": 7}, "x"], "position_link": odd, "links_until": odd}
    named = {"X-Kentongan-Delivery": forward.delivery, "X-Kentongan-Event": str(forward.event)}
    assert post_webhook(centre, json.dumps(said).encode(), **named).status_code == 200, "an alarm is an alarm"
    views = page.locator(f"[data-incident='{forward.incident}'] .view")
    expect(views).to_have_count(1)
    expect(views).to_contain_text("Kamera Gapuratanpa tautan")
    assert views.get_by_role("link").count() == 0


def test_a_cancellation_leaves_the_decision_to_the_officer(page: Page, centre: RunningCentre) -> None:
    forward = now(event=ForwardEvent.CANCELLED)
    post_forward(centre, forward)
    card = page.locator(f"[data-incident='{forward.incident}']")

    expect(card).to_contain_text("Dibatalkan pelapor")
    expect(card.get_by_role("button", name="Terima")).to_be_enabled()


def test_a_breach_is_shown_and_announced(page: Page, centre: RunningCentre) -> None:
    post_forward(centre, now(kind=IncidentKind.DEATH_NOTICE, text="urusan keluarga"))

    banner = page.get_by_role("alert").filter(has_text="pelanggaran tembok kategori")
    expect(banner).to_be_visible()
    expect(banner).to_contain_text("Lelayu (community)")
    expect(page.locator("body")).not_to_contain_text("urusan keluarga")


def test_without_a_name_nothing_is_said(page: Page, centre: RunningCentre) -> None:
    forward = now()
    post_forward(centre, forward)
    card = page.locator(f"[data-incident='{forward.incident}']")
    page.get_by_label("Nama petugas").fill("")

    card.get_by_role("button", name="Terima").click()

    expect(card.get_by_role("alert")).to_contain_text("Isi nama petugas dulu")
    expect(page.get_by_label("Nama petugas")).to_be_focused()
    assert centre.get(f"/api/cases/{forward.incident}")["status"] == "new"


def test_nothing_needs_sideways_scrolling(page: Page, centre: RunningCentre) -> None:
    forward = now(text="x" * 2000, region_name="Perumahan" * 30, source="s" * 300)
    post_forward(centre, forward)
    expect(page.locator(f"[data-incident='{forward.incident}']")).to_be_visible()

    assert page.evaluate("document.documentElement.scrollWidth") == 400


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_demo_may_show_it_inside_its_own_page(
    browser: Browser, centre: RunningCentre, tmp_path: Path, host: str
) -> None:
    (tmp_path / "index.html").write_text(f"<iframe src='{centre.url}'></iframe>")
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as demo:
        Thread(target=demo.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        page = browser.new_page()
        page.goto(f"http://{host}:{demo.server_address[1]}/")

        expect(page.frame_locator("iframe").locator("#link")).to_have_attribute("data-state", "open")
        page.close()
        demo.shutdown()


def _luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_every_pair_of_colours_that_carries_words_can_be_read() -> None:
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", (STATIC / "inbox.css").read_text()))
    pairs = [
        *product(("words", "aside", "wait", "work", "done", "drill"), ("night", "card")),
        ("on-press", "press"),
        ("on-press-aside", "press"),
        ("on-breach", "breach"),
    ]

    assert {
        pair: round(_contrast(*(colours[name] for name in pair)), 2)
        for pair in pairs
        if _contrast(*(colours[name] for name in pair)) < 4.5
    } == {}


def test_the_page_brings_no_script_or_style_of_its_own_and_asks_nobody_else() -> None:
    html = (STATIC / "inbox.html").read_text()
    scripts = "".join(file.read_text() for file in STATIC.glob("*.js"))

    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", html)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b", scripts)
    assert not re.search(r"https?://(?!www\.w3\.org)", html + scripts + (STATIC / "inbox.css").read_text())
