"""The voice of the home RT: off until allowed, exactly the commanded beats, silent as soon as the state says so."""

import itertools
import math

import pytest

pytestmark = pytest.mark.real

FRAME = 441  # 10 ms at 44.1 kHz
TITIR = {"beats": [90, 110], "rounds": 0, "duration_ms": 60_000}


def test_sound_is_off_until_somebody_allows_it_and_follows_the_state(visit):
    incident = visit.panic()
    nodes = visit.api.raise_alarm(incident)
    visit.api.command_says(incident, "sounding", nodes[:2])
    visit.page.wait_for_selector('.drum[data-state="sounding"]')
    assert visit.page.get_attribute("#sound", "data-sound") == "off"
    assert visit.page.inner_text("#sound") == "Aktifkan suara"
    visit.page.click("#sound")
    visit.page.wait_for_selector('#sound[data-sound="playing"][aria-pressed="true"]')
    visit.api.command_says(incident, "completed", nodes[:1])
    visit.page.wait_for_selector(f"[data-node='{nodes[0]}'][data-state='completed']")
    assert visit.page.get_attribute("#sound", "data-sound") == "playing", "one still sounds"
    visit.api.command_says(incident, "silenced", nodes[1:2])
    visit.page.wait_for_selector('#sound[data-sound="on"]')
    visit.page.click("#sound")
    visit.page.wait_for_selector('#sound[data-sound="off"][aria-pressed="false"]')


def test_an_alarm_elsewhere_in_the_city_is_not_heard_here(visit):
    visit.page.click("#sound")
    visit.page.wait_for_selector('#sound[data-sound="on"]')
    other = visit.api.regions[7]["code"]
    visit.api.emit("incident_opened", "elsewhere", other, kind="panic", **{"class": "crime"})
    nodes = visit.api.raise_alarm("elsewhere", region=other)
    visit.api.command_says("elsewhere", "sounding", nodes, other)
    visit.eventually("() => document.getElementById('count-sounding').textContent === '1'")
    assert visit.page.get_attribute("#sound", "data-sound") == "on"


def test_the_strokes_are_exactly_the_commanded_beats(visit):
    assert strokes(visit, TITIR, 0, 1000) == [0, 200, 400, 600, 800]
    assert strokes(visit, TITIR, 1, 400) == [200]
    assert strokes(visit, TITIR, 59_700, 90_000) == [59_800], "it ends with the alarm"
    threes = {"beats": [90, 160, 90, 160, 90, 900], "rounds": 2, "duration_ms": 60_000}
    assert strokes(visit, threes, 0, 60_000) == [0, 250, 500, 1490, 1740, 1990]
    assert strokes(visit, {"beats": [], "rounds": 0, "duration_ms": 0}, 0, 60_000) == []
    assert strokes(visit, {"beats": [0, 0], "rounds": 0, "duration_ms": 0}, 0, 60_000) == []


def test_adjoining_windows_lose_and_double_no_stroke(visit):
    whole = strokes(visit, TITIR, 0, 5000)
    cuts = [0, 1, 199, 200, 201, 777, 1000, 1333, 2600, 4999, 5000]
    pieces = [at for since, until in itertools.pairwise(cuts) for at in strokes(visit, TITIR, since, until)]
    assert pieces == whole


def test_what_sounds_is_wood_at_those_moments(visit):
    """Rendered by the browser's own audio engine: silence between the strokes, a falling tone near 780 Hz in each."""
    rendered = visit.module(
        "sound.js",
        """
        const rate = 44100;
        const context = new OfflineAudioContext(1, rate, rate);
        module.scheduleStrokes(context.destination, module.wood(context), argument, 0.05, 0, 1000);
        return Array.from((await context.startRendering()).getChannelData(0));
        """,
        TITIR,
    )
    rate = 44_100
    loud = [energy(rendered[i : i + FRAME]) > 1e-4 for i in range(0, rate, FRAME)]
    onsets = [i * FRAME for i in range(1, len(loud)) if loud[i] and not loud[i - 1]]
    assert [onset / rate for onset in onsets] == [0.05, 0.25, 0.45, 0.65, 0.85]
    stroke = rendered[onsets[0] : onsets[0] + int(0.06 * rate)]
    assert max(map(abs, rendered)) <= 1.0
    assert 700 <= strongest(stroke, rate) <= 900
    assert energy(stroke) > 20 * energy(rendered[onsets[0] + int(0.13 * rate) : onsets[1]])


def strokes(visit, rhythm, since, until):
    return visit.module("rhythm.js", "return module.strokes(...argument);", [rhythm, since, until])


def strongest(samples, rate):
    """The loudest frequency from 200 to 3000 Hz, in steps of 10."""

    def power(frequency):
        turn = 2 * math.pi * frequency / rate
        real = sum(s * math.cos(turn * i) for i, s in enumerate(samples))
        imaginary = sum(s * math.sin(turn * i) for i, s in enumerate(samples))
        return real * real + imaginary * imaginary

    return max(range(200, 3000, 10), key=power)


def energy(samples):
    return sum(sample * sample for sample in samples) / len(samples)
