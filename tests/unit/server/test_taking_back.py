"""Cancelling, and the duress PIN: whatever is true, every eye but the police's sees the same."""

from typing import Any

import pytest
from tests.unit.server.town import HEAD, JOKO, RINI, SARI, WULAN, Town

from kentongan_server.domain.errors import IllegalTransitionError, RefusedError
from kentongan_server.domain.events import DuressCalled, IncidentCancelled
from kentongan_server.domain.lifecycle import CommandState
from kentongan_server.domain.people import Membership, Person, Role
from kentongan_server.domain.place import Notice
from kentongan_server.inbound.http.incidents import _detail, _newest
from kentongan_server.inbound.http.views import glance
from kentongan_server.use_cases.forwarding.record_police_reply import Reply, record_police_reply
from kentongan_server.use_cases.reporting.cancel_report import cancel_report
from kentongan_server.use_cases.responding.acknowledge import acknowledge
from kentongan_server.use_cases.responding.arrive import arrive
from kentongan_server.use_cases.supervising.take_notice import take_notice


def cancels(town: Town, incident: str, person: Person = SARI, *, duress: bool = False) -> Exception | None:
    return town.do(lambda uow: cancel_report(uow, incident, person, duress=duress))


def seen(town: Town, person: Person, incident: str) -> dict[str, Any]:
    """All that the API tells this person of it, without the numbers that tell nothing."""

    def look(uow) -> dict[str, Any]:
        fields = _detail(uow, incident, person)
        fields["timeline"] = [(e.event, e.data, e.at) for e in fields["timeline"]]
        fields["listed"] = glance(uow, _newest(uow, person, 50), person)
        return fields

    return town.store.do(look)


def test_a_report_is_taken_back_and_nothing_is_deleted(town: Town) -> None:
    incident = town.report(SARI).incident
    town.all_say(incident, CommandState.SOUNDING)
    assert cancels(town, incident) is None
    found = town.incident(incident)
    assert (found.status, found.cancelled_at) == ("cancelled", town.clock.now())
    assert len(town.commands(incident, "silence")) == 3
    assert town.store.incidents.reports_of(incident)
    assert cancels(town, incident) is None, "repeating it is harmless"
    assert len(town.record(incident, "incident_cancelled")) == 1


@pytest.mark.parametrize("duress", [False, True])
def test_why_it_cannot_be_taken_back_is_said_alike(town: Town, duress: bool) -> None:
    late = town.report(SARI).incident
    town.wait(60.001)
    assert "call 110 that it was a mistake" in str(cancels(town, late, duress=duress))
    both = town.report(RINI, region=town.incident(late).region).incident
    assert isinstance(cancels(town, both, HEAD, duress=duress), RefusedError)


def test_what_others_reported_too_is_not_one_person_s_to_cancel(town: Town) -> None:
    incident = town.report(SARI).incident
    town.report(JOKO)
    assert isinstance(cancels(town, incident), IllegalTransitionError)
    assert town.incident(incident).status == "reported"


def story(*, duress: bool, witness: bool = False, late: bool = False) -> tuple[Town, str]:
    """The same evening twice; only the PIN differs. Afterwards everybody does what they would do."""
    town = Town(wide=True)
    incident = town.report(SARI, text="ada orang").incident
    town.all_say(incident, CommandState.SOUNDING)
    if witness:
        town.report(JOKO)
    town.wait(90 if late else 20)
    refusal = cancels(town, incident, duress=duress)
    assert (refusal is not None) == (witness or late)
    town.wait(1)
    town.all_say(incident, CommandState.SILENCED)
    for answer in (Reply.ACKNOWLEDGED, Reply.DISPATCHED):
        if duress and not (witness or late):
            town.do(lambda uow, answer=answer: record_police_reply(uow, incident, answer, "Wulan", None))
    town.wait(300)
    town.open_due_gates()
    return town, incident


