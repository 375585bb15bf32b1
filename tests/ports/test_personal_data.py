"""Telling, erasing and letting go, on every store: the person is gone and the record is whole."""

from datetime import timedelta

import pytest
from tests.fakes.record import FakeSeal
from tests.ports.samples import RT1, a_person, a_report, an_incident, at
from tests.ports.test_notifications import a_destination, a_notification
from tests.ports.test_subscriptions import a_delivery, a_subscription

from kentongan_server.domain.answer import Answer, Answered
from kentongan_server.domain.errors import ConflictError, UnknownError
from kentongan_server.domain.events import Noted, ReportTaken
from kentongan_server.domain.incident import Position
from kentongan_server.domain.lifecycle import IncidentStatus, NotificationState
from kentongan_server.domain.notification import NotifyChannel
from kentongan_server.domain.retention import POSITIONS, RECORD, WORDS
from kentongan_server.ports.unit_of_work import Transactions, UnitOfWork
from kentongan_server.use_cases.governing.erase_person import erase_person, tell_person
from kentongan_server.use_cases.governing.retain import retain_some
from kentongan_server.use_cases.governing.verify_record import take_checkpoint, verify_record

ME, WORDS_OF_MINE = "resident-1", 'Dua orang, motor hitam, "plat H"'
SEAL = FakeSeal()


def live(uow: UnitOfWork) -> None:
    """A resident reports a theft, others act on it, and it is over."""
    incident = an_incident("mine", status=IncidentStatus.CLOSED, text=WORDS_OF_MINE)
    report = a_report(
        "r", reporter=ME, node=None, text=WORDS_OF_MINE, incident="mine", position=Position(-6.98123, 110.41234)
    )
    uow.incidents.add_incident(incident)
    uow.incidents.add_report(report)
    uow.people.put_person(a_person("other"), None)
    taken = ReportTaken("mine", RT1, ME, report=report, of=incident, opened=True, independent=False)
    for event in (
        taken,
        Noted("mine", RT1, None, what="residents_told", data={"text": WORDS_OF_MINE, "people": 3}),
        Noted("mine", RT1, "other", what="acknowledged", data={"by": "community"}),
        Noted(None, RT1, "other", what="role_granted", data={"person": ME, "role": "ronda"}),
    ):
        uow.timeline.append(event, at(1))
    take_checkpoint(uow, SEAL)


def faults(uow: UnitOfWork) -> tuple[object, ...]:
    return verify_record(uow, SEAL, uow.record.checkpoints()).faults


async def test_everything_is_told(store: Transactions) -> None:
    await store.run(live)
    told = await store.read(lambda uow: tell_person(uow, ME))
    assert set(told["data"]) == {"name", "memberships", "reports", "record"}
    assert told["data"]["reports"][0]["text"] == WORDS_OF_MINE
    with pytest.raises(UnknownError):
        await store.read(lambda uow: tell_person(uow, "nobody"))


async def test_an_erased_person_is_gone_and_the_chain_is_whole(store: Transactions) -> None:
    await store.run(live)
    done = await store.run(lambda uow: erase_person(uow, ME, "other"))
    assert done["removed"]["reports"] == 1
    assert done["removed"]["record"] == 3
    assert done["kept"]
    assert await store.read(lambda uow: uow.personal.about(ME)) == {}
    entries = await store.read(lambda uow: uow.timeline.after(0, 100))
    assert ME not in repr(entries)
    assert "motor hitam" not in repr(entries)
    assert entries[1].facts["people"] == 3, "what is about nobody stays"
    assert entries[2].actor == "other"
    assert (await store.read(lambda uow: uow.incidents.incident("mine"))).text is None
    assert await store.read(faults) == ()
    await store.run(lambda uow: take_checkpoint(uow, SEAL))
    assert await store.read(faults) == ()
    with pytest.raises(UnknownError):
        await store.run(lambda uow: erase_person(uow, ME, "other"))
    await store.run(lambda uow: erase_person(uow, "other", "admin"))
    assert await store.read(faults) == (), "an entry may lose one person after another"


async def test_what_an_erasure_left_cannot_be_changed_afterwards(store: Transactions) -> None:
    await store.run(live)
    await store.run(lambda uow: erase_person(uow, ME, "other"))
    await store.run(lambda uow: uow.record.empty({2: (None, '{"people":99}')}))
    assert [fault.seq for fault in await store.read(faults)] == [2]


async def test_nobody_is_erased_out_of_an_open_incident(store: Transactions) -> None:
    await store.run(live)
    await store.run(lambda uow: uow.incidents.set_status("mine", IncidentStatus.REPORTED))
    with pytest.raises(ConflictError, match="still open"):
        await store.run(lambda uow: erase_person(uow, ME, "other"))
    assert "reports" in await store.read(lambda uow: uow.personal.about(ME))


async def test_old_things_are_let_go_and_once_only(store: Transactions) -> None:
    await store.run(live)
    assert await store.run(retain_some) == {}, "nothing is old yet"

    async def left() -> tuple[bool, bool]:
        report = await store.read(lambda uow: uow.incidents.report("r"))
        return report.position is not None, report.text is not None

    book = store.read
    assert await store.run(lambda uow: uow.personal.blur_positions(at(0), 10)) == 0
    assert await store.run(lambda uow: uow.personal.blur_positions(at(1), 10)) == 1
    assert await left() == (False, True)
    assert await store.run(lambda uow: uow.personal.drop_words(at(1), 10)) >= 1
    assert await left() == (False, False)
    assert await store.run(lambda uow: uow.personal.drop_words(at(1), 10)) == 0
    assert await book(faults) == ()
    assert POSITIONS.keep < WORDS.keep < RECORD.keep


