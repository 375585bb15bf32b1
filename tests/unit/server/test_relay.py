"""What was decided reaches those who must hear it: at once after the commit, and again until it is done."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from structlog.testing import capture_logs
from tests.fakes.pager import FakePager
from tests.fakes.responder import FakeResponder
from tests.fakes.sounder import FakeSounder
from tests.unit.server.town import HEAD, RT1_NODES, Town
from tests.unit.server.waiting import running, until

from kentongan_server.domain.forward import Forward, Recipient
from kentongan_server.domain.incident_kind import IncidentKind
from kentongan_server.domain.lifecycle import CommandState
from kentongan_server.inbound.clock.relay import AT_ONCE, Relay
from kentongan_server.inbound.metrics import Metrics
from kentongan_server.ports.outbox import Channel, ItemState
from kentongan_server.ports.unit_of_work import Committed
from kentongan_server.use_cases.forwarding.record_police_reply import Reply, record_police_reply
from kentongan_server.use_cases.forwarding.watch_forwards import page_for_unaccepted

RELAY_BROKE = {"delivery_broke", "retry_failed", "outbox_unreadable"}


class Stage:
    """A town, its relay, and everybody at the relay's other ends."""

    def __init__(self) -> None:
        self.town = Town()
        self.sounder = FakeSounder()
        self.pager = FakePager()
        self.metrics = Metrics()
        self.police = FakeResponder(Recipient.POLICE)
        self.emergency = FakeResponder(Recipient.EMERGENCY)
        self.responders: dict[Channel, FakeResponder] = {
            Channel.POLICE_WEBHOOK: self.police,
            Channel.POLICE_CAP: self.police,
            Channel.EMERGENCY_WEBHOOK: self.emergency,
            Channel.EMERGENCY_CAP: self.emergency,
        }
        self.relay = Relay(self.town.store, self.sounder, self.responders, self.pager, self.metrics)
        self.town.store.listen(self.relay.committed)

    def states(self, incident: str) -> set[ItemState]:
        return {item.state for item in self.town.forwards(incident)}

    def counted(self, metric: str, **labels: str) -> float:
        return self.metrics.registry.get_sample_value(metric, labels) or 0.0


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """The relay at work."""
    stage = Stage()
    async with running(stage.relay.run()):
        yield stage


async def test_every_kentongan_is_sent_its_order_and_the_police_their_documents(stage: Stage) -> None:
    incident = stage.town.press("ktg-1").incident
    await until(lambda: len(stage.sounder.orders) == len(RT1_NODES))
    assert sorted(order.node for order in stage.sounder.orders) == sorted(RT1_NODES)
    await until(lambda: {c.state for c in stage.town.soundings(incident)} == {CommandState.SENT})
    await until(lambda: stage.states(incident) == {ItemState.ACCEPTED})
    assert {forward.incident for forward in stage.police.taken.values()} == {incident}
    assert stage.police.attempts == len(stage.police.taken) == 2
    assert stage.emergency.attempts == 0
    assert stage.counted("kentongan_commands_sent_total") == len(RT1_NODES)
    assert stage.counted("kentongan_deliveries_total", channel="police_cap", result="accepted") == 1


async def test_a_press_that_was_committed_with_a_city_is_sent_before_it_and_apart(stage: Stage) -> None:
    stage.town.press("ktg-1")
    await until(lambda: len(stage.sounder.orders) == len(RT1_NODES))
    pressed = list(stage.sounder.orders)
    citys = [replace(order, command=f"city-{order.command}", leisure_ms=5_000) for order in pressed]
    stage.sounder.orders.clear()
    stage.sounder.bursts.clear()
    stage.relay.committed(Committed(orders=citys + pressed))
    await until(lambda: len(stage.sounder.bursts) == 2)
    assert stage.sounder.bursts == [pressed, citys]


async def test_an_emergency_goes_to_its_own_recipient(stage: Stage) -> None:
    incident = stage.town.press("ktg-1", IncidentKind.FIRE).incident
    await until(lambda: stage.states(incident) == {ItemState.ACCEPTED})
    assert (stage.police.attempts, stage.emergency.attempts) == (0, 2)


async def test_community_news_goes_to_nobody(stage: Stage) -> None:
    stage.town.report(HEAD, IncidentKind.COMMUNITY_WORK)
    incident = stage.town.press("ktg-9").incident
    await until(lambda: stage.states(incident) == {ItemState.ACCEPTED})
    assert {forward.incident for forward in stage.police.taken.values()} == {incident}


async def test_what_the_broker_did_not_take_is_sent_when_it_is_due(stage: Stage) -> None:
    stage.sounder.away = True
    incident = stage.town.press("ktg-1").incident
    await until(lambda: stage.police.taken)
    assert {c.state for c in stage.town.soundings(incident)} == {CommandState.QUEUED}
    stage.sounder.away = False
    stage.town.wait(1)
    await until(lambda: {c.state for c in stage.town.soundings(incident)} == {CommandState.SENT})
    assert {order.counter for order in stage.sounder.orders} == {2}


async def test_a_recipient_that_is_away_is_asked_again(stage: Stage) -> None:
    stage.police.away = True
    incident = stage.town.press("ktg-1").incident
    await until(lambda: stage.states(incident) == {ItemState.FAILING})
    assert stage.counted("kentongan_deliveries_total", channel="police_webhook", result="failed") == 1
    stage.police.away = False
    assert stage.police.taken == {}
    stage.town.wait(2)
    await until(lambda: stage.states(incident) == {ItemState.ACCEPTED})
    assert len(stage.police.taken) == 2


