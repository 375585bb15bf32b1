"""From the finger to the sirens, the neighbours and the police, and the answer back."""

import pytest
from tests.journeys.neighbourhood import HERE, NODES, THERE, Neighbourhood, wait_for

pytestmark = [pytest.mark.real, pytest.mark.slow]


def test_a_press_sounds_the_rt_and_the_answer_comes_back_to_its_light(neighbourhood: Neighbourhood):
    pressed = neighbourhood.node["ktg-0101-1"]
    report = pressed.press()
    neighbourhood.wait_sounding()
    incident = neighbourhood.incident()
    assert (incident["kind"], incident["class"], incident["region"]) == ("panic", "crime", HERE)
    assert {kentongan["node"] for kentongan in incident["alarm"]} == set(NODES[HERE])

    _assert_police_have_it(neighbourhood, incident["id"])
    neighbourhood.centre.say(incident["id"], "acknowledge").raise_for_status()
    pressed.wait("indicator", report=report, stage="police_saw", deadline_s=20)
    seen = neighbourhood.wait_incident(lambda found: found["status"] == "acknowledged", "the acknowledgement")
    assert seen["police"] == "acknowledged"
    _assert_only_here_and_once(neighbourhood)


def test_a_crime_reported_by_app_sounds_the_rt_and_reaches_the_police(neighbourhood: Neighbourhood):
    answer = neighbourhood.report("robbery", text="Dua orang, motor hitam")
    assert answer.status_code == 201
    neighbourhood.wait_sounding()
    incident = neighbourhood.incident()
    assert incident["id"] == answer.json()["incident"]
    _assert_police_have_it(neighbourhood, incident["id"])
    neighbourhood.centre.say(incident["id"], "acknowledge").raise_for_status()
    neighbourhood.wait_incident(lambda found: found["police"] == "acknowledged", "the acknowledgement")
    _assert_only_here_and_once(neighbourhood)


def test_kerja_bakti_is_told_to_the_neighbours_and_never_to_the_police(neighbourhood: Neighbourhood):
    answer = neighbourhood.report("community_work", text="Minggu jam 7, bersih selokan")
    assert answer.status_code == 201
    incident = neighbourhood.incident()
    happened = {entry["event"]: entry["data"] for entry in incident["timeline"]}
    assert happened["residents_told"]["text"] == "Minggu jam 7, bersih selokan"
    assert happened["residents_told"]["people"] == 2
    assert happened["forward_held"]["class"] == "community"
    assert incident["police"] is None
    assert incident["forwards"] == []

    # A crime sent afterwards arrives; by then the notice would have arrived too, had it been sent.
    crime = neighbourhood.report("theft").json()["incident"]
    _assert_police_have_it(neighbourhood, crime)
    assert {message["incident"] for message in neighbourhood.centre.get("/api/messages")} == {crime}
    assert neighbourhood.soundings()[NODES[THERE][0]] == 0


def test_the_same_report_twice_is_one_incident(neighbourhood: Neighbourhood):
    first = neighbourhood.report("panic", id="01JDBV5Y0M0000000000000000")
    second = neighbourhood.report("panic", id="01JDBV5Y0M0000000000000000")
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    neighbourhood.wait_sounding()
    assert neighbourhood.incident()["reports"] == 1
    _assert_only_here_and_once(neighbourhood)


def _assert_police_have_it(neighbourhood: Neighbourhood, incident: str) -> None:
    messages = wait_for(
        lambda: (found := neighbourhood.messages(incident)) and len(found) == 2 and found,
        "both documents at the police",
    )
    documents = {message["format"]: message for message in messages}
    assert set(documents) == {"webhook", "cap"}
    assert {message["signature"] for message in messages} == {"valid"}
    assert documents["cap"]["schema"] == "valid"


def _assert_only_here_and_once(neighbourhood: Neighbourhood) -> None:
    expected = {name: 1 if region == HERE else 0 for region, names in NODES.items() for name in names}
    assert neighbourhood.soundings() == expected
