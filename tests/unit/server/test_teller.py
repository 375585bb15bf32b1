"""A channel that hangs fills its own lane and nothing else."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs
from tests.fakes.notifier import FakeNotifier
from tests.fakes.pager import FakePager
from tests.fakes.responder import FakeResponder
from tests.fakes.sounder import FakeSounder
from tests.unit.server.test_telling_people import BUDI, TONO, Reached
from tests.unit.server.town import RT1, RT1_NODES
from tests.unit.server.waiting import running, until

from kentongan_server.domain.forward import Recipient
from kentongan_server.domain.lifecycle import NotificationState
from kentongan_server.domain.notification import NotifyChannel
from kentongan_server.domain.people import Membership, Person, Role
from kentongan_server.inbound.clock.relay import Relay
from kentongan_server.inbound.clock.teller import AT_ONCE, Teller
from kentongan_server.inbound.metrics import Metrics
from kentongan_server.ports.notifier import NotifyError
from kentongan_server.ports.outbox import Channel, ItemState

PUSH, TELEGRAM, SMS = NotifyChannel.WEB_PUSH, NotifyChannel.TELEGRAM, NotifyChannel.SMS


class Stage:
    """A town whose ronda are reached over three channels, with every lane at work."""

    def __init__(self, longest_s: float = 30) -> None:
        self.town = Reached()
        self.notifiers = {channel: FakeNotifier() for channel in (PUSH, TELEGRAM, SMS)}
        for person in (BUDI, TONO):
            for channel in (TELEGRAM, SMS):
                self.town.can_be_told(person, channel)
        self.metrics = Metrics()
        self.sounder, self.police = FakeSounder(), FakeResponder(Recipient.POLICE)
        responders = {Channel.POLICE_WEBHOOK: self.police, Channel.POLICE_CAP: self.police}
        self.relay = Relay(self.town.store, self.sounder, responders, FakePager(), self.metrics)
        self.teller = Teller(self.town.store, self.notifiers, self.metrics, longest_s)
        self.town.store.listen(self._committed)

    def _committed(self, what: object) -> None:
        self.relay.committed(what)
        self.teller.committed(what)

    def errors(self, channel: NotifyChannel) -> set[str | None]:
        return {n.error for n in self.town.store.notifications.all.values() if n.channel is channel}

    def states(self, channel: NotifyChannel) -> set[NotificationState]:
        return {n.state for n in self.town.store.notifications.all.values() if n.channel is channel}


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    stage = Stage()
    async with running(stage.relay.run()), running(stage.teller.run()):
        yield stage


async def test_everybody_on_duty_is_told_over_every_channel(stage: Stage) -> None:
    incident = stage.town.press().incident
    for channel in stage.notifiers:
        await until(lambda channel=channel: stage.states(channel) == {NotificationState.SENT})
        assert {d.person for d, _ in stage.notifiers[channel].told} == {"budi", "tono"}
    await until(lambda: len(stage.town.record(incident, "notifications_sent")) == 3)
    assert (
        stage.metrics.registry.get_sample_value("kentongan_deliveries_total", {"channel": "sms", "result": "accepted"})
        == 2
    )


async def test_a_channel_that_hangs_for_half_a_minute_delays_no_siren_no_police_and_no_other_channel(
    stage: Stage,
) -> None:
    """Forty people of the ronda hang in one lane; all the rest is over long before the first of them."""
    for number in range(40):
        person = Person(f"more-{number}", "Pak", (Membership(Role.RONDA, RT1, True),))
        stage.town.do(lambda uow, person=person: uow.people.put_person(person, None))
        stage.town.can_be_told(person, TELEGRAM)
    stage.notifiers[TELEGRAM].hang_s = 30
    begun = asyncio.get_running_loop().time()
    incident = stage.town.press().incident
    await until(lambda: len(stage.sounder.orders) == len(RT1_NODES))
    await until(lambda: {f.state for f in stage.town.forwards(incident)} == {ItemState.ACCEPTED})
    await until(lambda: stage.states(SMS) == stage.states(PUSH) == {NotificationState.SENT})
    stage.town.wait(601)
    again = stage.town.press("ktg-9").incident
    await until(lambda: {f.state for f in stage.town.forwards(again)} == {ItemState.ACCEPTED})
    await until(lambda: any(order.incident == again for order in stage.sounder.orders))
    assert asyncio.get_running_loop().time() - begun < 15, "nobody waited for the channel that hangs"
    assert stage.notifiers[TELEGRAM].attempts <= 2 * AT_ONCE
    assert stage.notifiers[TELEGRAM].told == []


async def test_an_attempt_is_cut_off() -> None:
    stage = Stage(longest_s=0.05)
    stage.notifiers[TELEGRAM].hang_s = 3600
    async with running(stage.teller.run()):
        stage.town.press()
        await until(lambda: stage.errors(TELEGRAM) == {"The channel did not answer within 0.05 seconds."})
    assert stage.states(TELEGRAM) == {NotificationState.PENDING}


async def test_a_channel_that_was_away_is_tried_again(stage: Stage) -> None:
    stage.notifiers[SMS].error = NotifyError("The channel answered 503.")
    stage.town.press()
    await until(lambda: stage.errors(SMS) == {"The channel answered 503."})
    assert stage.states(SMS) == {NotificationState.PENDING}
    stage.notifiers[SMS].error = None
    stage.town.wait(5)
    await until(lambda: stage.states(SMS) == {NotificationState.SENT})


async def test_a_notifier_that_breaks_is_logged_and_tried_again(stage: Stage) -> None:
    stage.notifiers[SMS].error = ValueError("a defect")  # type: ignore[assignment]
    with capture_logs() as logs:
        stage.town.press()
        await until(lambda: stage.errors(SMS) == {"Our side of the channel broke (ValueError)."})
    assert any(entry["event"] == "notifier_broke" for entry in logs)


async def test_a_channel_that_nobody_set_up_says_so(stage: Stage) -> None:
    del stage.notifiers[SMS]
    stage.town.press()
    await until(lambda: stage.states(SMS) == {NotificationState.FAILED})


async def test_a_full_disk_stops_no_lane_for_good(stage: Stage) -> None:
    stage.town.press()
    stage.town.store.full = True
    with capture_logs():
        await until(lambda: stage.town.store.refused > 2)
    stage.town.store.full = False
    stage.town.wait(60)
    await until(lambda: stage.states(SMS) == {NotificationState.SENT})
