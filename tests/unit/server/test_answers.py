"""What named humans answer, and how the reporter hears of it."""

import pytest
from tests.unit.server.town import ADMIN, FAR_HEAD, HEAD, JOKO, RT1, RT2, SARI, WULAN, Town

from kentongan_server.domain.answer import Answer, Tally
from kentongan_server.domain.errors import IllegalTransitionError, RefusedError, UnknownError
from kentongan_server.domain.events import StageReached
from kentongan_server.domain.incident_kind import IncidentClass, IncidentKind, Purpose
from kentongan_server.domain.lifecycle import AlarmState, IncidentStatus
from kentongan_server.domain.people import Membership, Person, Role
from kentongan_server.domain.spread import Period, Rule
from kentongan_server.ports.outbox import Channel, ItemState, OutboxItem
from kentongan_server.use_cases.alarming.quieten_alarm import silence_alarm
from kentongan_server.use_cases.forwarding.record_police_reply import Reply, record_police_reply
from kentongan_server.use_cases.informing.tell_reporter import begin_showing, shown
from kentongan_server.use_cases.responding.acknowledge import acknowledge, withdraw
from kentongan_server.use_cases.responding.merge import merge, unmerge


def reply(town: Town, incident: str, answer: Reply, disposition: str | None = None) -> IncidentStatus:
    return town.do(lambda uow: record_police_reply(uow, incident, answer, "Aiptu Wulan", disposition))


def acknowledges(town: Town, incident: str, person, answer: Answer = Answer.COMING) -> str:
    return town.do(lambda uow: acknowledge(uow, incident, person, answer))


def stages(town: Town, incident: str) -> list[str]:
    return [entry.facts["stage"] for entry in town.record(incident, "stage_reached")]


# acknowledgement


@pytest.mark.parametrize(("person", "kind"), [(SARI, "community"), (HEAD, "community"), (ADMIN, "community")])
def test_a_neighbour_takes_it_for_the_community(town: Town, person, kind: str) -> None:
    incident = town.press().incident
    assert acknowledges(town, incident, person) == kind
    (entry,) = town.record(incident, "acknowledged")
    assert (entry.actor, entry.facts) == (person.id, {"by": kind, "coming": 1, "seen": 0})
    assert town.incident(incident).status == "reported"
    assert stages(town, incident) == []


def test_who_has_only_seen_it_has_not_taken_it(town: Town) -> None:
    incident = town.press().incident
    assert acknowledges(town, incident, SARI, Answer.SEEN) == "community"
    assert town.alarm(incident).state == "active", "the alarm goes on rising"
    assert town.record(incident, "acknowledged") == []
    (entry,) = town.record(incident, "seen")
    assert (entry.actor, entry.facts) == ("sari", {"coming": 0, "seen": 1})
    assert acknowledges(town, incident, SARI, Answer.SEEN) == "community"
    assert len(town.record(incident, "seen")) == 1
    acknowledges(town, incident, SARI)
    assert town.alarm(incident).state == "easing"
    assert town.record(incident, "acknowledged")[0].facts == {"by": "community", "coming": 1, "seen": 0}
    acknowledges(town, incident, SARI, Answer.SEEN)
    assert len(town.record(incident, "seen")) == 1, "an old notification tapped late takes no help back"


def test_an_alarm_that_was_only_seen_rises_and_one_somebody_comes_to_does_not() -> None:
    for answer, level in ((Answer.SEEN, 2), (Answer.COMING, 1)):
        town = Town(wide=True)
        incident = town.press().incident
        acknowledges(town, incident, HEAD, answer)
        town.wait(3600)
        town.open_due_gates()
        assert town.alarm(incident).level == level, answer


def test_the_police_take_it_by_seeing_it_and_count_as_no_neighbour(town: Town) -> None:
    incident = town.press().incident
    assert acknowledges(town, incident, WULAN, Answer.SEEN) == "police"
    assert town.incident(incident).status == "acknowledged"
    assert town.record(incident, "acknowledged")[0].facts == {"by": "police", "coming": 0, "seen": 0}


def test_an_operator_takes_it_for_the_police(town: Town) -> None:
    incident = town.press().incident
    assert acknowledges(town, incident, WULAN) == "police"
    assert town.incident(incident).status == "acknowledged"
    assert stages(town, incident) == ["police_saw"]


def test_the_same_person_again_changes_nothing(town: Town) -> None:
    incident = town.press().incident
    for person in (SARI, WULAN):
        acknowledges(town, incident, person)
    before = list(town.store.timeline.entries)
    assert [acknowledges(town, incident, person) for person in (SARI, WULAN)] == ["community", "police"]
    assert town.store.timeline.entries == before
    acknowledges(town, incident, HEAD)
    assert len(town.record(incident, "acknowledged")) == 3


