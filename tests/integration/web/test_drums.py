"""The home RT's drums and the map follow the events, and nothing else."""

import pytest
from tests.fakes.api_server import HOME_NODES

pytestmark = pytest.mark.real


def states(visit):
    return dict(visit.page.eval_on_selector_all(".drum", "drums => drums.map(d => [d.dataset.node, d.dataset.state])"))


def all_in(visit, state):
    visit.eventually("state => [...document.querySelectorAll('.drum')].every(d => d.dataset.state === state)", state)


def test_every_state_of_a_command_is_shown_as_it_comes(visit):
    assert states(visit) == dict.fromkeys(HOME_NODES, "ready")
    incident = visit.panic()
    assert states(visit) == dict.fromkeys(HOME_NODES, "ready"), "a stored report is not yet an alarm"
    nodes = visit.api.raise_alarm(incident)
    all_in(visit, "queued")
    for state, word in [
        ("sent", "Terkirim"),
        ("device_acked", "Diterima alat"),
        ("sounding", "Berbunyi"),
        ("completed", "Selesai"),
    ]:
        visit.api.command_says(incident, state, nodes)
        all_in(visit, state)
        assert visit.page.inner_text(".drum >> nth=0 >> .drum-word") == word
        sounding = visit.page.locator('.drum[data-siren="sounding"]').count()
        assert sounding == (len(nodes) if state == "sounding" else 0)


def test_one_that_fails_is_shown_as_failed_beside_one_that_sounds(visit):
    incident = visit.panic()
    nodes = visit.api.raise_alarm(incident)
    visit.api.command_says(incident, "sounding", nodes[:1])
    visit.api.command_says(incident, "failed", nodes[1:2])
    visit.api.emit("presence_changed", node=nodes[2], presence="offline")
    expected = {nodes[0]: "sounding", nodes[1]: "failed", nodes[2]: "offline", nodes[3]: "queued"}
    visit.eventually(
        "want => Object.entries(want).every(([n, s]) => document.querySelector(`[data-node='${n}']`).dataset.state === s)",
        expected,
    )


def test_only_a_kentongan_that_is_not_there_is_grey(visit):
    visit.api.emit("presence_changed", node=HOME_NODES[0], presence="offline")
    visit.page.wait_for_selector('.drum[data-state="offline"]')
    filters = visit.page.eval_on_selector_all(
        ".drum", "drums => drums.map(d => [d.dataset.node, getComputedStyle(d.querySelector('svg')).filter])"
    )
    assert dict(filters) == dict.fromkeys(HOME_NODES, "none") | {HOME_NODES[0]: "grayscale(1)"}


def test_a_sounding_drum_is_struck_in_the_rhythm_and_rests_when_it_ends(visit):
    incident = visit.panic()
    nodes = visit.api.raise_alarm(incident)
    visit.api.command_says(incident, "sounding", nodes[:1])
    visit.eventually("id => Number(document.querySelector(`[data-node='${id}']`).dataset.strokes) >= 5", nodes[0])
    assert visit.page.get_attribute(f"[data-node='{nodes[1]}']", "data-strokes") is None
    visit.api.command_says(incident, "completed", nodes[:1])
    visit.page.wait_for_selector(f"[data-node='{nodes[0]}'][data-siren='silent']")
    assert visit.page.locator("#pattern").is_hidden()


def test_the_lamp_has_the_colour_of_the_kind(visit):
    visit.hold('.kind:has([data-kind="fire"])')
    visit.page.wait_for_selector('#own[data-state="stored"]')
    incident = visit.api.incident_of()
    visit.api.command_says(incident, "sounding", visit.api.raise_alarm(incident, "fire"))
    visit.page.wait_for_selector('.drum[data-lamp="amber"]')
    assert visit.page.inner_text("#pattern") == "Kebakaran: irama 3-3"


def test_the_real_micropython_and_the_one_behind_the_gateway_are_named(visit):
    badges = {
        node: visit.page.inner_text(f"[data-node='{node}'] .badges")
        for node in ("ktg-0001-1", "ktg-0001-2", "ktg-0001-3")
    }
    assert badges == {"ktg-0001-1": "MicroPython asli", "ktg-0001-2": "", "ktg-0001-3": "lewat gateway"}
    assert visit.page.inner_text("#wiring").startswith("Broker: mosquitto")


