"""The live line: any cut in the stream is read right, a break is seen, resumed and misses nothing."""

import pytest
from tests.fakes.api_server import HOME_NODES

pytestmark = pytest.mark.real

SAMPLE = (
    "\ufeff: hello\n\nid: 1\r\nevent: one\r\ndata: satu — é\r\n\r\n"
    "id:2\rdata\rdata:two\rdata: three\r\r"
    "event: empty\n\nid: 3\nid: bad\0id\ndata: {\"a\": \"b: c\"}\nretry: 10\nunknown: x\n\n"
    "data: never finished"
)  # fmt: skip
EVENTS = [
    {"id": "1", "event": "one", "data": "satu — é"},
    {"id": "2", "event": "message", "data": "\ntwo\nthree"},
    {"id": "3", "event": "message", "data": '{"a": "b: c"}'},
]


def test_the_stream_is_read_right_wherever_it_is_cut(visit):
    wrong = visit.module(
        "event_stream.js",
        """
        const [text, expected] = argument;
        const bytes = new TextEncoder().encode(text);
        const wrong = [];
        for (let size = 1; size <= bytes.length; size += 1) {
          const stream = new module.EventStream();
          const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
          const events = [];
          for (let at = 0; at < bytes.length; at += size) {
            events.push(...stream.feed(decoder.decode(bytes.slice(at, at + size), { stream: true })));
          }
          if (JSON.stringify(events) !== JSON.stringify(expected)) wrong.push([size, events]);
        }
        return wrong;
        """,
        [SAMPLE, EVENTS],
    )
    assert wrong == []


def test_events_in_pieces_of_three_bytes_arrive_whole(open_page, api):
    api.chop = 3
    visit = open_page(api)
    visit.ready()
    incident = visit.panic()
    visit.api.command_says(incident, "sounding", visit.api.raise_alarm(incident))
    visit.eventually("() => document.querySelectorAll('.drum[data-state=sounding]').length === 4")


def test_a_break_is_shown_and_what_happened_meanwhile_is_caught_up(visit):
    visit.tolerate.append("503")
    incident = visit.panic()
    nodes = visit.api.raise_alarm(incident)
    visit.page.wait_for_selector('.drum[data-state="queued"]')
    visit.api.feed_open = False
    visit.api.cut()
    visit.page.wait_for_selector('#connection[data-state="lost"]')
    assert visit.page.inner_text("#connection").startswith("Terputus")
    visit.api.command_says(incident, "sounding", nodes)
    visit.api.emit("police_replied", incident, reply="acknowledged", operator="Aiptu Wulan")
    visit.api.feed_open = True
    visit.page.wait_for_selector('#connection[data-state="open"]')
    visit.page.wait_for_selector('.step[data-step="police_saw"][data-state="reached"]')
    visit.eventually("() => document.querySelectorAll('.drum[data-state=sounding]').length === 4")
    last_before_the_break = visit.api.resumed_after[-1]
    assert last_before_the_break is not None
    assert int(last_before_the_break) >= 5
    lines = visit.page.eval_on_selector_all("#story li", "all => all.map(line => line.textContent)")
    assert len(lines) == len(set(lines)), "what came twice is told once"


def test_a_siren_that_fell_silent_during_a_break_is_silent_after_it(visit):
    visit.tolerate.append("503")
    incident = visit.panic()
    visit.api.command_says(incident, "sounding", visit.api.raise_alarm(incident))
    visit.page.wait_for_selector('.drum[data-state="sounding"]')
    visit.api.feed_open = False
    visit.api.cut()
    visit.page.wait_for_selector('#connection[data-state="lost"]')
    for node in visit.api.regions[0]["nodes"]:
        node["siren"] = "silent"
    visit.api.feed_open = True
    visit.page.wait_for_selector('#connection[data-state="open"]')
    visit.eventually("() => document.querySelectorAll('.drum[data-siren=sounding]').length === 0")


def test_an_event_that_cannot_be_shown_does_not_stop_the_next(visit):
    visit.tolerate.append("could not be shown")
    visit.api.emit("alarm_raised", visit.panic(), nodes=None)
    visit.api.emit("presence_changed", node=HOME_NODES[1], presence="offline")
    visit.page.wait_for_selector(f"[data-node='{HOME_NODES[1]}'][data-state='offline']")
    assert any("could not be shown" in complaint for complaint in visit.complaints)


def test_an_event_of_a_kind_not_known_yet_is_passed_over(visit):
    incident = visit.panic()
    visit.api.emit("dance_started", incident, style="gambang semarang")
    visit.api.emit("police_replied", incident, reply="acknowledged", operator="Aiptu Wulan")
    visit.page.wait_for_selector('#story [data-event="police_replied"]')
    assert visit.page.locator('#story [data-event="dance_started"]').count() == 0
