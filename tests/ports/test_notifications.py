"""What every Notifications and every Destinations keeps."""

from dataclasses import replace
from datetime import time
from typing import Any

from tests.ports.samples import an_incident, at

from kentongan_server.domain.incident_kind import IncidentClass
from kentongan_server.domain.lifecycle import NotificationState
from kentongan_server.domain.notification import Destination, Notification, NotifyChannel, Urgency, Wave
from kentongan_server.domain.preferences import Preferences
from kentongan_server.domain.quiet_hours import QuietHours
from kentongan_server.ports.notifications import PlannedWave
from kentongan_server.ports.unit_of_work import Transactions, UnitOfWork

PUSH, SMS = NotifyChannel.WEB_PUSH, NotifyChannel.SMS


def a_notification(name: str = "n-1", **different: Any) -> Notification:
    plain: dict[str, Any] = {
        "incident": "incident-1",
        "person": "resident-1",
        "destination": "d-1",
        "channel": PUSH,
        "wave": Wave.RONDA,
        "urgency": Urgency.FIRST,
        "state": NotificationState.PENDING,
        "attempts": 0,
        "error": None,
        "queued_at": at(0),
        "due_at": at(0),
        "changed_at": at(0),
    }
    return Notification(id=name, **{**plain, **different})


def a_destination(name: str = "d-1", **different: Any) -> Destination:
    plain: dict[str, Any] = {"person": "resident-1", "channel": PUSH, "address": f"address of {name}"}
    return Destination(id=name, **{**plain, **different})


async def test_a_notification_comes_back_as_it_was_kept_and_moves_as_it_is_told(store: Transactions) -> None:
    await store.run(lambda uow: uow.notifications.add([a_notification(), a_notification("code", incident=None)]))
    assert await store.read(lambda uow: uow.notifications.notification("n-1")) == a_notification()
    assert await store.read(lambda uow: uow.notifications.notification("nothing")) is None
    assert [n.id for n in await store.read(lambda uow: uow.notifications.of_incident("incident-1"))] == ["n-1"]

    def begin(uow: UnitOfWork) -> None:
        uow.notifications.set_state("n-1", NotificationState.SENDING, at(1), due_at=at(31), attempts=1)

    await store.run(begin)
    sending = a_notification(state=NotificationState.SENDING, attempts=1, due_at=at(31), changed_at=at(1))
    assert await store.read(lambda uow: uow.notifications.notification("n-1")) == sending
    await store.run(lambda uow: uow.notifications.set_state("n-1", NotificationState.FAILED, at(2), error="Gone."))
    failed = replace(sending, state=NotificationState.FAILED, due_at=None, changed_at=at(2), error="Gone.")
    assert await store.read(lambda uow: uow.notifications.notification("n-1")) == failed


async def test_the_most_urgent_is_due_first_on_each_channel(store: Transactions) -> None:
    def fill(uow: UnitOfWork) -> None:
        uow.notifications.add(
            [
                a_notification("news", urgency=Urgency.NEWS),
                a_notification("late", due_at=at(1)),
                a_notification("first"),
                a_notification("sms", channel=SMS, due_at=at(5)),
                a_notification("done", due_at=None),
            ]
        )

    await store.run(fill)

    async def due(channel: NotifyChannel, seconds: float, limit: int = 9) -> list[str]:
        return [n.id for n in await store.read(lambda uow: uow.notifications.due(channel, at(seconds), limit))]

    assert await due(PUSH, 0) == ["first", "news"]
    assert await due(PUSH, 1) == ["first", "late", "news"]
    assert await due(PUSH, 1, limit=1) == ["first"]
    assert await store.read(lambda uow: uow.notifications.due_channels(at(4.999))) == {PUSH}
    assert await store.read(lambda uow: uow.notifications.due_channels(at(5))) == {PUSH, SMS}


async def test_only_attempts_count_as_told(store: Transactions) -> None:
    def fill(uow: UnitOfWork) -> None:
        uow.notifications.add([a_notification("waits"), a_notification("told", attempts=1, changed_at=at(5))])

    await store.run(fill)
    assert await store.read(lambda uow: uow.notifications.told_since({"d-1"}, at(0))) == {"d-1": [at(5)]}
    assert await store.read(lambda uow: uow.notifications.told_since({"d-1"}, at(6))) == {}
    assert await store.read(lambda uow: uow.notifications.told_since(set(), at(0))) == {}