def test_the_map_counts_and_only_the_rt_that_sounds_is_told_to_sound(visit):
    counts = "() => ['quiet', 'sounding', 'deaf'].map(s => document.getElementById(`count-${s}`).textContent).join(' ')"
    assert visit.page.evaluate(counts) == "30 0 0"
    incident = visit.panic()
    visit.api.command_says(incident, "sounding", visit.api.raise_alarm(incident))
    visit.eventually(f"() => ({counts})() === '29 1 0'")
    other = visit.api.regions[1]
    for node in other["nodes"]:
        visit.api.emit("presence_changed", region=other["code"], node=node["id"], presence="offline")
    visit.eventually(f"() => ({counts})() === '28 1 1'")
    visit.api.command_says(incident, "silenced", list(HOME_NODES))
    visit.eventually(f"() => ({counts})() === '29 0 1'")


def test_a_click_on_the_map_names_the_rt_and_its_kentongan(visit):
    spot = visit.page.evaluate("""() => {
      const { left, top, width, height } = document.querySelector("#map").getBoundingClientRect();
      return { left, top, width, height };
    }""")
    # The home point is drawn last and largest: find it by its colour on the canvas.
    found = visit.page.evaluate("""() => {
      const canvas = document.querySelector("#map canvas");
      const box = canvas.getBoundingClientRect();
      const scale = canvas.width / box.width;
      const { data, width } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      for (let i = 0; i < data.length; i += 4) {
        if (data[i] === 255 && data[i + 1] === 243 && data[i + 2] === 220) {
          const p = i / 4;
          return { x: box.left + (p % width) / scale, y: box.top + Math.floor(p / width) / scale + 6 };
        }
      }
      return null;
    }""")
    assert found, "the home RT has a ring of its own colour"
    assert spot["left"] < found["x"] < spot["left"] + spot["width"]
    visit.page.mouse.click(found["x"], found["y"])
    visit.page.wait_for_selector(".leaflet-popup .region-card")
    card = visit.page.inner_text(".leaflet-popup .region-card")
    assert "RT 01 RW 01 Miroto" in card
    assert "ktg-0001-1 · Siap" in card
    incident = visit.panic()
    visit.api.command_says(incident, "sounding", visit.api.raise_alarm(incident))
    visit.page.wait_for_selector(".region-card[data-state='sounding']")
    assert "ktg-0001-1 · Berbunyi" in visit.page.inner_text(".leaflet-popup .region-card")


def test_the_rt_head_can_silence_the_noise(visit):
    incident = visit.panic()
    visit.api.command_says(incident, "sounding", visit.api.raise_alarm(incident))
    visit.page.click("#silence")
    visit.api.command_says(incident, "silenced", list(HOME_NODES))
    all_in(visit, "silenced")
    assert visit.api.silenced == [("rt_head", incident)]


def test_a_page_opened_in_the_middle_of_an_alarm_shows_it(open_page, api):
    first = open_page(api)
    first.ready()
    incident = first.panic()
    api.command_says(incident, "sounding", api.raise_alarm(incident))
    later = open_page(api)
    later.ready()
    all_in(later, "sounding")
    later.eventually("() => Number(document.querySelector('.drum').dataset.strokes) >= 3")
    assert later.page.inner_text("#pattern") == "Panik: irama titir"
    assert "kentongan berbunyi" in later.page.inner_text("#story")


def test_a_page_opened_when_newer_news_waits_shows_what_really_sounds(open_page, api):
    first = open_page(api)
    first.ready()
    incident = first.panic()
    api.command_says(incident, "sounding", api.raise_alarm(incident))
    api.emit("incident_opened", "news", kind="gathering", **{"class": "community"})
    api.raise_alarm("news", "gathering")
    later = open_page(api)
    later.ready()
    all_in(later, "sounding")
    later.page.wait_for_selector('.drum[data-lamp="red"]')
    assert later.page.inner_text("#pattern") == "Panik: irama titir"