def test_an_operator_does_not_take_back_what_went_further(town: Town) -> None:
    incident = town.press().incident
    reply(town, incident, Reply.DISPATCHED)
    acknowledges(town, incident, WULAN)
    assert town.incident(incident).status == "dispatched"
    assert stages(town, incident) == ["on_the_way"]


def test_nobody_takes_what_they_may_not_see(town: Town) -> None:
    incident = town.press().incident
    for person, name in ((FAR_HEAD, incident), (SARI, "nothing"), (WULAN, "nothing")):
        with pytest.raises(UnknownError):
            acknowledges(town, name, person)
    assert town.record(incident, "acknowledged") == []


# taking it back


def stays_away(town: Town, incident: str, person) -> None:
    town.do(lambda uow: withdraw(uow, incident, person))


def coming(town: Town, incident: str) -> Tally:
    return town.do(lambda uow: uow.answers.tallies([incident])).get(incident, Tally())


def test_who_does_not_come_after_all_says_so_and_counts_no_more(town: Town) -> None:
    incident = town.press().incident
    with pytest.raises(IllegalTransitionError, match="nothing to take back"):
        stays_away(town, incident, SARI)
    for person in (SARI, HEAD):
        acknowledges(town, incident, person)
    for _ in range(2):
        stays_away(town, incident, SARI)
    (entry,) = town.record(incident, "coming_withdrawn")
    assert (entry.actor, entry.facts) == ("sari", {"coming": 1, "seen": 1})
    assert coming(town, incident) == Tally(1, 1)
    assert town.alarm(incident).state == "easing", "Pak RT still comes"
    acknowledges(town, incident, SARI)
    assert coming(town, incident) == Tally(2, 0), "and may think again once more"


def test_the_police_take_nothing_back_and_nobody_from_what_is_over(town: Town) -> None:
    incident = town.press().incident
    for person in (SARI, WULAN):
        acknowledges(town, incident, person)
    with pytest.raises(RefusedError, match="for the police"):
        stays_away(town, incident, WULAN)
    with pytest.raises(UnknownError):
        stays_away(town, incident, FAR_HEAD)
    reply(town, incident, Reply.RESOLVED)
    with pytest.raises(IllegalTransitionError, match="nobody needs to come"):
        stays_away(town, incident, SARI)


def test_when_nobody_comes_any_more_the_alarm_rises_as_if_nobody_had() -> None:
    town = Town(wide=True)
    incident = town.press().incident
    rises = town.alarm(incident).due_at
    acknowledges(town, incident, HEAD)
    assert (town.alarm(incident).state, town.alarm(incident).due_at) == ("easing", None)
    stays_away(town, incident, HEAD)
    assert (town.alarm(incident).state, town.alarm(incident).due_at) == ("active", rises)
    assert len(town.record(incident, "alarm_resumed")) == 1
    town.wait(3600)
    town.open_due_gates()
    assert town.alarm(incident).level == 2


@pytest.mark.parametrize("late", [False, True])
def test_an_alarm_that_had_ended_is_taken_up_where_it_stood(late: bool) -> None:
    town = Town(wide=True)
    incident = town.press().incident
    first = town.alarm(incident)
    acknowledges(town, incident, HEAD)
    town.do(lambda uow: uow.alarms.set_alarm(first.id, AlarmState.ENDED, first.level, None))
    if late:
        town.wait(120)
    stays_away(town, incident, HEAD)
    again = town.alarm(incident)
    assert (again.id != first.id, again.state, again.level) == (True, "active", 1)
    assert again.due_at == (town.clock.now() if late else first.due_at), "not sooner than if nobody had answered"
    assert len(town.record(incident, "alarm_raised")) == 1, "nothing sounds before its time"
    town.wait(120)
    town.open_due_gates()
    assert town.alarm(incident).level == 2
    assert len(town.record(incident, "alarm_raised")) == 2


@pytest.mark.parametrize("why_not", ["silenced", "late", "dispatched", "another comes", "a drill", "of the RT alone"])
def test_it_stays_quiet_when_there_is_a_reason(why_not: str) -> None:
    town = Town(wide=why_not != "of the RT alone")
    incident = town.press(purpose=Purpose.DRILL if why_not == "a drill" else Purpose.ACTUAL).incident
    acknowledges(town, incident, HEAD)
    match why_not:
        case "silenced":
            town.do(lambda uow: silence_alarm(uow, incident, HEAD))
        case "late":
            town.wait(600)
        case "dispatched":
            reply(town, incident, Reply.DISPATCHED)
        case "another comes":
            acknowledges(town, incident, SARI)
        case "of the RT alone":
            for period in Period:
                rule = (RT1, IncidentClass.CRIME, period, Rule({}, 1), "head", town.clock.now())
                town.do(lambda uow, rule=rule: uow.spreading.put_rule(*rule))
    before = town.alarm(incident)
    stays_away(town, incident, HEAD)
    assert town.alarm(incident) == before


