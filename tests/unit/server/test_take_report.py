"""From what was said to a report and an incident."""

from dataclasses import replace

import pytest
from tests.unit.server.town import (
    ADMIN,
    DEAF_RT,
    FAR_HEAD,
    HEAD,
    JOKO,
    RINI,
    RT1,
    RT2,
    SARI,
    WULAN,
    Town,
)

from kentongan_server.domain.errors import ConflictError, RefusedError, UnknownError
from kentongan_server.domain.incident import Position, Source
from kentongan_server.domain.incident_kind import IncidentClass, IncidentKind, Purpose
from kentongan_server.domain.lifecycle import IncidentStatus
from kentongan_server.domain.place import Region
from kentongan_server.domain.region_code import ancestors

COMMUNITY = [kind for kind in IncidentKind if kind.incident_class is IncidentClass.COMMUNITY]


def test_a_press_becomes_a_report_and_an_incident(town: Town) -> None:
    taken = town.press("ktg-1", id="ktg-1.0.1")
    report = town.store.incidents.reports["ktg-1.0.1"]
    incident = town.incident(taken.incident)
    assert (taken.report, taken.repeated) == ("ktg-1.0.1", False)
    assert (report.node, report.reporter, report.source, report.trusted) == ("ktg-1", None, Source.CALL_POINT, True)
    assert (report.region, report.kind, report.incident) == (RT1, IncidentKind.PANIC, incident.id)
    assert report.received_at == incident.opened_at == town.clock.now()
    assert (incident.incident_class, incident.status) == (IncidentClass.CRIME, IncidentStatus.REPORTED)


def test_what_a_person_says_is_kept(town: Town) -> None:
    position = Position(-6.981, 110.412)
    taken = town.report(SARI, text="Motor dibawa lari", position=position, happened_at=None)
    report = town.store.incidents.reports[taken.report]
    assert (report.reporter, report.node, report.source, report.trusted) == ("sari", None, Source.APP, True)
    assert (report.text, report.position, report.happened_at) == ("Motor dibawa lari", position, None)
    assert town.incident(taken.incident).text == "Motor dibawa lari"
    (entry,) = town.record(taken.incident, "report_taken")
    assert entry.facts["time_uncertain"] is True
    assert entry.actor == "sari"


def test_a_repeat_gets_the_same_answer_and_changes_nothing(town: Town) -> None:
    first = town.report(SARI, id="same")
    before = (len(town.store.timeline.entries), len(town.store.alarms.kept), len(town.store.outbox.items))
    town.wait(3600)
    again = town.report(SARI, id="same", text="another wording")
    assert again == replace(first, repeated=True)
    assert before == (len(town.store.timeline.entries), len(town.store.alarms.kept), len(town.store.outbox.items))


def test_a_repeated_press_is_the_same_press_although_its_rt_was_split_meanwhile(town: Town) -> None:
    first = town.press("ktg-1", id="ktg-1.0.1")
    moved = replace(town.store.places.nodes["ktg-1"], region=RT2)
    town.do(lambda uow: uow.places.put_node(moved))
    assert town.press("ktg-1", id="ktg-1.0.1") == replace(first, repeated=True)


@pytest.mark.parametrize(
    ("person", "kind", "region"),
    [(JOKO, IncidentKind.THEFT, RT1), (SARI, IncidentKind.FIRE, RT1), (SARI, IncidentKind.THEFT, RT2)],
    ids=["another person", "another kind", "another place"],
)
def test_an_id_serves_one_report(town: Town, person, kind, region) -> None:
    town.report(SARI, id="same")
    with pytest.raises(ConflictError, match="already used"):
        town.report(person, kind, region, id="same")
    assert len(town.store.incidents.reports) == 1


def test_a_person_cannot_pass_for_a_button(town: Town) -> None:
    town.press("ktg-1", IncidentKind.THEFT, id="ktg-1.0.1")
    with pytest.raises(ConflictError):
        town.report(SARI, IncidentKind.THEFT, id="ktg-1.0.1")