async def test_a_channel_that_nobody_set_up_waits_and_says_so(stage: Stage) -> None:
    del stage.responders[Channel.POLICE_CAP]
    incident = stage.town.press("ktg-1").incident
    await until(lambda: stage.states(incident) == {ItemState.ACCEPTED, ItemState.FAILING})
    (failed,) = stage.town.record(incident, "forward_failed")
    assert failed.facts["error"] == "nobody is configured for police_cap"


async def test_the_last_wall_is_never_tried_twice_and_a_human_is_called(stage: Stage) -> None:
    """Wired wrongly on purpose: what is meant for the police comes to the door of the 112 recipient."""
    stage.responders[Channel.POLICE_WEBHOOK] = stage.emergency
    with capture_logs() as logs:
        incident = stage.town.press("ktg-1").incident
        await until(lambda: stage.states(incident) == {ItemState.ABANDONED, ItemState.ACCEPTED})
        await until(lambda: stage.pager.pages)
    assert stage.emergency.attempts == 0
    assert [entry["log_level"] for entry in logs if entry["event"] == "forward_held"] == ["critical"]
    assert stage.counted("kentongan_deliveries_total", channel="police_webhook", result="held") == 1
    stage.town.wait(3600)
    assert [item.id for item in stage.town.do(lambda uow: uow.outbox.due(stage.town.clock.now(), 9))] == []


async def test_a_human_is_paged_until_the_pager_takes_it(stage: Stage) -> None:
    stage.police.away = stage.pager.away = True
    incident = stage.town.press("ktg-1").incident
    stage.town.wait(60)
    stage.town.do(page_for_unaccepted)
    await until(lambda: stage.counted("kentongan_deliveries_total", channel="pager", result="failed") == 1)
    stage.pager.away = False
    stage.town.wait(30)
    await until(lambda: stage.pager.pages)
    assert [about for _, about in stage.pager.pages] == [incident]
    stage.town.wait(30)
    (page,) = stage.town.items(Channel.PAGER)
    assert page.state is ItemState.ACCEPTED


async def test_the_call_point_is_shown_how_far_help_has_come(stage: Stage) -> None:
    taken = stage.town.press("ktg-1")
    stage.sounder.away = True
    stage.town.do(lambda uow: record_police_reply(uow, taken.incident, Reply.ACKNOWLEDGED, "Wulan", None))
    await until(lambda: [item.attempts for item in stage.town.items(Channel.RECEIPT)] == [1])
    stage.sounder.away = False
    stage.town.wait(1)
    await until(lambda: stage.sounder.shown)
    assert stage.sounder.shown == [("ktg-1", taken.report, "police_saw", taken.incident)]


class HangingResponder(FakeResponder):
    """Takes every call and answers none."""

    async def deliver(self, _: Forward) -> None:
        self.attempts += 1
        await asyncio.Event().wait()


async def test_a_recipient_that_hangs_holds_up_only_itself(stage: Stage) -> None:
    hanging = stage.responders[Channel.POLICE_WEBHOOK] = HangingResponder()
    incidents = []
    for _ in range(AT_ONCE + 4):
        incidents.append(stage.town.press("ktg-1").incident)
        stage.town.wait(601)
    await until(lambda: hanging.attempts == AT_ONCE, "all its places are taken")
    await until(lambda: len(stage.police.taken) == len(incidents), "CAP, on its own channel, goes on")
    assert len(stage.sounder.orders) >= len(incidents) * len(RT1_NODES)
    stage.town.wait(3600)
    stage.town.press("ktg-9", IncidentKind.FIRE)
    await until(lambda: len(stage.emergency.taken) == 2)
    assert hanging.attempts == AT_ONCE, "an attempt under way is not made twice"


async def test_a_full_disk_is_waited_out_without_spinning(stage: Stage) -> None:
    stage.police.away = True
    incident = stage.town.press("ktg-1").incident
    await until(lambda: stage.states(incident) == {ItemState.FAILING})
    stage.police.away, stage.town.store.full = False, True
    stage.town.wait(5)
    with capture_logs() as logs:
        await until(lambda: stage.town.store.refused >= 6)
        refused = stage.town.store.refused
        await asyncio.sleep(0.5)
    assert stage.town.store.refused - refused <= 12, "it must wait for its tick, not spin"
    # A server that another test left open in this process may log too: only the relay's own words count.
    said = {(entry["event"], entry["log_level"]) for entry in logs if entry["event"] in RELAY_BROKE}
    assert ("delivery_broke", "error") in said
    assert {level for _, level in said} == {"error"}
    stage.town.store.full = False
    await until(lambda: stage.states(incident) == {ItemState.ACCEPTED}, "it goes on when there is room again")


async def test_after_a_crash_the_rows_are_still_there() -> None:
    """The commit is told to nobody: the relay of the next process finds everything by itself."""
    stage = Stage()
    stage.town.store.listen(lambda _: None)
    incident = stage.town.press("ktg-1").incident
    stage.town.wait(1)
    async with running(stage.relay.run()):
        await until(lambda: {order.node for order in stage.sounder.orders} == set(RT1_NODES))
        await until(lambda: stage.states(incident) == {ItemState.ACCEPTED})
    assert len(stage.sounder.orders) == len(RT1_NODES)
