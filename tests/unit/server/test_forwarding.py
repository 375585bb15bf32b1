"""What leaves the neighbourhood: queued, delivered until it is taken, held where nobody may hear."""

import itertools
from dataclasses import replace

import pytest
from tests.unit.server.town import HEAD, JOKO, RT1, SARI, WULAN, Town

from kentongan_server.domain.errors import FirewallError
from kentongan_server.domain.forward import Forward, ForwardEvent, Recipient
from kentongan_server.domain.incident_kind import IncidentClass, IncidentKind, Purpose
from kentongan_server.ports.outbox import Channel, ItemState, OutboxItem
from kentongan_server.use_cases.forwarding import deliver_forward, deliver_page
from kentongan_server.use_cases.forwarding.watch_forwards import page_for_unaccepted
from kentongan_server.use_cases.responding.acknowledge import acknowledge

POLICE = {Channel.POLICE_WEBHOOK, Channel.POLICE_CAP}
EMERGENCY = {Channel.EMERGENCY_WEBHOOK, Channel.EMERGENCY_CAP}


def begin(town: Town, item: OutboxItem) -> Forward | None:
    return town.do(lambda uow: deliver_forward.begin_attempt(uow, item))


def due(town: Town) -> list[OutboxItem]:
    return town.do(lambda uow: uow.outbox.due(town.clock.now(), 100))


def attempt_times(town: Town, item: OutboxItem, seconds: int, *, until_taken: float | None = None) -> list[int]:
    """When, in whole seconds from now, an attempt is made at `item` by a recipient that takes it at `until_taken`."""
    found = []
    for second in range(seconds + 1):
        ready = {one.id: one for one in due(town)}
        if item.id in ready and begin(town, ready[item.id]) is not None:
            found.append(second)
            if until_taken is not None and second >= until_taken:
                town.do(lambda uow: deliver_forward.accepted(uow, item))
            else:
                town.do(lambda uow: deliver_forward.failed(uow, item, "The recipient is away."))
        town.wait(1)
    return found


@pytest.mark.parametrize("kind", IncidentKind)
def test_who_hears_of_it(town: Town, kind: IncidentKind) -> None:
    incident = town.report(HEAD, kind).incident
    expected = {IncidentClass.CRIME: POLICE, IncidentClass.EMERGENCY: EMERGENCY, IncidentClass.COMMUNITY: set()}
    assert {item.channel for item in town.forwards(incident)} == expected[kind.incident_class]
    held = town.record(incident, "forward_held")
    assert len(held) == (kind.incident_class is IncidentClass.COMMUNITY)
    assert len(town.record(incident, "forward_queued")) == len(expected[kind.incident_class])


def test_reputation_never_holds_a_forward_back_but_goes_with_it(town: Town) -> None:
    incident = town.report(JOKO).incident
    assert town.alarm(incident).state == "gated"
    forward = begin(town, town.forwards(incident)[0])
    assert forward.trust == "unknown"
    assert begin(town, town.forwards(town.report(SARI, IncidentKind.FIRE).incident)[0]).trust == "trusted"


def test_a_witness_is_an_update_and_no_second_report(town: Town) -> None:
    incident = town.press("ktg-1").incident
    town.report(SARI)
    assert [item.body["event"] for item in town.forwards(incident)].count("incident.reported") == 2
    assert len(town.forwards(incident)) == 4


def test_the_document_is_complete_in_itself(town: Town) -> None:
    incident = town.report(SARI, text="Motor dibawa lari", purpose=Purpose.DRILL)
    (item,) = [i for i in town.forwards(incident.incident) if i.channel is Channel.POLICE_CAP]
    town.wait(3)
    forward = begin(town, item)
    assert forward == Forward(
        delivery=item.id,
        recipient=Recipient.POLICE,
        event=ForwardEvent.REPORTED,
        incident=incident.incident,
        kind=IncidentKind.THEFT,
        incident_class=IncidentClass.CRIME,
        purpose=Purpose.DRILL,
        region=RT1,
        region_name="RT 01",
        latitude=-6.98,
        longitude=110.41,
        opened_at=town.incident(incident.incident).opened_at,
        queued_at=item.queued_at,
        source="app",
        trust="trusted",
        text="Motor dibawa lari",
    )


def test_every_attempt_sends_the_same_document(town: Town) -> None:
    item = town.forwards(town.press().incident)[0]
    first = begin(town, item)
    town.wait(100)
    renamed = replace(town.store.places.kept_regions[RT1], name="RT 01 yang baru", latitude=-7.0)
    town.do(lambda uow: uow.places.put_region(renamed))
    assert begin(town, item) == first


def test_the_schedule_of_an_emergency(town: Town) -> None:
    item = town.forwards(town.press().incident)[0]
    assert attempt_times(town, item, 400) == [0, 2, 7, 17, 37, 77, 137, 197, 257, 317, 377]


def test_it_is_tried_each_minute_for_ever(town: Town) -> None:
    item = town.forwards(town.press().incident)[0]
    times = attempt_times(town, item, 4000)
    assert {later - earlier for earlier, later in itertools.pairwise(times[6:])} == {60}


def test_what_was_taken_is_not_sent_again(town: Town) -> None:
    incident = town.press().incident
    item = town.forwards(incident)[0]
    assert attempt_times(town, item, 300, until_taken=17) == [0, 2, 7, 17]
    assert begin(town, item) is None
    (accepted,) = town.record(incident, "forward_accepted")
    assert accepted.facts == {"channel": item.channel, "attempts": 4}
    failed = town.record(incident, "forward_failed")
    assert [entry.facts["attempts"] for entry in failed] == [1, 2, 3]
    assert failed[0].facts["error"] == "The recipient is away."


