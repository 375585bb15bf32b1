"""What the police hear after their first document: updates, cancellations, and a second look at what nobody took."""

from dataclasses import replace

import pytest
from tests.unit.server.town import HEAD, JOKO, RINI, SARI, Town

from kentongan_server.domain.errors import ConflictError, UnknownError
from kentongan_server.domain.events import DuressCalled, IncidentCancelled, IncidentReclassified
from kentongan_server.domain.forward import Forward, ForwardEvent, Recipient
from kentongan_server.domain.incident_kind import IncidentKind, Purpose
from kentongan_server.domain.lifecycle import IncidentStatus
from kentongan_server.ports.outbox import Channel, ItemState, OutboxItem
from kentongan_server.use_cases.forwarding import deliver_forward
from kentongan_server.use_cases.forwarding.follow_up import on_duress
from kentongan_server.use_cases.forwarding.present_again import present_unanswered_again
from kentongan_server.use_cases.forwarding.record_police_reply import Reply, record_police_reply


def documents(town: Town, incident: str, channel: Channel = Channel.POLICE_WEBHOOK) -> list[OutboxItem]:
    return [item for item in town.forwards(incident) if item.channel is channel]


def forward(town: Town, item: OutboxItem) -> Forward:
    return town.do(lambda uow: deliver_forward.begin_attempt(uow, item))


def accept_all(town: Town, incident: str) -> None:
    for item in town.forwards(incident):
        town.do(lambda uow, item=item: deliver_forward.accepted(uow, item))


def duress(town: Town, incident: str) -> DuressCalled:
    return DuressCalled(incident, of=town.incident(incident), shown_cancelled=True)


def cancelled(town: Town, incident: str, *, genuine: bool) -> None:
    event = IncidentCancelled(incident, None, None, of=town.incident(incident), genuine=genuine)
    town.do(lambda uow: uow.happened(event))


def test_a_second_witness_is_an_update_that_names_the_first_document(town: Town) -> None:
    incident = town.report(JOKO).incident
    town.wait(1)
    town.report(RINI)
    first, second = documents(town, incident)
    told = forward(town, second)
    assert (told.event, told.reason, told.trust) == (ForwardEvent.UPDATED, "second_witness", "witnessed")
    assert [(one.delivery, one.queued_at) for one in told.earlier] == [(first.id, first.queued_at)]
    assert len(documents(town, incident, Channel.POLICE_CAP)) == 2


def test_the_same_person_again_is_no_second_witness(town: Town) -> None:
    incident = town.report(JOKO).incident
    town.report(JOKO)
    assert len(documents(town, incident)) == 1


def test_a_cancellation_reaches_who_was_told(town: Town) -> None:
    incident = town.report(SARI).incident
    town.wait(1)
    cancelled(town, incident, genuine=True)
    assert forward(town, documents(town, incident)[-1]).event is ForwardEvent.CANCELLED


def test_duress_is_an_update_and_the_record_cannot_be_told_from_a_cancellation(town: Town) -> None:
    genuine, forced = town.press("ktg-1").incident, town.press("ktg-9").incident
    cancelled(town, genuine, genuine=True)
    town.do(lambda uow: on_duress(uow, duress(town, forced)))
    cancelled(town, forced, genuine=False)
    told = forward(town, documents(town, forced)[-1])
    assert (told.event, told.reason) == (ForwardEvent.UPDATED, "duress")

    def queued(incident: str) -> list[dict[str, object]]:
        return [entry.facts for entry in town.record(incident, "forward_queued")]

    assert queued(genuine) == queued(forced)


def test_reclassified_within_its_class_is_an_update_with_the_new_kind(town: Town) -> None:
    incident = town.report(SARI, IncidentKind.PANIC).incident
    changed = replace(town.incident(incident), kind=IncidentKind.ROBBERY)
    event = IncidentReclassified(incident, None, None, of=changed, was=IncidentKind.PANIC, to=IncidentKind.ROBBERY)
    town.do(lambda uow: uow.happened(event))
    told = forward(town, documents(town, incident)[-1])
    assert (told.event, told.kind, told.reason) == (ForwardEvent.UPDATED, IncidentKind.ROBBERY, "reclassified")