async def test_the_record_s_beginning_goes_after_five_years(store: Transactions, empty_store: Transactions) -> None:
    await store.run(live)
    clock = await store.read(lambda uow: uow.clock)
    clock.pass_seconds((RECORD.keep + timedelta(days=1)).total_seconds())
    await store.run(lambda uow: uow.timeline.append(Noted(None, None, what="young"), uow.now()))
    assert (await store.run(retain_some))["record"] == 4
    events = [entry.event for entry in await store.read(lambda uow: uow.timeline.after(0, 100))]
    assert events == ["young", "record_pruned", "retention_applied"]
    assert await store.read(faults) == ()
    assert await store.run(retain_some) == {}


async def test_whom_a_leak_concerns(store: Transactions) -> None:
    await store.run(live)
    assert await store.read(lambda uow: uow.personal.affected(["reports", "memberships"], RT1)) == {
        ME: ["memberships", "reports"],
        "other": ["memberships"],
    }
    assert await store.read(lambda uow: uow.personal.affected(["reports"], "33.75")) == {}


def answer(uow: UnitOfWork, incident: str, seconds: float) -> None:
    uow.answers.put(Answered(incident, ME, "community", Answer.COMING, at(seconds)))


async def test_who_came_is_forgotten_once_it_is_over_and_long_ago(store: Transactions) -> None:
    await store.run(live)

    def come(uow: UnitOfWork) -> None:
        uow.incidents.add_incident(an_incident("open"))
        uow.incidents.add_incident(an_incident("young", status=IncidentStatus.CLOSED))
        for incident, seconds in (("mine", 1), ("open", 1), ("young", 9)):
            answer(uow, incident, seconds)

    await store.run(come)
    assert await store.run(lambda uow: uow.personal.drop_answers(at(1), 10)) == 0
    assert await store.run(lambda uow: uow.personal.drop_answers(at(2), 10)) == 1
    left = await store.read(lambda uow: [id for id in ("mine", "open", "young") if uow.answers.people(id)])
    assert left == ["open", "young"]


async def test_what_third_parties_were_sent_is_forgotten_once_it_is_done(store: Transactions) -> None:
    def send(uow: UnitOfWork) -> None:
        uow.subscriptions.put(a_subscription())
        done = {"due_at": None, "state": NotificationState.DELIVERED}
        uow.subscriptions.add([a_delivery("d-1", changed_at=at(1), **done), a_delivery("d-2", changed_at=at(1))])
        uow.subscriptions.add([a_delivery("d-3", changed_at=at(5), **done)])

    await store.run(send)
    assert await store.run(lambda uow: uow.personal.drop_deliveries(at(5), 10)) == 1
    left = await store.read(lambda uow: [id for id in ("d-1", "d-2", "d-3") if uow.subscriptions.delivery(id)])
    assert left == ["d-2", "d-3"], "what is still on its way stays, however old"


async def test_addresses_that_nobody_confirmed_and_endpoints_that_are_dead_are_forgotten(store: Transactions) -> None:
    done = {"due_at": None}

    def tell(uow: UnitOfWork) -> None:
        for name in ("dead", "alive", "new"):
            uow.destinations.put(a_destination(name))
        for name in ("typo", "waiting"):
            uow.destinations.put(a_destination(name, channel=NotifyChannel.EMAIL, confirmed=False))
        uow.destinations.put(a_destination("mail", channel=NotifyChannel.EMAIL))
        uow.destinations.expect_code("typo", "hash", at(1))
        uow.destinations.expect_code("waiting", "hash", at(9))
        for name, seconds in (("dead", 1), ("alive", 1), ("new", 9), ("mail", 1)):
            failed = {"destination": name, "state": NotificationState.FAILED, "changed_at": at(seconds)}
            uow.notifications.add([a_notification(f"no-{name}", **failed, **done)])

    def works(uow: UnitOfWork) -> None:
        sent = {"destination": "alive", "state": NotificationState.SENT, "changed_at": at(8)}
        uow.notifications.add([a_notification("yes", **sent, **done)])

    async def left() -> set[str]:
        return {one.id for one in await store.read(lambda uow: uow.destinations.of_people([ME]))}

    await store.run(tell)
    assert await store.run(lambda uow: uow.personal.drop_destinations(at(5), 10)) == 1
    assert await left() == {"dead", "alive", "new", "waiting", "mail"}, "nobody took anything: it may be us"
    await store.run(works)
    assert await store.run(lambda uow: uow.personal.drop_destinations(at(5), 10)) == 1
    assert await left() == {"alive", "new", "waiting", "mail"}
    assert await store.run(lambda uow: uow.personal.drop_notifications(at(5), 10)) == 3


async def test_the_nightly_run_does_all_of_it_and_says_so(store: Transactions) -> None:
    await store.run(live)

    def more(uow: UnitOfWork) -> None:
        answer(uow, "mine", 1)
        uow.subscriptions.put(a_subscription())
        uow.subscriptions.add([a_delivery(incident="mine", due_at=None, state=NotificationState.DELIVERED)])
        uow.destinations.put(a_destination("typo", channel=NotifyChannel.EMAIL, confirmed=False))
        uow.destinations.expect_code("typo", "hash", at(1))
        uow.notifications.add([a_notification(incident="mine", due_at=None, state=NotificationState.SENT)])

    await store.run(more)
    clock = await store.read(lambda uow: uow.clock)
    clock.pass_seconds((WORDS.keep + timedelta(days=1)).total_seconds())
    done = await store.run(retain_some)
    assert {name: done[name] for name in ("answers", "deliveries", "destinations", "notifications")} == {
        "answers": 1,
        "deliveries": 1,
        "destinations": 1,
        "notifications": 1,
    }
    assert await store.run(retain_some) == {}