def test_an_attempt_that_a_crash_cut_off_is_made_again(town: Town) -> None:
    item = town.forwards(town.press().incident)[0]
    assert begin(town, item) is not None
    town.wait(7.999)
    assert item.id not in [ready.id for ready in due(town)]
    assert begin(town, item) is None, "another server's attempt may still be under way"
    town.wait(0.001)
    assert item.id in [ready.id for ready in due(town)]


def test_answers_after_the_end_change_nothing(town: Town) -> None:
    incident = town.press().incident
    item = town.forwards(incident)[0]
    begin(town, item)
    town.do(lambda uow: deliver_forward.accepted(uow, item))
    before = list(town.store.timeline.entries)
    town.do(lambda uow: deliver_forward.accepted(uow, item))
    town.do(lambda uow: deliver_forward.failed(uow, item, "late"))
    assert town.store.timeline.entries == before
    assert town.store.outbox.items[item.id].state is ItemState.ACCEPTED


def test_the_first_wall_stands_before_every_attempt(town: Town) -> None:
    """A row that says another recipient than its incident's class allows is stopped although it came this far."""
    item = town.forwards(town.press(kind=IncidentKind.FIRE).incident)[0]
    lied = replace(item, body={**item.body, "recipient": "police"})
    with pytest.raises(FirewallError):
        begin(town, lied)
    assert town.store.outbox.items[item.id].attempts == 0


def test_what_a_wall_held_is_never_tried_again_and_a_human_looks(town: Town) -> None:
    incident = town.press().incident
    item = town.forwards(incident)[0]
    town.do(lambda uow: deliver_forward.held(uow, item, "a defect of ours"))
    town.do(lambda uow: deliver_forward.held(uow, item, "a defect of ours"))
    assert town.store.outbox.items[item.id].state is ItemState.ABANDONED
    assert item.id not in [ready.id for ready in due(town)]
    assert town.record(incident, "forward_held")[0].facts == {"class": "crime", "reason": "a defect of ours"}
    assert len(town.items(Channel.PAGER)) == 1


# the pager


def watch(town: Town) -> int:
    """How many pages that made."""
    before = len(town.items(Channel.PAGER))
    while town.do(page_for_unaccepted):
        pass
    return len(town.items(Channel.PAGER)) - before


def stages(town: Town, incident: str) -> list[str]:
    return [entry.facts["stage"] for entry in town.record(incident, "stage_reached")]


def test_a_human_is_paged_once_after_a_minute_and_the_reporter_told(town: Town) -> None:
    incident = town.press().incident
    town.wait(59.999)
    assert watch(town) == 0
    town.wait(0.001)
    assert watch(town) == 1
    assert stages(town, incident) == ["not_delivered"]
    (page,) = town.items(Channel.PAGER)
    assert page.incident == incident
    assert "60 s" in page.body["reason"]
    for _ in range(10):
        town.wait(60)
        assert watch(town) == 0
    assert len(town.items(Channel.PAGER)) == len(town.record(incident, "human_paged")) == 1


def test_each_incident_is_paged_for_itself(town: Town) -> None:
    town.press()
    town.press(kind=IncidentKind.FIRE)
    town.press("ktg-9")
    town.wait(60)
    assert watch(town) == 3


def test_a_forward_that_was_taken_pages_nobody(town: Town) -> None:
    incident = town.press().incident
    for item in town.forwards(incident):
        town.do(lambda uow, item=item: deliver_forward.accepted(uow, item))
    town.wait(60)
    assert watch(town) == 0


def test_one_channel_that_fails_pages_but_the_reporter_is_not_frightened(town: Town) -> None:
    incident = town.press().incident
    webhook, _cap = town.forwards(incident)
    town.do(lambda uow: deliver_forward.accepted(uow, webhook))
    town.wait(60)
    assert watch(town) == 1
    assert stages(town, incident) == []


def test_what_an_operator_saw_already_was_delivered_in_their_own_way(town: Town) -> None:
    incident = town.press().incident
    town.do(lambda uow: acknowledge(uow, incident, WULAN))
    town.wait(60)
    assert watch(town) == 1
    assert stages(town, incident) == ["police_saw"]


@pytest.mark.parametrize("purpose", [Purpose.DRILL, Purpose.TEST])
def test_a_drill_that_the_police_do_not_take_wakes_nobody_and_sends_nobody_to_110(town: Town, purpose: Purpose) -> None:
    incident = town.press(purpose=purpose).incident
    assert town.forwards(incident)
    town.wait(3600)
    assert watch(town) == 0
    assert stages(town, incident) == []
    assert town.record(incident, "human_paged") == []


def test_community_news_pages_nobody(town: Town) -> None:
    town.report(HEAD, IncidentKind.COMMUNITY_WORK)
    town.wait(3600)
    assert watch(town) == 0


def test_the_page_is_tried_each_half_minute_until_it_is_taken(town: Town) -> None:
    town.press()
    town.wait(60)
    watch(town)
    (page,) = town.items(Channel.PAGER)
    tries = []
    for second in range(0, 100, 5):
        if page.id in [item.id for item in due(town)] and town.do(lambda uow: deliver_page.begin_attempt(uow, page)):
            tries.append(second)
        town.wait(5)
    assert tries == [0, 30, 60, 90]
    town.do(lambda uow: deliver_page.paged(uow, page))
    assert town.do(lambda uow: deliver_page.begin_attempt(uow, page)) is False
    town.wait(3600)
    assert page.id not in [item.id for item in due(town)]
