"""The reporter sees how far help has come, and nothing is claimed before its own event says so."""

import pytest

pytestmark = pytest.mark.real


def reached(visit):
    return visit.page.eval_on_selector_all(
        '.step[data-state="reached"]', "steps => steps.map(step => step.dataset.step)"
    )


def wait_for(visit, step):
    visit.page.wait_for_selector(f'.step[data-step="{step}"][data-state="reached"]')


def test_from_stored_to_done(visit):
    incident = visit.panic()
    assert reached(visit) == ["stored"]
    assert visit.page.inner_text(".own-status") == "Menunggu"
    nodes = visit.api.raise_alarm(incident)
    visit.api.command_says(incident, "device_acked", nodes)
    visit.page.wait_for_selector('.drum[data-state="device_acked"]')
    assert reached(visit) == ["stored"], "a command that arrived is not yet a sound"
    visit.api.command_says(incident, "sounding", nodes[:1])
    wait_for(visit, "neighbours_called")
    visit.api.emit("forward_accepted", incident, channel="police_cap", attempts=1)
    visit.eventually(
        "() => document.querySelector('[data-step=police_saw] .step-note').textContent.includes('menunggu petugas')"
    )
    assert reached(visit) == ["stored", "neighbours_called"], "a machine that accepted is not an officer who saw"
    visit.api.emit("police_replied", incident, reply="acknowledged", operator="Aiptu Wulan")
    wait_for(visit, "police_saw")
    assert visit.page.inner_text(".own-status") == "Proses"
    visit.api.emit("police_replied", incident, reply="dispatched", operator="Aiptu Wulan")
    wait_for(visit, "on_the_way")
    visit.api.emit("police_replied", incident, reply="resolved", operator="Aiptu Wulan")
    visit.page.wait_for_selector('.own-status[data-status="done"]')
    assert visit.page.inner_text(".own-status") == "Selesai"


def test_the_stage_of_the_call_point_counts_as_well(visit):
    incident = visit.panic()
    visit.api.emit("stage_reached", incident, stage="neighbours_called")
    wait_for(visit, "neighbours_called")
    visit.api.emit("stage_reached", incident, stage="police_saw")
    wait_for(visit, "police_saw")


def test_nobody_took_it_says_call_110_until_somebody_does(visit):
    incident = visit.panic()
    visit.api.emit("forward_failed", incident, channel="police_cap", attempts=1, error="HTTP 503")
    visit.page.wait_for_selector('#story [data-event="forward_failed"]')
    assert visit.page.locator("#own .call").is_hidden()
    visit.api.emit("human_paged", incident, reason="police_cap not accepted for 60 s")
    visit.page.wait_for_selector("#own .call", state="visible")
    assert [link.get_attribute("href") for link in visit.page.locator("#own .call a").all()] == ["tel:110", "tel:112"]
    visit.api.emit("forward_accepted", incident, channel="police_cap", attempts=9)
    visit.page.wait_for_selector("#own .call", state="hidden")


def test_another_incident_changes_nothing_here(visit):
    visit.panic()
    other = visit.api.regions[3]["code"]
    visit.api.emit("incident_opened", "elsewhere", other, kind="theft", **{"class": "crime"})
    visit.api.emit("police_replied", "elsewhere", other, reply="dispatched", operator="Aiptu Wulan")
    visit.page.wait_for_selector('#story [data-event="police_replied"]')
    assert reached(visit) == ["stored"]


def test_the_story_tells_the_newest_incident_with_seconds_in_semarangs_time(visit):
    incident = visit.panic()
    nodes = visit.api.raise_alarm(incident)
    visit.api.command_says(incident, "sounding", nodes)
    visit.api.emit("police_replied", incident, reply="acknowledged", operator="Aiptu Wulan")
    visit.page.wait_for_selector('#story [data-event="police_replied"]')
    lines = visit.page.eval_on_selector_all("#story .what", "all => all.map(line => line.textContent)")
    assert lines[0] == "Polisi melihat: Aiptu Wulan menerima."
    assert lines[1] == f"4 kentongan berbunyi: {', '.join(nodes)}."
    assert lines[2] == "Alarm: 4 kentongan diperintah memukul irama titir."
    assert lines[-1] == "Peristiwa dibuka di RT 01 RW 01 Miroto: Panik."
    shown, at = visit.page.eval_on_selector("#story li:last-child time", "t => [t.textContent, t.dateTime]")
    expected = visit.page.evaluate(
        "at => new Date(Date.parse(at) + 7 * 3600e3).toISOString().slice(11, 19).replaceAll(':', '.') + ' WIB'", at
    )
    assert shown == expected


def test_an_older_story_can_be_chosen(visit):
    first = visit.panic()
    visit.page.fill("#notice-text", "Kumpul jam delapan")
    visit.page.click("#notice button")
    visit.page.wait_for_selector('#story [data-event="forward_held"]')
    visit.page.select_option("#story-of", first)
    visit.eventually("() => document.querySelector('#story').textContent.includes('Laporan tersimpan: Panik')")
    visit.api.raise_alarm(first)
    visit.page.wait_for_selector('#story [data-event="alarm_raised"]')
