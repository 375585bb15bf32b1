"""What named humans do about an incident: by whom, when, and what is undone again."""

import pytest
from tests.unit.server.town import ADMIN, FAR_HEAD, HEAD, JOKO, RT2, SARI, WULAN, Town

from kentongan_server.domain.errors import IllegalTransitionError, InvalidError, RefusedError, UnknownError
from kentongan_server.domain.incident import Disposition
from kentongan_server.domain.incident_kind import IncidentClass, IncidentKind
from kentongan_server.domain.lifecycle import IncidentStatus
from kentongan_server.use_cases.reporting.doubt_reporter import appeal, lift
from kentongan_server.use_cases.reporting.reclassify import preview, reclassify
from kentongan_server.use_cases.responding.arrive import arrive
from kentongan_server.use_cases.responding.dispatch import dispatch
from kentongan_server.use_cases.responding.merge import merge, unmerge
from kentongan_server.use_cases.responding.reopen import reopen
from kentongan_server.use_cases.responding.resolve import close_resolved, resolve


def resolves(town: Town, incident: str, person=WULAN, disposition: Disposition = Disposition.FOUNDED) -> None:
    town.do(lambda uow: resolve(uow, incident, person, disposition, None))


def test_help_is_sent_arrives_and_ends_it(town: Town) -> None:
    incident = town.press().incident
    town.do(lambda uow: dispatch(uow, incident, HEAD, "ronda"))
    assert town.incident(incident).status == "dispatched"
    town.do(lambda uow: arrive(uow, incident, WULAN))
    resolves(town, incident)
    found = town.incident(incident)
    assert (found.status, found.disposition, found.settled_at) == ("resolved", "founded", town.clock.now())
    told = [entry.facts for entry in town.record(incident, "incident_status_changed")]
    assert [facts["by"] for facts in told] == ["dispatch", "arrive", "resolve"]
    assert (told[0]["note"], told[-1]["disposition"]) == ("ronda", "founded")
    assert town.items("receipt"), "the button is told how far help has come"


@pytest.mark.parametrize("verb", ["dispatch", "arrive", "resolve", "merge"])
def test_a_resident_alone_cannot(town: Town, verb: str) -> None:
    incident = town.press().incident
    doing = {
        "dispatch": lambda uow: dispatch(uow, incident, SARI, "ronda"),
        "arrive": lambda uow: arrive(uow, incident, SARI),
        "resolve": lambda uow: resolve(uow, incident, SARI, Disposition.FOUNDED, None),
        "merge": lambda uow: merge(uow, incident, incident, SARI),
    }
    with pytest.raises(RefusedError, match=f"may {verb} this incident; ask one of them"):
        town.do(doing[verb])
    assert town.incident(incident).status == "reported"


def test_what_is_over_says_what_is_possible(town: Town) -> None:
    incident = town.press().incident
    resolves(town, incident)
    with pytest.raises(
        IllegalTransitionError, match=r"resolved: dispatch is not possible now\. Possible from here: close, reopen"
    ):
        town.do(lambda uow: dispatch(uow, incident, HEAD, "ronda"))


def test_it_closes_an_hour_later_and_reopens_for_a_day(town: Town) -> None:
    incident = town.press().incident
    resolves(town, incident)
    town.wait(3600)
    assert town.do(close_resolved) == 0
    town.wait(1)
    assert town.do(close_resolved) == 1
    assert town.incident(incident).status == "closed"
    town.wait(23 * 3600 - 1)
    town.do(lambda uow: reopen(uow, incident, HEAD))
    found = town.incident(incident)
    assert (found.status, found.disposition, found.settled_at) == ("reported", None, None)
    resolves(town, incident)
    town.wait(24 * 3600 + 1)
    with pytest.raises(IllegalTransitionError, match="for 24 hours only; send a new report"):
        town.do(lambda uow: reopen(uow, incident, HEAD))


def test_a_merge_moves_nothing_and_can_be_undone(town: Town) -> None:
    one = town.press("ktg-1").incident
    other = town.press("ktg-9").incident
    town.do(lambda uow: dispatch(uow, one, WULAN, "patrol"))
    town.do(lambda uow: merge(uow, one, other, WULAN))
    books = town.store.incidents
    assert (town.incident(one).status, town.incident(one).merged_into) == ("merged", other)
    assert [report.incident for report in books.reports_of(other)] == [one, other], "reports keep their origin"
    assert books.report_counts([one, other]) == {one: 1, other: 2}
    town.do(lambda uow: unmerge(uow, one, WULAN))
    assert (town.incident(one).status, town.incident(one).merged_into) == ("dispatched", None)
    assert books.report_counts([one, other]) == {one: 1, other: 1}


def test_what_cannot_be_merged_says_why(town: Town) -> None:
    crime, fire = town.press("ktg-1").incident, town.press("ktg-1", IncidentKind.FIRE).incident
    third = town.press("ktg-9").incident
    for one, other, why in ((crime, crime, "itself"), (crime, fire, "one class")):
        with pytest.raises(IllegalTransitionError, match=why):
            town.do(lambda uow, one=one, other=other: merge(uow, one, other, WULAN))
    with pytest.raises(UnknownError):
        town.do(lambda uow: merge(uow, crime, third, HEAD))
    town.do(lambda uow: merge(uow, crime, third, WULAN))
    with pytest.raises(IllegalTransitionError, match="Others were merged"):
        town.do(lambda uow: merge(uow, third, town.press("ktg-1").incident, WULAN))


# how it ended