def test_a_crime_that_was_none_is_cancelled_and_its_news_stays_at_home(town: Town) -> None:
    incident = town.report(SARI).incident
    news = town.report(HEAD, IncidentKind.GATHERING).incident
    event = IncidentReclassified(
        incident,
        None,
        None,
        of=town.incident(incident),
        was=IncidentKind.THEFT,
        to=IncidentKind.GATHERING,
        successor=town.incident(news),
    )
    town.do(lambda uow: uow.happened(event))
    told = forward(town, documents(town, incident)[-1])
    assert (told.event, told.kind) == (ForwardEvent.CANCELLED, IncidentKind.THEFT)
    assert town.forwards(news) == []


@pytest.mark.parametrize("genuine", [True, False])
def test_community_news_that_is_taken_back_reaches_nobody(town: Town, genuine: bool) -> None:
    incident = town.report(HEAD, IncidentKind.GATHERING).incident
    cancelled(town, incident, genuine=genuine)
    town.do(lambda uow: on_duress(uow, duress(town, incident)))
    assert town.forwards(incident) == []


def test_what_nobody_looked_at_is_presented_again_once_and_a_supervisor_paged(town: Town) -> None:
    incident = town.report(SARI).incident
    accept_all(town, incident)
    town.wait(119)
    assert town.do(present_unanswered_again) == 0
    town.wait(1)
    assert town.do(present_unanswered_again) == 1
    assert forward(town, documents(town, incident)[-1]).reason == "unacknowledged"
    assert len(town.items(Channel.PAGER)) == 1
    town.wait(120)
    accept_all(town, incident)
    assert town.do(present_unanswered_again) == 0
    assert len(documents(town, incident)) == 2


@pytest.mark.parametrize("why", ["acknowledged", "not taken", "news"])
def test_what_was_looked_at_or_never_arrived_is_not_presented_again(town: Town, why: str) -> None:
    kind = IncidentKind.GATHERING if why == "news" else IncidentKind.THEFT
    incident = town.report(HEAD, kind).incident
    if why != "not taken":
        accept_all(town, incident)
    if why == "acknowledged":
        town.do(lambda uow: record_police_reply(uow, incident, Reply.ACKNOWLEDGED, "Wulan", None))
    town.wait(200)
    assert town.do(present_unanswered_again) == 0


def test_a_drill_that_nobody_answers_wakes_no_supervisor(town: Town) -> None:
    incident = town.press(purpose=Purpose.DRILL).incident
    accept_all(town, incident)
    town.wait(120)
    assert town.do(present_unanswered_again) == 1
    assert town.items(Channel.PAGER) == []


def test_a_reply_counts_once_and_its_id_serves_no_other(town: Town) -> None:
    incident = town.report(SARI).incident

    def reply(word: Reply, digest: str, by: Recipient = Recipient.POLICE) -> IncidentStatus:
        return town.do(
            lambda uow: record_police_reply(uow, incident, word, "Wulan", None, delivery="r-1", digest=digest, by=by)
        )

    assert reply(Reply.ACKNOWLEDGED, "aa") is IncidentStatus.ACKNOWLEDGED
    assert reply(Reply.ACKNOWLEDGED, "aa") is IncidentStatus.ACKNOWLEDGED
    assert len(town.record(incident, "police_replied")) == 1
    with pytest.raises(ConflictError):
        reply(Reply.DISPATCHED, "bb")
    with pytest.raises(UnknownError):
        reply(Reply.DISPATCHED, "cc", Recipient.EMERGENCY)
    assert town.incident(incident).status is IncidentStatus.ACKNOWLEDGED


def test_an_abandoned_document_is_not_followed_up(town: Town) -> None:
    incident = town.report(SARI).incident
    for item in town.forwards(incident):
        town.do(lambda uow, item=item: uow.outbox.finished(item.id, ItemState.ABANDONED))
    cancelled(town, incident, genuine=True)
    assert len(documents(town, incident)) == 1