@pytest.mark.parametrize("circumstances", [{}, {"witness": True}, {"late": True}], ids=["plain", "witness", "late"])
@pytest.mark.parametrize("person", [SARI, JOKO, HEAD], ids=lambda p: p.id)
def test_no_view_of_the_neighbourhood_tells_duress_from_truth(person: Person, circumstances: dict[str, bool]) -> None:
    (true, one), (forced, other) = (story(duress=duress, **circumstances) for duress in (False, True))
    assert one == other
    assert seen(true, person, one) == seen(forced, person, other)


def test_the_police_see_that_it_goes_on() -> None:
    town, incident = story(duress=True)
    told = seen(town, WULAN, incident)
    assert (told["status"], told["duress"]) == ("dispatched", True)
    assert "duress_called" in [event for event, _, _ in told["timeline"]]
    assert seen(town, SARI, incident)["status"] == "cancelled"


def test_an_operator_who_reported_it_is_shown_what_reporters_are_shown() -> None:
    town = Town()
    officer = Person("wulan", "Wulan", (Membership(Role.OPERATOR, None, True),))
    incident = town.report(officer).incident
    cancels(town, incident, officer, duress=True)
    assert seen(town, officer, incident)["status"] == "cancelled"
    assert "duress_called" not in [event for event, _, _ in seen(town, officer, incident)["timeline"]]


def test_a_second_report_after_it_is_a_new_incident_either_way() -> None:
    for duress in (False, True):
        town, incident = story(duress=duress)
        assert town.report(SARI).incident != incident


@pytest.mark.parametrize("verb", ["acknowledge", "arrive"])
@pytest.mark.parametrize("duress", [False, True])
def test_a_neighbour_can_do_nothing_more_with_it_either_way(verb: str, duress: bool) -> None:
    town, incident = story(duress=duress)
    doing = {
        "acknowledge": lambda uow: acknowledge(uow, incident, HEAD),
        "arrive": lambda uow: arrive(uow, incident, HEAD),
    }
    with pytest.raises(IllegalTransitionError, match="This incident is cancelled"):
        town.do(doing[verb])


def test_duress_is_told_to_the_stage_that_forwards_in_every_case() -> None:
    heard: list[Any] = []
    for circumstances in ({}, {"witness": True}, {"late": True}):
        town = Town(wide=True)
        listeners = dict(town.store._unit.listeners)
        for event in (DuressCalled, IncidentCancelled):
            listeners[event] = (*listeners.get(event, ()), lambda _, told: heard.append(told))
        object.__setattr__(town.store._unit, "listeners", listeners)
        incident = town.report(SARI).incident
        if circumstances.get("witness"):
            town.report(JOKO)
        town.wait(90 if circumstances.get("late") else 1)
        cancels(town, incident, duress=True)
    duress = [told for told in heard if isinstance(told, DuressCalled)]
    assert [told.shown_cancelled for told in duress] == [True, False, False]
    assert [told.genuine for told in heard if isinstance(told, IncidentCancelled)] == [False]


def test_duress_after_a_true_cancellation_takes_the_incident_up_again(town: Town) -> None:
    incident = town.report(SARI).incident
    cancels(town, incident)
    cancels(town, incident, duress=True)
    found = town.incident(incident)
    assert (found.status, found.duress_at is not None) == ("reported", True)
    assert seen(town, SARI, incident)["status"] == "cancelled"


@pytest.mark.parametrize(("kind", "status"), [("cancel", "cancelled"), ("duress", "reported")])
def test_a_call_point_takes_its_press_back(town: Town, kind: str, status: str) -> None:
    taken = town.press("ktg-1")
    notice = Notice(id="ktg-1.0.9", node="ktg-1", kind=kind, of=taken.report)
    for _ in range(2):
        assert town.do(lambda uow: take_notice(uow, notice))
    assert town.incident(taken.incident).status == status
    assert seen(town, SARI, taken.incident)["status"] == "cancelled"
    assert len(town.record(taken.incident, "incident_cancelled")) == 1


def test_a_call_point_takes_back_only_its_own_press(town: Town) -> None:
    taken = town.press("ktg-1")
    notice = Notice(id="ktg-2.0.9", node="ktg-2", kind="cancel", of=taken.report)
    town.do(lambda uow: take_notice(uow, notice))
    assert town.incident(taken.incident).status == "reported"