def test_an_unknown_region_is_refused_without_repeating_it(town: Town) -> None:
    with pytest.raises(UnknownError) as refusal:
        town.report(SARI, region="<script>")
    assert "<script>" not in str(refusal.value)
    assert town.store.incidents.reports == {}


def test_a_crime_may_be_reported_wherever_one_is(town: Town) -> None:
    taken = town.report(SARI, region=RT2)
    assert town.incident(taken.incident).region == RT2
    assert town.store.incidents.reports[taken.report].trusted is False


@pytest.mark.parametrize("kind", COMMUNITY)
def test_community_news_is_for_one_s_own_rt(town: Town, kind: IncidentKind) -> None:
    for person in (FAR_HEAD, WULAN):
        with pytest.raises(RefusedError, match="belong to"):
            town.report(person, kind)
    assert town.store.incidents.incidents == {}
    town.report(SARI, kind)


@pytest.mark.parametrize(("seconds", "joins"), [(0, True), (599, True), (600, True), (600.001, False), (601, False)])
def test_ten_minutes_are_one_event(town: Town, seconds: float, joins: bool) -> None:
    first = town.press("ktg-1")
    town.wait(seconds)
    second = town.press("ktg-2")
    assert (first.incident == second.incident) == joins
    assert len(town.record(second.incident, "witness_attached")) == joins
    assert len(town.record(second.incident, "incident_opened")) == 1


def test_every_channel_and_every_kind_of_a_class_join(town: Town) -> None:
    taken = {
        town.press("ktg-1").incident,
        town.report(SARI, IncidentKind.THEFT).incident,
        town.report(JOKO, IncidentKind.KILLING).incident,
    }
    assert len(taken) == 1
    assert town.incident(taken.pop()).kind is IncidentKind.PANIC


def test_another_class_another_rt_or_a_drill_is_another_event(town: Town) -> None:
    incidents = [
        town.press("ktg-1").incident,
        town.press("ktg-1", IncidentKind.FIRE).incident,
        town.press("ktg-9").incident,
        town.press("ktg-1", purpose=Purpose.DRILL).incident,
        town.press("ktg-1", purpose=Purpose.TEST).incident,
    ]
    assert len(set(incidents)) == 5
    assert town.press("ktg-2", purpose=Purpose.DRILL).incident == incidents[3]


@pytest.mark.parametrize("status", [s for s in IncidentStatus if s not in ("reported", "acknowledged")])
def test_only_an_open_incident_is_joined(town: Town, status: IncidentStatus) -> None:
    first = town.press("ktg-1").incident
    town.do(lambda uow: uow.incidents.set_status(first, status))
    joined = town.press("ktg-1").incident == first
    assert joined == (status in ("dispatched", "on_scene"))


@pytest.mark.parametrize("kind", COMMUNITY)
def test_two_notices_are_two_notices(town: Town, kind: IncidentKind) -> None:
    assert town.report(HEAD, kind).incident != town.report(HEAD, kind).incident


def test_independent_is_who_has_not_spoken_yet(town: Town) -> None:
    """Heard through the event that the stages listen to: only an independent voice opens a gate."""
    incident = town.report(JOKO).incident
    town.report(JOKO)
    assert town.alarm(incident).state == "gated"
    town.report(RINI)
    assert town.alarm(incident).state == "active"


def test_a_region_without_kentongan_still_has_its_report(town: Town) -> None:
    taken = town.report(SARI, region=DEAF_RT)
    assert town.incident(taken.incident).region == DEAF_RT


@pytest.mark.parametrize("code", ["33.74", "33.74.01.1001", "33.74.01.1001/RW01", "33.74.01.1001/RW01/RT77"])
def test_a_report_is_of_an_rt(town: Town, code: str) -> None:
    """The regions above are there too, since the city is a tree; an alarm has nowhere to begin in them."""
    above = [Region(one, one, -6.98, 110.41) for one in ancestors(RT1)]
    town.do(lambda uow: uow.places.put_regions(above))
    with pytest.raises(UnknownError, match="no such RT"):
        town.report(ADMIN, region=code)
