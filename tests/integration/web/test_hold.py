"""Hold to send: by pointer, by touch and by key; too short sends nothing and says so."""

import re

import pytest

pytestmark = pytest.mark.real

ULID = re.compile(r"^[0-7][0-9A-HJKMNP-TV-Z]{25}$")


def test_a_short_hold_sends_nothing_and_says_so(visit):
    visit.page.hover("#panic")
    visit.page.mouse.down()
    visit.page.wait_for_selector('#panic[data-hold="holding"]')
    visit.page.mouse.up()
    visit.page.wait_for_selector('#hold-says[data-says="hold.short"]')
    assert "tidak ada yang dikirim" in visit.page.inner_text("#hold-says")
    visit.panic()
    assert len(visit.api.posts) == 1, "only the full hold after it was sent"


def test_a_full_hold_sends_one_panic_for_the_home_rt_as_the_resident(visit):
    visit.panic()
    ((token, body, status),) = visit.api.posts
    assert (token, status) == ("token-of-the-resident", 201)
    assert ULID.match(body.pop("id"))
    assert body == {"kind": "panic", "region": "33.74.01.1001/RW01/RT01"}
    assert visit.page.inner_text('.step[data-step="stored"] .step-name') == "Tersimpan"


def test_it_takes_a_second_and_a_half(visit):
    visit.page.evaluate("""() => {
      const button = document.querySelector("#panic");
      window.changes = [];
      new MutationObserver(() => changes.push([button.dataset.hold, performance.now()]))
        .observe(button, { attributeFilter: ["data-hold"] });
    }""")
    visit.panic()
    changes = dict(visit.page.evaluate("() => window.changes"))
    assert 1500 <= changes["held"] - changes["holding"] < 2500


@pytest.mark.parametrize("key", ["Space", "Enter"])
def test_a_key_held_works_like_the_pointer(visit, key):
    visit.page.focus("#panic")
    visit.page.keyboard.down(key)
    visit.page.wait_for_selector('#panic[data-hold="holding"]')
    visit.page.keyboard.up(key)
    visit.page.wait_for_selector('#hold-says[data-says="hold.short"]')
    visit.page.keyboard.down(key)
    visit.page.wait_for_selector('#panic[data-hold="held"]')
    visit.page.keyboard.down(key)  # a key held longer repeats itself
    visit.page.keyboard.up(key)
    visit.page.wait_for_selector('#own[data-state="stored"]')
    assert len(visit.api.posts) == 1


def test_a_touch_held_sends_and_one_that_the_system_takes_away_does_not(visit):
    box = visit.page.locator("#panic").bounding_box()
    finger = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    screen = visit.page.context.new_cdp_session(visit.page)

    def touch(kind, *points):
        screen.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

    touch("touchStart", finger)
    visit.page.wait_for_selector('#panic[data-hold="holding"]')
    touch("touchCancel")
    visit.page.wait_for_selector('#hold-says[data-says="hold.short"]')
    touch("touchStart", finger)
    visit.page.wait_for_selector('#own[data-state="stored"]')
    touch("touchEnd")
    visit.page.wait_for_selector('#panic[data-hold="idle"]')
    assert len(visit.api.posts) == 1


def test_a_finger_that_slides_off_sends_nothing(visit):
    visit.page.hover("#panic")
    visit.page.mouse.down()
    visit.page.wait_for_selector('#panic[data-hold="holding"]')
    visit.page.mouse.move(900, 600)
    visit.page.wait_for_selector('#hold-says[data-says="hold.short"]')
    visit.page.mouse.up()
    visit.panic()
    assert len(visit.api.posts) == 1


def test_holding_on_after_sending_sends_no_second_report(visit):
    visit.page.hover("#panic")
    visit.page.mouse.down()
    visit.page.wait_for_selector('#own[data-state="stored"]')
    visit.page.mouse.up()
    visit.page.wait_for_selector('#panic[data-hold="idle"]')
    visit.panic()
    assert len(visit.api.posts) == 2
    assert visit.api.posts[0][1]["id"] != visit.api.posts[1][1]["id"]


def test_other_kinds_are_held_too(visit):
    visit.hold('.kind:has([data-kind="fire"])')
    visit.page.wait_for_selector('#own[data-state="stored"]')
    assert [body["kind"] for _, body, _ in visit.api.posts] == ["fire"]
    assert visit.page.inner_text('.step[data-step="accepted"] .step-name') == "112 menerima"


def test_without_motion_the_ring_moves_in_steps_and_nothing_pulses(open_page, api):
    visit = open_page(api, motion="reduce")
    visit.ready()
    assert visit.page.evaluate("() => document.getAnimations().length") == 0
    visit.page.hover("#panic")
    visit.page.mouse.down()
    visit.page.wait_for_selector('#panic[data-hold="holding"]')
    timing = visit.page.evaluate(
        "() => getComputedStyle(document.querySelector('.hold-progress')).transitionTimingFunction"
    )
    visit.page.mouse.up()
    assert timing.startswith("steps(")