def test_answers_to_a_merged_incident_add_up_and_come_apart(town: Town) -> None:
    one, two = town.press().incident, town.press("ktg-9").incident
    acknowledges(town, one, SARI)
    acknowledges(town, two, FAR_HEAD)
    acknowledges(town, two, ADMIN, Answer.SEEN)
    acknowledges(town, one, ADMIN)
    town.do(lambda uow: merge(uow, two, one, WULAN))
    assert coming(town, one) == Tally(3, 0), "Bu Lurah counts once, and comes"
    acknowledges(town, two, ADMIN)
    later = Person("later", "Mas Later", (Membership(Role.RESIDENT, RT2, True),))
    acknowledges(town, two, later)
    assert coming(town, one) == Tally(4, 0), "who answers the older notification answers the one that goes on"
    assert town.record(one, "acknowledged")[-1].facts == {"by": "community", "coming": 4, "seen": 0}
    stays_away(town, two, later)
    assert coming(town, one) == Tally(3, 1)
    town.do(lambda uow: unmerge(uow, two, WULAN))
    assert (coming(town, one), coming(town, two)) == (Tally(2, 0), Tally(2, 1))


def test_who_comes_to_the_one_comes_to_the_other(town: Town) -> None:
    one, two = town.press().incident, town.press("ktg-9").incident
    acknowledges(town, two, FAR_HEAD)
    assert town.alarm(one).state == "active"
    town.do(lambda uow: merge(uow, two, one, WULAN))
    assert town.alarm(one).state == "easing"


# the command centre


def test_the_police_go_through_their_steps(town: Town) -> None:
    incident = town.press().incident
    found = [reply(town, incident, answer) for answer in Reply]
    assert found == ["acknowledged", "dispatched", "on_scene", "resolved"]
    assert stages(town, incident) == ["police_saw", "on_the_way", "on_the_way", "resolved"]
    assert [e.facts["status"] for e in town.record(incident, "incident_status_changed")] == found
    assert [e.facts["reply"] for e in town.record(incident, "police_replied")] == [r.value for r in Reply]


@pytest.mark.parametrize("answer", Reply)
def test_any_step_may_come_first_and_is_noted_once(town: Town, answer: Reply) -> None:
    incident = town.press().incident
    status = reply(town, incident, answer, disposition="false_alarm")
    before = list(town.store.timeline.entries)
    assert reply(town, incident, answer) == status
    assert town.store.timeline.entries == before
    (entry,) = town.record(incident, "police_replied")
    assert entry.facts == {"reply": answer, "operator": "Aiptu Wulan", "disposition": "false_alarm"}


@pytest.mark.parametrize("late", Reply)
def test_a_late_answer_never_goes_back(town: Town, late: Reply) -> None:
    incident = town.press().incident
    reply(town, incident, Reply.RESOLVED)
    before = list(town.store.timeline.entries)
    assert reply(town, incident, late) == "resolved"
    assert town.store.timeline.entries == before


def test_the_police_cannot_answer_what_they_may_not_know(town: Town) -> None:
    incident = town.report(HEAD, IncidentKind.DEATH_NOTICE).incident
    for name in (incident, "nothing"):
        with pytest.raises(UnknownError, match="no such incident"):
            reply(town, name, Reply.ACKNOWLEDGED)
    assert town.incident(incident).status == "reported"


# the reporter's indicator


def receipts(town: Town, state: ItemState | None = None) -> list[tuple[str, str]]:
    found = [item for item in town.items(Channel.RECEIPT) if state in (None, item.state)]
    return [(item.body["node"], item.body["stage"]) for item in found]


def open_receipt(town: Town, node: str = "ktg-1") -> OutboxItem:
    (item,) = town.store.outbox.open_receipts(node)
    return item


def test_every_call_point_that_reported_is_told(town: Town) -> None:
    incident = town.press("ktg-1").incident
    town.press("ktg-2")
    town.report(SARI)
    reply(town, incident, Reply.ACKNOWLEDGED)
    assert sorted(receipts(town)) == [("ktg-1", "police_saw"), ("ktg-2", "police_saw")]


def test_a_newer_stage_takes_the_place_of_one_on_its_way(town: Town) -> None:
    incident = town.press("ktg-1").incident
    for answer in (Reply.ACKNOWLEDGED, Reply.DISPATCHED, Reply.RESOLVED):
        reply(town, incident, answer)
    assert receipts(town, ItemState.PENDING) == [("ktg-1", "resolved")]
    assert receipts(town, ItemState.ABANDONED) == [("ktg-1", "police_saw"), ("ktg-1", "on_the_way")]


