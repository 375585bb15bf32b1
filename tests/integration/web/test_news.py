"""Community news: told to the neighbours, held from the police, and shown as the text it is."""

import pytest

pytestmark = pytest.mark.real

NASTY = '<img src=x onerror="document.title=1"><script>document.title=2</script>{kind} & "kutip"'


def send(visit, text, kind="community_work"):
    visit.page.select_option("#notice-kind", kind)
    visit.page.fill("#notice-text", text)
    visit.page.click("#notice button")


def test_the_wall_held_it_and_the_neighbours_were_told(visit):
    send(visit, "Minggu 07.00 bersihkan selokan")
    visit.page.wait_for_selector('.card[data-card="told"]')
    assert visit.page.inner_text('.card[data-card="held"]') == (
        "Kerja bakti: Tembok kategori menahan kabar ini: tidak dikirim ke polisi."
    )
    assert visit.page.inner_text('.card[data-card="told"]') == "Tetangga sudah diberi tahu (31 warga)."
    ((token, body, status),) = visit.api.posts
    assert (token, status) == ("token-of-the-rt_head", 201)
    assert (body["kind"], body["text"]) == ("community_work", "Minggu 07.00 bersihkan selokan")
    assert visit.page.locator("#own").is_hidden(), "news is no report of danger"
    assert visit.page.input_value("#notice-text") == ""


@pytest.mark.parametrize("kind", ["community_work", "death_notice", "gathering", "house_watch"])
def test_every_kind_of_news_can_be_sent_by_a_resident(visit, kind):
    visit.page.select_option("#notice-as", "resident")
    send(visit, "", kind)
    visit.page.wait_for_selector('.card[data-card="held"]')
    ((token, body, _),) = visit.api.posts
    assert token == "token-of-the-resident"
    assert (body["kind"], "text" in body) == (kind, False)


def test_no_card_without_the_events(visit):
    visit.panic()
    visit.page.wait_for_selector('#story [data-event="residents_told"]')
    assert visit.page.locator(".card").count() == 0, "a crime is not held, and its neighbours are called by sound"


def test_news_never_takes_the_place_of_a_report_of_danger(visit):
    visit.panic()
    send(visit, "Kumpul jam delapan", "gathering")
    visit.page.wait_for_selector('.card[data-card="told"]')
    assert visit.page.inner_text(".own-kind") == "Panik"


def test_markup_in_news_names_and_operators_is_shown_as_text(visit):
    visit.api.regions[0]["name"] = "RT 01 <b>Miroto</b>"
    visit.page.reload()
    visit.ready()
    title = visit.page.title()
    send(visit, NASTY)
    visit.page.wait_for_selector('#story [data-event="residents_told"]')
    incident = visit.api.incident_of()
    visit.api.emit("police_replied", incident, reply="<i>seen</i>", operator=NASTY)
    visit.page.wait_for_selector('#story [data-event="police_replied"]')
    assert NASTY in visit.page.inner_text("#story")
    assert "<b>Miroto</b>" in visit.page.inner_text("#home-name")
    assert visit.page.evaluate("() => document.querySelectorAll('main img, main b, main i, main script').length") == 0
    assert visit.page.title() == title


def test_news_that_is_refused_says_so(visit):
    visit.tolerate.append("403")
    visit.api.answers.append(403)
    send(visit, "Kumpul", "gathering")
    says = visit.page.locator("#notice-says").filter(has_text="Laporan ditolak: The twin was told to answer so.")
    says.wait_for(state="visible")
