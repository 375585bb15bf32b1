"""What every Timeline keeps."""

from tests.ports.samples import RT1, a_report, an_alarm, an_incident, at

from kentongan_server.domain.events import AlarmRaised, Event, Noted, ReportTaken, StageReached
from kentongan_server.domain.incident_kind import IncidentClass
from kentongan_server.domain.lifecycle import CommandState
from kentongan_server.ports.timeline import Entry
from kentongan_server.ports.unit_of_work import Transactions, UnitOfWork

REPORT_TAKEN = ReportTaken(
    "incident-1", RT1, "ktg-1", report=a_report(), of=an_incident(), opened=True, independent=False
)
ALARM_RAISED = AlarmRaised(
    "incident-1",
    RT1,
    alarm=an_alarm(),
    pattern="titir",
    beats=(90, 110),
    rounds=0,
    duration_ms=60_000,
    colour="red",
    nodes=("ktg-1", "ktg-2"),
)


def noted(what: str, incident: str | None = "incident-1") -> Event:
    return Noted(incident, RT1, what=what, data={"state": CommandState.SENT, "note": "é 🔔", "nothing": None})


async def test_an_entry_tells_the_event(store: Transactions) -> None:
    await store.run(lambda uow: uow.timeline.append(REPORT_TAKEN, at(1.5)))
    await store.run(lambda uow: uow.timeline.append(ALARM_RAISED, at(2)))
    await store.run(lambda uow: uow.timeline.append(Noted(None, None, what="started"), at(3)))
    taken, raised, started = await store.read(lambda uow: uow.timeline.after(0, 10))
    facts = {
        "report": "report-1",
        "kind": "panic",
        "source": "call_point",
        "node": "ktg-1",
        "witness": False,
        "time_uncertain": False,
    }
    assert taken == Entry(taken.seq, at(1.5), "report_taken", "incident-1", RT1, "ktg-1", facts, IncidentClass.CRIME)
    assert raised.facts["beats"] == [90, 110]
    assert raised.facts["nodes"] == ["ktg-1", "ktg-2"]
    assert started == Entry(started.seq, at(3), "started", None, None, None, {})
    assert taken.seq < raised.seq < started.seq


async def test_the_record_is_read_in_order_and_in_pages(store: Transactions) -> None:
    assert await store.read(lambda uow: uow.timeline.last_seq()) == 0
    for number in range(5):
        await store.run(lambda uow, number=number: uow.timeline.append(noted(f"e{number}"), at(number)))

    async def page(after: int, limit: int) -> list[str]:
        return [entry.event for entry in await store.read(lambda uow: uow.timeline.after(after, limit))]

    assert await page(0, 3) == ["e0", "e1", "e2"]
    seqs = [entry.seq for entry in await store.read(lambda uow: uow.timeline.after(0, 10))]
    assert await page(seqs[2], 3) == ["e3", "e4"]
    assert await store.read(lambda uow: uow.timeline.last_seq()) == seqs[-1]
    assert await page(seqs[-1], 3) == []


async def test_the_record_of_an_incident_is_its_own(store: Transactions) -> None:
    def fill(uow: UnitOfWork) -> None:
        uow.timeline.append(noted("a"), at(1))
        uow.timeline.append(noted("b", incident="another"), at(2))
        uow.timeline.append(StageReached("incident-1", RT1, stage="police_saw"), at(3))

    await store.run(fill)
    found = await store.read(lambda uow: uow.timeline.of_incident("incident-1"))
    assert [entry.event for entry in found] == ["a", "stage_reached"]
    assert found[0].facts == {"state": "sent", "note": "é 🔔", "nothing": None}
    assert await store.read(lambda uow: uow.timeline.has("incident-1", "stage_reached"))
    assert not await store.read(lambda uow: uow.timeline.has("another", "stage_reached"))
    assert not await store.read(lambda uow: uow.timeline.has("incident-1", "b"))


async def test_what_was_just_written_can_be_read_in_the_same_unit(store: Transactions) -> None:
    def write_and_read(uow: UnitOfWork) -> tuple[bool, list[str], int, list[str]]:
        uow.timeline.append(noted("a"), at(1))
        has = uow.timeline.has("incident-1", "a")
        of = [entry.event for entry in uow.timeline.of_incident("incident-1")]
        uow.timeline.append(noted("b"), at(1))
        return has, of, uow.timeline.last_seq(), [entry.event for entry in uow.timeline.after(0, 10)]

    has, of, last, after = await store.run(write_and_read)
    assert (has, of, after) == (True, ["a"], ["a", "b"])
    assert await store.read(lambda uow: uow.timeline.last_seq()) == last
    assert len(await store.read(lambda uow: uow.timeline.after(0, 10))) == 2