def test_stages_of_another_report_stay_on_their_way(town: Town) -> None:
    crime = town.press("ktg-1").incident
    fire = town.press("ktg-1", IncidentKind.FIRE).incident
    for incident in (crime, fire):
        reply(town, incident, Reply.ACKNOWLEDGED)
    assert receipts(town, ItemState.PENDING) == [("ktg-1", "police_saw")] * 2


def test_it_is_told_until_the_call_point_shows_it(town: Town) -> None:
    taken = town.press("ktg-1")
    reply(town, taken.incident, Reply.ACKNOWLEDGED)
    item = open_receipt(town)
    tries = []
    for second in range(100):
        if item.id in [due.id for due in town.do(lambda uow: uow.outbox.due(town.clock.now(), 100))]:
            assert town.do(lambda uow: begin_showing(uow, item))
            tries.append(second)
        town.wait(1)
    assert tries == [0, 1, 3, 7, 15, 31, 61, 91]
    town.do(lambda uow: shown(uow, "ktg-1", taken.report, "police_saw"))
    assert receipts(town, ItemState.ACCEPTED) == [("ktg-1", "police_saw")]
    assert town.do(lambda uow: begin_showing(uow, item)) is False


def test_only_the_right_word_confirms(town: Town) -> None:
    taken = town.press("ktg-1")
    reply(town, taken.incident, Reply.ACKNOWLEDGED)
    for node, report, stage in (
        ("ktg-1", taken.report, "stored"),
        ("ktg-1", "another", "police_saw"),
        ("ktg-2", taken.report, "police_saw"),
        ("ktg-1", None, "police_saw"),
        ("ktg-1", taken.report, None),
    ):
        town.do(lambda uow, told=(node, report, stage): shown(uow, *told))
    assert receipts(town, ItemState.PENDING) == [("ktg-1", "police_saw")]


def test_it_is_given_up_after_ten_minutes(town: Town) -> None:
    reply(town, town.press("ktg-1").incident, Reply.ACKNOWLEDGED)
    item = open_receipt(town)
    town.wait(600)
    assert town.do(lambda uow: begin_showing(uow, item))
    town.wait(0.001)
    assert town.do(lambda uow: begin_showing(uow, item)) is False
    assert receipts(town, ItemState.ABANDONED) == [("ktg-1", "police_saw")]


def test_a_stage_of_no_incident_tells_nobody(town: Town) -> None:
    town.press("ktg-1")
    town.do(lambda uow: uow.happened(StageReached(None, None, stage="police_saw")))
    assert receipts(town) == []


# the neighbours


def test_the_neighbours_are_told_once_in_the_reporter_s_words(town: Town) -> None:
    incident = town.report(JOKO, text="Ada maling").incident
    town.report(SARI)
    (entry,) = town.record(incident, "residents_told")
    assert entry.facts == {"kind": "theft", "text": "Ada maling", "people": 4}


def test_the_neighbours_are_told_of_community_news_too(town: Town) -> None:
    incident = town.report(HEAD, IncidentKind.COMMUNITY_WORK, text="Minggu pukul 7").incident
    assert town.record(incident, "residents_told")[0].facts["text"] == "Minggu pukul 7"


# what was merged


def test_a_police_answer_about_a_merged_incident_is_about_the_one_it_became_part_of(town: Town) -> None:
    """The dispatcher has both on the screen and answers one of them: officers are on the way to the event."""
    first, second = town.press("ktg-1").incident, town.press("ktg-9").incident
    town.do(lambda uow: merge(uow, second, first, WULAN))
    assert reply(town, second, Reply.DISPATCHED) == "dispatched"
    assert (town.incident(first).status, town.incident(second).status) == ("dispatched", "merged")
    (told,) = town.record(first, "police_replied")
    assert told.facts == {"reply": "dispatched", "operator": "Aiptu Wulan", "disposition": None, "said_of": second}
    (kept,) = town.record(second, "police_replied")
    assert kept.facts == {"reply": "dispatched", "operator": "Aiptu Wulan", "counts_for": first}
    shown_at = {item.body["node"] for item in town.items("receipt") if item.body["stage"] == "on_the_way"}
    assert shown_at == {"ktg-1", "ktg-9"}, "both buttons are told"

    assert reply(town, second, Reply.RESOLVED, "nihil") == "resolved"
    assert (town.incident(first).disposition, town.incident(second).disposition) == ("unfounded", None)


def test_an_answer_about_what_was_taken_out_again_is_about_itself(town: Town) -> None:
    first, second = town.press("ktg-1").incident, town.press("ktg-9").incident
    town.do(lambda uow: merge(uow, second, first, WULAN))
    town.do(lambda uow: unmerge(uow, second, WULAN))
    assert reply(town, second, Reply.DISPATCHED) == "dispatched"
    assert (town.incident(first).status, town.incident(second).status) == ("reported", "dispatched")
