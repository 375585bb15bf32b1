"""The kentongan in the browser: MicroPython's WebAssembly build in a real Chromium, in the demo's own city."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import parts
import pytest
from playwright.sync_api import Page, sync_playwright

pytestmark = [pytest.mark.real, pytest.mark.slow]
ROOT = Path(__file__).resolve().parents[3]
FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--js-flags=--expose-gc")
DEADLINE_S = 60.0
GROWTH = 12_288  # bytes; a leak of one object a packet would be 16,000 and more


def _part(find: Any) -> Path:
    try:
        return find()
    except parts.MissingPartError as problem:
        pytest.fail(str(problem), pytrace=False)


@pytest.fixture
def demo(request: pytest.FixtureRequest, tmp_path: Path, mosquitto_path: Path) -> Iterator[dict[str, Any]]:
    """A small demo, described as its demo.json says."""
    _part(parts.micropython_wasm)
    folder = tmp_path / "demo"
    more = {"KENTONGAN_MOSQUITTO": "/nowhere"} if "amqtt" in request.node.name else {}
    process = subprocess.Popen(
        [sys.executable, "-m", "kentongan_demo", "--headless", "--rts", "2", "--data", str(folder)],
        cwd=ROOT, env={**os.environ, **more}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    deadline = time.monotonic() + DEADLINE_S
    while not (folder / "demo.json").exists():
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < deadline
        time.sleep(0.1)
    yield json.loads((folder / "demo.json").read_text())
    process.terminate()
    process.communicate(timeout=30)
    assert process.returncode == 0


@pytest.fixture
def page() -> Iterator[Page]:
    """A Chromium window that complains of nothing."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(_part(parts.chromium)), args=list(FLAGS))
        opened = browser.new_page()
        complaints: list[str] = []
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        opened.set_default_timeout(30_000)
        yield opened
        browser.close()
        assert complaints == []


def _soundings(demo: dict[str, Any]) -> dict[str, str]:
    headers = {"Authorization": f"Bearer {demo['tokens']['operator']}"}
    regions = httpx.get(f"{demo['base_url']}/api/v1/regions", headers=headers).json()
    return {node["id"]: node["siren"] for region in regions[:1] for node in region["nodes"]}


def _until(claim: Any, what: str) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not claim():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


def _flooded(page: Page) -> int:
    """A thousand bad packets; what the meter says when both garbage collectors have been."""
    page.evaluate("document.getElementById('log').textContent = ''")
    page.click("#flood")
    page.wait_for_function("document.getElementById('log').textContent.includes('flooded')")
    for _ in range(3):  # a proxy that the browser forgets frees its object here, and the other way round
        page.wait_for_timeout(500)
        page.evaluate("gc()")
    return min(int(page.evaluate("window.twin.ask({do: 'memory'}).used")) for _ in range(3))


def test_it_is_pressed_unplugged_flooded_and_told_like_every_other_kentongan(demo: dict[str, Any], page: Page) -> None:
    page.goto(demo["twin_url"])
    page.wait_for_selector('#link[data-connected="true"]')
    _until(lambda: demo["twin_node"] in _soundings(demo), "the server was told of it")

    # noise from the wire moves nothing, and the meter shows no growth once the first flood has laid out its heap
    after_first = _flooded(page)
    assert _flooded(page) - after_first < GROWTH
    page.wait_for_function("Number(document.getElementById('refused').textContent) > 1500")
    assert page.get_attribute("#state", "data-state") == "silent"
    assert page.get_attribute("#link", "data-connected") == "true"

    # the network is out: the button still sounds here, and the report waits
    page.click("#network")
    page.wait_for_selector('#link[data-connected="false"]')
    page.hover("#panic")
    page.mouse.down()
    page.wait_for_selector('#state[data-state="sounding"]')
    page.mouse.up()
    assert page.evaluate("window.twin.ask({do: 'status'}).pending.length") == 1
    assert page.get_attribute("#stage", "data-stage") == "calling"

    # and back in: the server has it, and the whole RT sounds
    page.click("#network")
    page.wait_for_selector('#stage[data-stage="neighbours_called"], #stage[data-stage="police_saw"]')
    _until(lambda: set(_soundings(demo).values()) == {"sounding"}, "every kentongan of the RT sounds")
    page.click("#silence")
    page.wait_for_selector('#state[data-state="silent"]')
    status = page.evaluate("window.twin.ask({do: 'status'})")
    assert (status["pending"], status["local_soundings"], status["soundings"]) == ([], 1, 1)


def test_a_report_from_elsewhere_sounds_it_over_the_embedded_amqtt_too(demo: dict[str, Any], page: Page) -> None:
    page.goto(demo["twin_url"] + "?lang=en")
    page.wait_for_selector('#link[data-connected="true"]')
    page.wait_for_timeout(500)
    headers = {"Authorization": f"Bearer {demo['tokens']['resident']}"}
    home = demo["regions"][0]["code"]
    body = {"id": "01JT8Q9M6FAAAAAAAAAAAAAAAA", "kind": "theft", "region": home}
    answer = httpx.post(f"{demo['base_url']}/api/v1/reports", headers=headers, json=body)
    assert answer.status_code == 201, answer.text
    page.wait_for_selector('#state[data-state="sounding"]')
    page.wait_for_selector('#lamp[data-colour="red"]')
    assert page.text_content("#state") == "SOUNDING"
    page.click("#power")
    page.wait_for_selector('#state[data-state="dark"]')
    page.click("#power")
    page.wait_for_selector('#link[data-connected="true"]')
