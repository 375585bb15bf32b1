"""Without a demo the page asks for a token once, explains it in a sentence, and keeps it for the tab only."""

import pytest
from tests.fakes.api_server import HOME_NODES, TOKENS

pytestmark = pytest.mark.real


@pytest.fixture
def city(start_twin):
    return start_twin(demo=False)


def sign_in(visit, token):
    visit.page.wait_for_selector("#sign-in[open]")
    visit.page.fill("#token", token)
    visit.page.click("#sign-in button")


def test_a_resident_signs_in_and_holds_the_button(open_page, city):
    visit = open_page(city)
    visit.tolerate.append("401")
    sign_in(visit, "wrong")
    visit.page.wait_for_selector("#sign-in-problem", state="visible")
    sign_in(visit, TOKENS["resident"])
    visit.ready()
    assert visit.page.locator(".ribbon, iframe, #notice-as").count() == 0
    assert visit.page.inner_text("#who") == "RT Anda · Bu Sari"
    assert visit.page.inner_text("#home-name") == "RT 01 RW 01 Miroto"
    incident = visit.panic()
    assert city.posts[0][0] == TOKENS["resident"]
    city.command_says(incident, "sounding", city.raise_alarm(incident))
    visit.page.wait_for_selector(f"[data-node='{HOME_NODES[0]}'][data-state='sounding']")
    assert visit.page.locator("#silence").is_hidden(), "a resident may not silence"
    visit.page.reload()
    visit.ready()
    assert visit.page.evaluate("() => localStorage.length") == 0
    visit.page.click("#sign-out")
    visit.page.wait_for_selector("#sign-in[open]")


def test_an_operator_without_an_rt_has_a_map_and_no_button(open_page, city):
    visit = open_page(city)
    sign_in(visit, TOKENS["operator"])
    visit.ready()
    assert visit.page.get_attribute("#panic", "aria-disabled") == "true"
    assert visit.page.inner_text("#hold-says") == "Akun ini bukan warga RT mana pun"
    visit.page.hover("#panic")
    visit.page.mouse.down()
    visit.page.mouse.up()
    assert visit.page.get_attribute("#panic", "data-hold") == "idle"
    assert visit.page.evaluate("() => document.getElementById('count-quiet').textContent") == "30"


def test_a_token_that_was_revoked_leads_back_to_the_door(open_page, city):
    visit = open_page(city)
    visit.tolerate.append("401")
    visit.page.evaluate("() => sessionStorage.setItem('kentongan.token', 'revoked')")
    visit.page.reload()
    visit.page.wait_for_selector("#sign-in[open]")
    assert visit.page.evaluate("() => sessionStorage.getItem('kentongan.token')") is None