async def test_a_wave_is_planned_once_and_may_be_moved(store: Transactions) -> None:
    def plan(uow: UnitOfWork) -> None:
        uow.incidents.add_incident(an_incident("incident-2"))
        uow.notifications.plan(PlannedWave("incident-1", Wave.RESIDENTS, at(10)))
        uow.notifications.plan(PlannedWave("incident-1", Wave.RESIDENTS, at(12)))
        uow.notifications.plan(PlannedWave("incident-2", Wave.AGAIN, at(11)))

    await store.run(plan)

    async def due(seconds: float) -> list[tuple[str, Wave]]:
        found = await store.read(lambda uow: uow.notifications.waves_due(at(seconds), 9))
        return [(wave.incident, wave.wave) for wave in found]

    assert await due(10.999) == []
    assert await due(12) == [("incident-2", Wave.AGAIN), ("incident-1", Wave.RESIDENTS)]
    await store.run(lambda uow: uow.notifications.wave_done("incident-2", Wave.AGAIN))
    assert await due(99) == [("incident-1", Wave.RESIDENTS)]


async def test_destinations_are_kept_changed_found_and_forgotten(store: Transactions) -> None:
    sms = a_destination("d-2", channel=SMS, hears=frozenset({IncidentClass.CRIME}), after_s=60, confirmed=False)

    def fill(uow: UnitOfWork) -> None:
        uow.destinations.put(a_destination())
        uow.destinations.put(sms)

    await store.run(fill)
    assert await store.read(lambda uow: uow.destinations.of_people(["resident-1"])) == [a_destination(), sms]
    assert await store.read(lambda uow: uow.destinations.of_people([])) == []
    assert await store.read(lambda uow: uow.destinations.at_address(SMS, "address of d-2")) == [sms]
    await store.run(lambda uow: uow.destinations.put(replace(sms, confirmed=True)))
    assert await store.read(lambda uow: uow.destinations.destination("d-2")) == replace(sms, confirmed=True)
    await store.run(lambda uow: uow.destinations.remove("d-2"))
    assert await store.read(lambda uow: uow.destinations.destination("d-2")) is None


async def test_a_code_is_waited_for_and_wrong_ones_counted(store: Transactions) -> None:
    def fill(uow: UnitOfWork) -> None:
        uow.destinations.put(a_destination())
        uow.destinations.expect_code("d-1", "123456", at(900))
        uow.destinations.count_wrong_code("d-1")

    await store.run(fill)
    assert await store.read(lambda uow: uow.destinations.code("d-1")) == ("123456", at(900), 1)
    await store.run(lambda uow: uow.destinations.put(a_destination(confirmed=True)))
    assert await store.read(lambda uow: uow.destinations.code("d-1")) == ("123456", at(900), 1)
    await store.run(lambda uow: uow.destinations.expect_code("d-1", "654321", at(1000)))
    assert await store.read(lambda uow: uow.destinations.code("d-1")) == ("654321", at(1000), 0)
    assert await store.read(lambda uow: uow.destinations.code("d-9")) is None


async def test_preferences_are_a_person_s_own(store: Transactions) -> None:
    preferred = Preferences("en", QuietHours(time(22, 15), time(4, 45)))
    await store.run(lambda uow: uow.destinations.put_preferences("resident-1", Preferences()))
    await store.run(lambda uow: uow.destinations.put_preferences("resident-1", preferred))
    found = await store.read(lambda uow: uow.destinations.preferences(["resident-1", "nobody"]))
    assert found == {"resident-1": preferred}


async def test_the_newest_of_each_destination(store: Transactions) -> None:
    newest = a_notification("n-1b", queued_at=at(5), incident=None)
    other = a_notification("n-2", destination="d-2")

    def fill(uow: UnitOfWork) -> None:
        uow.notifications.add([a_notification("n-1a"), newest, other])

    await store.run(fill)
    found = await store.read(lambda uow: uow.notifications.latest({"d-1", "d-2", "d-3"}))
    assert found == {"d-1": newest, "d-2": other}
    assert await store.read(lambda uow: uow.notifications.latest(set())) == {}
