"""Third parties hear of what they may, once, in the order of the ladder, and hold nobody up."""

import asyncio
import json
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from tests.fakes.subscriber import FakeSubscriber
from tests.unit.server.town import ADMIN, HEAD, JOKO, KELURAHAN, RT1, RT2, SARI, WULAN, Town
from tests.unit.server.waiting import running, until

from kentongan_server.domain.errors import ConflictError, RefusedError, UnknownError
from kentongan_server.domain.incident import Disposition
from kentongan_server.domain.incident_kind import IncidentClass, IncidentKind
from kentongan_server.domain.lifecycle import NotificationState
from kentongan_server.domain.subscription import LADDER, Delivery, Owner, Subscription
from kentongan_server.inbound.clock.publisher import Publisher
from kentongan_server.inbound.metrics import Metrics
from kentongan_server.ports.notifier import NotifyError
from kentongan_server.use_cases.governing.keep_subscriptions import (
    found_subscription,
    resume,
    subscribe,
    subscriptions_of,
    unsubscribe,
)
from kentongan_server.use_cases.informing.publish import Outcome, begin, conclude, publish_test
from kentongan_server.use_cases.reporting.cancel_report import cancel_report
from kentongan_server.use_cases.responding.resolve import resolve

CRIME, EMERGENCY, NEWS = IncidentClass.CRIME, IncidentClass.EMERGENCY, IncidentClass.COMMUNITY


def wanted(town: Town, name: str = "s-1", **different: Any) -> Subscription:
    plain: dict[str, Any] = {
        "name": "Kelurahan",
        "region": KELURAHAN,
        "owner": Owner.GOVERNMENT,
        "hears": frozenset({CRIME, EMERGENCY}),
        "url": "https://kelurahan.example/hook",
        "made_by": ADMIN.id,
        "made_at": town.clock.now(),
    }
    return Subscription(id=name, **{**plain, **different})


def makes(town: Town, person=ADMIN, name: str = "s-1", **different: Any) -> Subscription:
    return town.do(lambda uow: subscribe(uow, person, wanted(town, name, **different)))


def told(town: Town, name: str = "s-1") -> list[str]:
    return [d.event for d in town.store.subscriptions.deliveries.values() if d.subscription == name]


def attempt(town: Town, **outcome: Any) -> Delivery:
    """One attempt and what came of it; the delivery as it is then."""
    (parcel,) = town.do(lambda uow: begin(uow, 64, ()))
    town.do(lambda uow: conclude(uow, Outcome(parcel.delivery.id, **outcome)))
    return town.store.subscriptions.deliveries[parcel.delivery.id]


@pytest.fixture
def town() -> Town:
    return Town(wide=True)


def test_a_kelurahan_hears_of_a_theft_and_of_its_end_without_anybody_s_words(town: Town) -> None:
    makes(town)
    incident = town.report(SARI, text="Pencuri di rumah Bu Sari").incident
    town.report(JOKO)
    town.do(lambda uow: resolve(uow, incident, HEAD, Disposition.FOUNDED, None))
    assert told(town) == ["incident.opened", "incident.updated"], "a witness is no news"
    first, last = (json.loads(d.body) for d in town.store.subscriptions.deliveries.values())
    assert (first["incident"]["region"], first["incident"]["status"]) == (RT1, "reported")
    assert last["incident"]["status"] == "resolved"
    assert "Sari" not in str(first)


@pytest.mark.parametrize(
    ("owner", "region", "hears"),
    [
        (Owner.POLICE, KELURAHAN, {CRIME, EMERGENCY}),
        (Owner.POLICE, RT1, {NEWS}),
        (Owner.EMERGENCY, KELURAHAN, {CRIME}),
        (Owner.GOVERNMENT, RT1, {NEWS}),
        (Owner.NEIGHBOURHOOD, KELURAHAN, {NEWS}),
    ],
)
def test_nobody_subscribes_to_what_they_may_never_hear(town: Town, owner: Owner, region: str, hears: set) -> None:
    with pytest.raises(RefusedError, match=r"hear of|stays in its RT"):
        makes(town, owner=owner, region=region, hears=frozenset(hears))
    # And were such a row there all the same, nothing would be queued for it.
    town.do(lambda uow: uow.subscriptions.put(wanted(town, owner=owner, region=region, hears=frozenset(hears))))
    kinds = {NEWS: IncidentKind.GATHERING, EMERGENCY: IncidentKind.FIRE, CRIME: IncidentKind.THEFT}
    allowed = {Owner.POLICE: {CRIME}, Owner.EMERGENCY: {EMERGENCY}}.get(owner, set())
    for each in hears - allowed:
        town.report(HEAD, kinds[each])
    assert told(town) == []


def test_news_goes_to_the_neighbourhood_s_own_of_that_very_rt(town: Town) -> None:
    for name, region in (("own", RT1), ("beside", RT2)):
        makes(town, name=name, owner=Owner.NEIGHBOURHOOD, region=region, hears=frozenset({NEWS}))
    town.report(HEAD, IncidentKind.GATHERING)
    assert (told(town, "own"), told(town, "beside")) == (["incident.opened"], [])


