"""The first screen: everything in sight, nothing cut off, readable in light and dark."""

import pytest

pytestmark = pytest.mark.real

CONTRAST = """() => {
  const parse = (colour) => { const [r, g, b, a = 1] = colour.match(/[\\d.]+/g).map(Number); return { r, g, b, a }; };
  const light = ({ r, g, b }) => [r, g, b].reduce((sum, c, i) => {
    const s = c / 255;
    return sum + [0.2126, 0.7152, 0.0722][i] * (s <= 0.03928 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4);
  }, 0);
  const behind = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const found = parse(getComputedStyle(at).backgroundColor);
      if (found.a === 1) return found;
    }
    return { r: 255, g: 255, b: 255 };
  };
  const weak = [];
  for (const node of document.querySelectorAll("body *")) {
    const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
    if (!own || !node.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const style = getComputedStyle(node);
    const [one, other] = [light(parse(style.color)), light(behind(node))].sort((a, b) => b - a);
    const ratio = (one + 0.05) / (other + 0.05);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
    if (ratio < (large ? 3 : 4.5)) weak.push(`${node.className || node.id || node.tagName}: ${ratio.toFixed(2)}`);
  }
  return [...new Set(weak)];
}"""


def full_of_life(visit):
    incident = visit.panic()
    nodes = visit.api.raise_alarm(incident)
    visit.api.command_says(incident, "sounding", nodes[:2])
    visit.api.command_says(incident, "failed", nodes[2:3])
    visit.api.emit("forward_failed", incident, channel="police_cap", attempts=2, error="HTTP 503")
    visit.api.emit("human_paged", incident, reason="police_cap not accepted for 60 s")
    visit.api.emit("police_replied", incident, reply="acknowledged", operator="Aiptu Wulan")
    visit.page.fill("#notice-text", "Minggu 07.00 bersihkan selokan bersama-sama di sepanjang gang sampai selesai")
    visit.page.click("#notice button")
    visit.page.wait_for_selector('.card[data-card="told"]')
    visit.page.select_option("#story-of", incident)
    visit.page.wait_for_selector('#story [data-event="police_replied"]')


def small_targets(visit, least):
    """Controls lower than `least` CSS pixels (WCAG 2.5.8 asks for 24); links in running text are exempt."""
    return visit.page.evaluate(
        """least => [...document.querySelectorAll(".resident button, .resident input, .resident select, .tools > *")]
          .filter((node) => node.matches("button, a, input, select") && node.checkVisibility())
          .filter((node) => node.getBoundingClientRect().height < least)
          .map((node) => `${node.id || node.className} ${node.getBoundingClientRect().height}`)""",
        least,
    )


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("language", ["id", "en"])
def test_button_map_drums_and_inbox_are_on_the_first_screen(open_page, api, scheme, language):
    visit = open_page(api, f"/?lang={language}", scheme=scheme)
    visit.ready()
    full_of_life(visit)
    assert visit.page.evaluate("() => document.documentElement.scrollHeight <= innerHeight")
    for part in ("#panic", "#own", "#map", "#drums", ".police iframe", "#story"):
        box = visit.page.locator(part).bounding_box()
        assert box["y"] >= 0, part
        assert box["y"] + box["height"] <= 768, part
        assert box["x"] + box["width"] <= 1366, part
    assert visit.page.evaluate(CONTRAST) == []
    assert small_targets(visit, 24) == []
    frame = visit.page.frame_locator(".police iframe")
    assert "Kotak masuk" in frame.locator("p").inner_text()


@pytest.mark.parametrize(("width", "height"), [(360, 740), (800, 1000), (1150, 768), (1440, 900)])
def test_nothing_is_cut_off_at_any_width(open_page, api, width, height):
    visit = open_page(api, width=width, height=height)
    visit.ready()
    full_of_life(visit)
    assert visit.page.evaluate("() => document.documentElement.scrollWidth") == width
    outside = visit.page.evaluate("""() => [...document.querySelectorAll("main *:not(#map *):not(option)")]
      .filter((node) => node.checkVisibility() && node.getBoundingClientRect().right > innerWidth + 0.5)
      .map((node) => node.className || node.tagName)""")
    assert outside == []


def test_on_a_telephone_the_button_comes_first_and_is_big(open_page, api):
    visit = open_page(api, width=360, height=640)
    visit.ready()
    box = visit.page.locator("#panic").bounding_box()
    assert box["y"] + box["height"] <= 400
    assert min(box["width"], box["height"]) >= 160
    visit.page.wait_for_selector(".kind")
    assert small_targets(visit, 40) == []


def test_everything_that_can_be_done_can_be_reached_by_key(visit):
    reached = set()
    for _ in range(40):
        visit.page.keyboard.press("Tab")
        reached.add(visit.page.evaluate("() => document.activeElement.id || document.activeElement.className"))
    assert {"sound", "language", "panic", "kind", "notice-kind", "notice-text", "send"} <= reached


def test_every_control_has_a_name(visit):
    nameless = visit.page.evaluate("""() => [...document.querySelectorAll("button, a, select, input, iframe, [role=region]")]
      .filter((node) => node.checkVisibility())
      .filter((node) => !(node.getAttribute("aria-label") || node.title || node.textContent.trim()))
      .map((node) => node.outerHTML)""")
    assert nameless == []
