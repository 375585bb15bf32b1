"""The neighbour's two buttons, at the bottom of the screen as long as an incident at home wants answers."""

import pytest

pytestmark = pytest.mark.real


@pytest.fixture
def visit(open_page, api):
    """A small telephone at night."""
    made = open_page(api, width=360, height=740)
    made.ready()
    return made


def shouts(visit, kind="theft"):
    """A neighbour reports; the incident is not one's own."""
    incident = f"incident-of-another-{kind}"
    of = "community" if kind == "gathering" else "crime"
    visit.api.emit("incident_opened", incident, kind=kind, **{"class": of})
    return incident


def counts(visit, text):
    visit.eventually("text => document.querySelector('#answer-says').textContent === text", text)


def test_two_buttons_in_reach_of_the_thumb_and_what_all_have_said(visit):
    assert visit.page.locator("#answer").is_hidden()
    incident = shouts(visit)
    visit.page.wait_for_selector("#answer")
    for name, word in (("coming", "Saya datang"), ("seen", "Saya lihat")):
        box = visit.page.locator(f"#{name}").bounding_box()
        assert visit.page.inner_text(f"#{name}").endswith(word)
        assert box["height"] >= 44
        assert box["y"] + box["height"] <= 740
    visit.page.click("#seen")
    visit.page.wait_for_selector('#seen[aria-pressed="true"]')
    counts(visit, "0 datang, 1 melihat")
    visit.page.click("#coming")
    visit.page.wait_for_selector('#coming[aria-pressed="true"]')
    assert visit.api.answered == [("resident", incident, "seen"), ("resident", incident, "coming")]
    visit.api.emit("acknowledged", incident, by="community", coming=3, seen=5)
    counts(visit, "3 datang, 5 melihat")
    visit.api.emit("incident_status_changed", incident, status="resolved")
    visit.page.wait_for_selector("#answer", state="hidden")


def test_who_cannot_come_after_all_says_so_with_two_taps(visit):
    incident = shouts(visit)
    assert visit.page.locator("#stay").is_hidden()
    visit.page.click("#coming")
    counts(visit, "1 datang, 0 melihat")
    assert visit.page.locator("#seen").is_hidden()
    box = visit.page.locator("#stay").bounding_box()
    assert box["height"] >= 44
    visit.page.click("#stay")
    assert visit.page.inner_text("#stay") == "Ketuk lagi: batal datang"
    counts(visit, "1 datang, 0 melihat")
    visit.page.click("#stay")
    visit.page.wait_for_selector('#seen[aria-pressed="true"]')
    counts(visit, "0 datang, 1 melihat")
    assert visit.page.locator("#stay").is_hidden()
    assert [answer for _, of, answer in visit.api.answered if of == incident] == ["coming", "seen"]
    visit.page.wait_for_selector('#story [data-event="coming_withdrawn"]')


def test_an_answer_without_a_network_is_said_until_it_is_kept(visit):
    visit.tolerate.append("503")
    visit.api.answers.extend([503])
    shouts(visit)
    visit.page.click("#coming")
    counts(visit, "Belum terkirim, dicoba lagi…")
    counts(visit, "1 datang, 0 melihat")
    assert [answer for _, _, answer in visit.api.answered] == ["coming"]


def test_a_refusal_says_why_and_leaves_no_tick(visit):
    visit.tolerate.append("409")
    visit.api.answers.extend([409])
    shouts(visit)
    visit.page.click("#coming")
    visit.eventually("() => document.querySelector('#answer-says').textContent.startsWith('Tidak tercatat:')")
    assert visit.page.get_attribute("#coming", "aria-pressed") == "false"


def test_one_s_own_report_shows_who_comes_and_asks_nothing(visit):
    incident = visit.panic()
    visit.page.wait_for_selector("#answer")
    assert visit.page.locator("#answer-buttons").is_hidden()
    visit.api.emit("acknowledged", incident, by="community", coming=1, seen=0)
    counts(visit, "1 datang, 0 melihat")


def test_news_asks_for_no_answer(visit):
    shouts(visit, "gathering")
    visit.page.wait_for_selector('#story [data-event="incident_opened"]')
    assert visit.page.locator("#answer").is_hidden()
