"""What must hold when a part is killed, cut off or silent: nothing accepted is lost, and nothing sounds twice."""

import time

import pytest
from tests.journeys.neighbourhood import HERE, NODES, Neighbourhood, wait_for

pytestmark = [pytest.mark.real, pytest.mark.slow]

ONCE = {name: 1 if region == HERE else 0 for region, names in NODES.items() for name in names}


def test_a_server_killed_between_commit_and_publishing_sounds_after_its_restart_once(neighbourhood: Neighbourhood):
    neighbourhood.broker.stop()  # so that nothing can be published
    accepted = neighbourhood.report("panic")
    assert accepted.status_code == 201
    neighbourhood.kill_server()
    neighbourhood.broker.start()
    neighbourhood.start_server()
    neighbourhood.wait_sounding()
    assert neighbourhood.incident()["id"] == accepted.json()["incident"]
    assert neighbourhood.soundings() == ONCE


def test_a_press_while_the_broker_is_away_sounds_the_rt_when_it_returns_once(neighbourhood: Neighbourhood):
    neighbourhood.broker.stop()
    pressed = neighbourhood.node["ktg-0101-1"]
    report = pressed.press()
    own = pressed.wait("siren", on=True)
    assert own["command"] is None  # its own siren asked nobody
    time.sleep(10)
    neighbourhood.broker.start()
    pressed.wait("confirmed", report=report, deadline_s=30)
    neighbourhood.wait_sounding()
    assert neighbourhood.incident()["reports"] == 1
    assert neighbourhood.soundings() == ONCE


def test_a_police_that_breaks_every_answer_off_and_a_server_killed_meanwhile_leave_one_document_each(
    neighbourhood: Neighbourhood,
):
    neighbourhood.centre.misbehave("reset")  # each document is taken, and nobody here can know it
    incident = neighbourhood.report("panic").json()["incident"]
    neighbourhood.wait_sounding()
    taken = wait_for(lambda: (m := neighbourhood.messages(incident)) and len(m) == 2 and m, "both documents")
    neighbourhood.wait_incident(lambda found: found["police"] == "failing", "the server to hold them for not taken")
    neighbourhood.kill_server()
    neighbourhood.centre.misbehave("none")
    neighbourhood.start_server()
    neighbourhood.wait_incident(lambda found: found["police"] == "accepted", "the server to know", 60)
    assert neighbourhood.messages(incident) == taken, "each was repeated under its own id, and counted once"
    assert len(neighbourhood.centre.get("/api/cases")) == 1
    assert neighbourhood.soundings() == ONCE


@pytest.mark.timeout(300)
def test_a_silent_police_pages_a_human_at_a_minute_and_gets_the_report_once_when_it_returns(
    neighbourhood: Neighbourhood,
):
    neighbourhood.stop_centre()
    begun = time.monotonic()
    incident = neighbourhood.report("panic").json()["incident"]
    neighbourhood.wait_sounding()  # a police server that is away delays no siren
    assert neighbourhood.soundings() == ONCE  # later nobody has answered, and the alarm rises to the RW
    wait_for(lambda: neighbourhood.pager.pages, "the page", 75)
    at, page = neighbourhood.pager.pages[0]
    assert 59 <= at - begun <= 70
    assert page["incident"] == incident
    told = neighbourhood.wait_incident(lambda found: _has(found, "human_paged"), "the timeline to say so")
    assert any(e["event"] == "stage_reached" and e["data"]["stage"] == "not_delivered" for e in told["timeline"])

    time.sleep(max(0.0, 120 - (time.monotonic() - begun)))
    neighbourhood.start_centre()
    messages = wait_for(
        lambda: (found := neighbourhood.messages(incident)) and len(found) == 2 and found, "both documents", 90
    )
    assert sorted(message["format"] for message in messages) == ["cap", "webhook"]
    neighbourhood.wait_incident(lambda found: found["police"] == "accepted", "the server to know")
    assert len(neighbourhood.centre.get("/api/cases")) == 1
    assert len(neighbourhood.pager.pages) == 1


def _has(incident, event):
    return any(entry["event"] == event for entry in incident["timeline"])