@pytest.mark.parametrize("person", [WULAN, HEAD])
@pytest.mark.parametrize("note", [None, "", "  \n"])
def test_who_knows_no_better_word_than_other_says_it_in_a_sentence(town: Town, person, note: str | None) -> None:
    incident = town.press().incident
    with pytest.raises(InvalidError, match="Say in a note how it ended"):
        town.do(lambda uow: resolve(uow, incident, person, Disposition.OTHER, note))
    assert town.incident(incident).status == "reported"
    town.do(lambda uow: resolve(uow, incident, person, Disposition.OTHER, "Kucing di atap."))
    assert town.incident(incident).disposition == "other"
    assert town.record(incident, "incident_status_changed")[-1].facts["note"] == "Kucing di atap."


def test_a_resident_ends_nothing_whatever_they_call_it(town: Town) -> None:
    incident = town.press().incident
    with pytest.raises(RefusedError, match="resolve"):
        town.do(lambda uow: resolve(uow, incident, SARI, Disposition.OTHER, "Kucing di atap."))
    assert town.incident(incident).status == "reported"


# reclassification


def renames(town: Town, incident: str, kind: IncidentKind, person=HEAD, *, understood: bool = False, name: str = "new"):
    return town.do(
        lambda uow: reclassify(uow, incident, person, kind, report_id=name, text="Ada maling", understood=understood)
    )


def test_within_its_class_it_stays_the_same_incident(town: Town) -> None:
    incident = town.press().incident
    assert renames(town, incident, IncidentKind.ROBBERY).id == incident
    assert town.incident(incident).kind == "robbery"
    assert town.record(incident, "incident_reclassified")[0].facts == {"was": "panic", "to": "robbery"}


def test_community_becomes_crime_only_knowingly_and_in_new_words(town: Town) -> None:
    news = town.report(HEAD, IncidentKind.GATHERING, text="Rapat di rumah Pak RT").incident
    shown = town.store.do(lambda uow: preview(uow, news, HEAD, IncidentKind.THEFT))
    assert (shown.recipients, shown.sounds) == (("neighbours", "police"), True)
    with pytest.raises(IllegalTransitionError, match="Look at the preview"):
        renames(town, news, IncidentKind.THEFT)
    assert town.forwards(news) == []
    crime = renames(town, news, IncidentKind.THEFT, understood=True)
    assert (crime.incident_class, town.incident(news).incident_class) == (IncidentClass.CRIME, IncidentClass.COMMUNITY)
    assert (town.incident(news).status, town.incident(news).disposition) == ("resolved", "referred")
    assert town.forwards(news) == []
    assert {item.body["text"] for item in town.forwards(crime.id)} == {"Ada maling"}
    assert town.soundings(crime.id)


def test_crime_becomes_community_and_the_police_hear_no_word_of_it(town: Town) -> None:
    crime = town.report(HEAD, IncidentKind.THEFT).incident
    before = len(town.forwards(crime))
    news = renames(town, crime, IncidentKind.GATHERING)
    assert news.incident_class is IncidentClass.COMMUNITY
    assert town.forwards(news.id) == []
    assert len(town.forwards(crime)) >= before
    assert all("Ada maling" not in str(item.body) for item in town.forwards(crime))
    assert town.alarm(crime).state != "active", "its noise is taken back"


def test_an_operator_makes_no_community_news(town: Town) -> None:
    with pytest.raises(RefusedError, match="only to an RT that you belong to"):
        renames(town, town.press().incident, IncidentKind.GATHERING, WULAN)


# trust


def test_only_a_named_decider_calls_it_a_prank_and_it_delays_for_two_weeks(town: Town) -> None:
    incident = town.report(SARI).incident
    town.do(lambda uow: arrive(uow, incident, HEAD))
    resolves(town, incident, HEAD, Disposition.PRANK)
    again = town.report(SARI).incident
    assert town.alarm(again).state == "gated"
    assert town.forwards(again), "the police hear of it all the same"
    resolves(town, again, disposition=Disposition.MISTAKEN_GOOD_FAITH)
    town.wait(14 * 86_400)
    assert town.alarm(town.report(SARI).incident).state == "active"


def test_a_cooldown_is_appealed_to_the_rt_head(town: Town) -> None:
    with pytest.raises(IllegalTransitionError, match="nothing to appeal"):
        town.do(lambda uow: appeal(uow, SARI, "bukan iseng"))
    resolves(town, town.report(SARI).incident, WULAN, Disposition.PRANK)
    town.do(lambda uow: appeal(uow, SARI, "bukan iseng"))
    with pytest.raises(RefusedError, match="Only the RT head"):
        town.do(lambda uow: lift(uow, "sari", JOKO))
    with pytest.raises(UnknownError, match="no cooldown that you could lift"):
        town.do(lambda uow: lift(uow, "sari", FAR_HEAD))
    assert town.do(lambda uow: lift(uow, "sari", HEAD)) == 1
    assert town.alarm(town.report(SARI).incident).state == "active"


def test_reopening_withdraws_the_prank(town: Town) -> None:
    incident = town.report(SARI).incident
    resolves(town, incident, HEAD, Disposition.PRANK)
    town.do(lambda uow: reopen(uow, incident, WULAN))
    assert not town.store.trust.is_cooling("sari", town.clock.now())


def test_a_button_is_nobody_s_word(town: Town) -> None:
    resolves(town, town.press().incident, disposition=Disposition.PRANK)
    assert town.store.trust.cooldowns == {}
    assert town.alarm(town.press().incident).state == "active"


def test_nothing_here_is_another_rt_s(town: Town) -> None:
    incident = town.press("ktg-9").incident
    assert town.incident(incident).region == RT2
    for person in (HEAD, SARI, JOKO):
        with pytest.raises(UnknownError, match="not yours to see"):
            town.do(lambda uow, person=person: resolve(uow, incident, person, Disposition.MINOR, None))
    assert town.incident(incident).status is IncidentStatus.REPORTED
    assert ADMIN.sees(RT2)