def test_who_may_subscribe_whom(town: Town) -> None:
    own = {"owner": Owner.NEIGHBOURHOOD, "region": RT1, "hears": frozenset(IncidentClass)}
    makes(town, HEAD, **own)
    for person, different in ((SARI, own), (WULAN, {}), (HEAD, {}), (HEAD, {**own, "region": RT2})):
        with pytest.raises(RefusedError):
            makes(town, person, "s-2", **different)
    assert [one.id for one in town.do(lambda uow: subscriptions_of(uow, HEAD))] == ["s-1"]
    assert town.do(lambda uow: subscriptions_of(uow, SARI)) == []
    with pytest.raises(UnknownError):
        town.do(lambda uow: unsubscribe(uow, SARI, "s-1"))
    for refused in (False, True):
        with pytest.raises(ConflictError) if refused else nullcontext():
            town.do(lambda uow: publish_test(uow, found_subscription(uow, HEAD, "s-1")))
    town.do(lambda uow: unsubscribe(uow, HEAD, "s-1"))
    assert (town.store.subscriptions.all, town.store.subscriptions.deliveries) == ({}, {})


@pytest.mark.parametrize("duress", [False, True])
def test_after_a_cancellation_true_or_not_the_same_is_told(town: Town, duress: bool) -> None:
    makes(town)
    incident = town.report(SARI).incident
    town.do(lambda uow: cancel_report(uow, incident, SARI, duress=duress))
    assert told(town) == ["incident.opened", "incident.cancelled"]
    last = list(town.store.subscriptions.deliveries.values())[-1]
    assert json.loads(last.body)["incident"]["status"] == "cancelled"
    if duress:
        town.do(lambda uow: resolve(uow, incident, WULAN, Disposition.FOUNDED, None))
        assert told(town) == ["incident.opened", "incident.cancelled"]


def test_the_ladder_is_climbed_and_ends(town: Town) -> None:
    makes(town)
    town.press()
    waited = []
    for step in LADDER[1:]:
        one = attempt(town, error="The channel answered 503.")
        assert one.state is NotificationState.PENDING
        waited.append(one.due_at - town.clock.now())
        town.wait(step.total_seconds() - 1)
        assert town.do(lambda uow: begin(uow, 64, ())) == []
        town.wait(1)
    assert waited == [timedelta(seconds=s) for s in (30, 120, 600, 3600, 21600, 86400)]
    one = attempt(town, error="The channel answered 503.")
    assert (one.state, one.attempts, one.due_at) == (NotificationState.FAILED, 7, None)
    assert one.error == "Given up after 7 attempts. The channel answered 503."


def test_410_stops_the_subscription_and_what_waits_for_it(town: Town) -> None:
    makes(town)
    town.press()
    town.press(kind=IncidentKind.FIRE)
    assert attempt(town, error="The channel answered 410.", gone=True).state is NotificationState.FAILED
    assert town.do(lambda uow: begin(uow, 64, ())) == []
    assert {d.state for d in town.store.subscriptions.deliveries.values()} == {NotificationState.FAILED}
    assert "410" in town.store.subscriptions.all["s-1"].stopped
    town.press("ktg-9")
    assert len(told(town)) == 2


def test_who_may_change_it_resumes_a_stopped_one_and_it_hears_what_comes_after(town: Town) -> None:
    makes(town)
    town.press()
    attempt(town, error="The channel answered 410.", gone=True)
    town.report(SARI, IncidentKind.FIRE)
    with pytest.raises(UnknownError):
        town.do(lambda uow: resume(uow, SARI, "s-1"))
    for _ in range(2):
        assert town.do(lambda uow: resume(uow, ADMIN, "s-1")).stopped is None
    assert [e.event for e in town.store.timeline.entries].count("subscription_resumed") == 1
    town.press("ktg-9")
    assert told(town) == ["incident.opened", "incident.opened"], "the fire between was missed"
    assert attempt(town).state is NotificationState.SENT


async def test_a_receiver_that_hangs_delays_no_other(town: Town) -> None:
    makes(town, name="hangs")
    makes(town, name="well")

    class Half(FakeSubscriber):
        async def deliver(self, subscription: Subscription, delivery: Delivery) -> None:
            if subscription.id == "hangs":
                await asyncio.Event().wait()
            await super().deliver(subscription, delivery)

    subscriber = Half()
    publisher = Publisher(town.store, subscriber, Metrics())
    town.store.listen(publisher.committed)
    async with running(publisher.run()):
        for node in ("ktg-1", "ktg-9", "ktg-20"):
            town.press(node)
        await until(lambda: len(subscriber.taken) == 3)
    states = {(d.subscription, d.state) for d in town.store.subscriptions.deliveries.values()}
    assert states >= {("well", NotificationState.SENT), ("hangs", NotificationState.SENDING)}


async def test_one_that_never_answers_is_cut_off_and_tried_again(town: Town) -> None:
    makes(town)

    class Deaf(FakeSubscriber):
        async def deliver(self, *_: object) -> None:
            await asyncio.Event().wait()

    publisher = Publisher(town.store, Deaf(), Metrics(), longest_s=0.05)
    town.store.listen(publisher.committed)
    async with running(publisher.run()):
        town.press()
        await until(lambda: [d for d in town.store.subscriptions.deliveries.values() if d.error])
    (one,) = town.store.subscriptions.deliveries.values()
    assert (one.state, one.error) == (NotificationState.PENDING, "The receiver did not answer within 0.05 seconds.")


async def test_a_refusal_is_written_down(town: Town) -> None:
    makes(town)
    subscriber = FakeSubscriber()
    subscriber.errors.append(NotifyError("The channel answered 500."))
    publisher = Publisher(town.store, subscriber, Metrics())
    town.store.listen(publisher.committed)
    async with running(publisher.run()):
        town.press()
        await until(lambda: [d for d in town.store.subscriptions.deliveries.values() if d.error])
    (one,) = town.store.subscriptions.deliveries.values()
    assert one.error == "The channel answered 500."
