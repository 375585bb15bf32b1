"""Bahasa Indonesia first, English by one switch; both say everything."""

import json
import re

import pytest

from kentongan_server.inbound.web.assets import HERE

pytestmark = pytest.mark.real

ID, EN = (json.loads((HERE / "i18n" / f"{language}.json").read_text("utf-8")) for language in ("id", "en"))


def test_both_languages_have_the_same_sentences_with_the_same_places():
    assert list(ID) == list(EN)
    places = re.compile(r"\{\w+\}")
    assert {key: sorted(places.findall(text)) for key, text in ID.items()} == {
        key: sorted(places.findall(text)) for key, text in EN.items()
    }
    assert [key for key, text in (ID | EN).items() if not text.strip()] == []


def test_every_sentence_asked_for_by_name_exists_and_none_lies_about_unused():
    scripts = "".join(path.read_text("utf-8") for path in (HERE / "static").glob("*.js"))
    page = (HERE / "templates" / "page.html").read_text("utf-8")
    asked = set(re.findall(r'\bt\("([\w.]+)"', scripts)) | set(re.findall(r'say\("([\w.]+)"\)', page))
    asked |= set(re.findall(r'words\["([\w.]+)"\]', page)) | set(re.findall(r"words\['([\w.]+)'\]", page))
    people = json.loads((HERE / "i18n" / "people-id.json").read_text("utf-8"))  # of the small pages
    assert asked - set(ID) - set(people) == set()
    families = {family.rstrip(".") for family in re.findall(r"`([\w.]+\.)\$\{", scripts)}
    quoted = set(re.findall(r'"([a-z_]+\.[\w.]+)"', scripts))
    lonely = {key for key in ID if key not in asked | quoted and not any(key.startswith(f"{f}.") for f in families)}
    assert lonely == set()


def test_the_switch_speaks_english_and_back_without_leaving_the_page(visit):
    incident = visit.panic()
    visit.api.command_says(incident, "sounding", visit.api.raise_alarm(incident))
    visit.page.wait_for_selector('.drum[data-state="sounding"]')
    visit.page.evaluate("() => { window.sameDocument = true; }")
    visit.page.click("#language")
    visit.page.wait_for_selector('html[lang="en"]')
    assert visit.page.inner_text(".panic-how") == "Hold 1.5 seconds"
    assert visit.page.inner_text(".drum >> nth=0 >> .drum-word") == "Sounding"
    assert visit.page.inner_text(".own-kind") == "Panic"
    assert visit.page.inner_text("#pattern") == "Panic: titir pattern"
    assert "kentongan sounding" in visit.page.inner_text("#story")
    assert visit.page.title() == EN["page.title"]
    assert visit.page.url.endswith("?lang=en")
    assert visit.page.evaluate("() => window.sameDocument")
    visit.page.click("#language")
    visit.page.wait_for_selector('html[lang="id"]')
    assert visit.page.inner_text(".panic-how") == "Tahan 1,5 detik"


@pytest.mark.parametrize(
    ("path", "words", "language"), [("/", ID, "id"), ("/?lang=en", EN, "en"), ("/?lang=xx", ID, "id")]
)
def test_the_server_speaks_the_language_asked_for_from_the_first_byte(open_page, api, path, words, language):
    visit = open_page(api, path)
    html = visit.page.request.get(api.url + path).text()
    assert f'<html lang="{language}">' in html
    marked = dict(re.findall(r'data-t="([\w.]+)">([^<]*)<', html))
    assert marked
    assert {key: words[key] for key in marked} == {key: text.replace("&#39;", "'") for key, text in marked.items()}
    visit.ready()
    assert visit.page.get_attribute("html", "lang") == language
