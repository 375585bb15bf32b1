"""What every IncidentBook keeps."""

from dataclasses import replace

import pytest
from tests.ports.samples import RT1, RT2, a_person, a_report, an_incident, at

from kentongan_server.domain.incident import Position, Source
from kentongan_server.domain.incident_kind import IncidentClass, IncidentKind, Purpose
from kentongan_server.domain.lifecycle import OPEN_INCIDENT_STATES, IncidentStatus
from kentongan_server.ports.unit_of_work import Transactions, UnitOfWork


@pytest.mark.parametrize(
    "report",
    [
        a_report(),
        a_report(happened_at=None),
        a_report(
            source=Source.APP,
            reporter="resident-1",
            node=None,
            trusted=False,
            text="Motor dibawa lari 🏍",
            position=Position(-6.98, 110.41),
            purpose=Purpose.DRILL,
        ),
    ],
    ids=["button", "time uncertain", "app"],
)
async def test_a_report_comes_back_as_it_was_kept(store: Transactions, report) -> None:
    await store.run(lambda uow: uow.incidents.add_report(report))
    assert await store.read(lambda uow: uow.incidents.report(report.id)) == report
    assert await store.read(lambda uow: uow.incidents.report("another")) is None


async def test_a_report_is_kept_once(store: Transactions) -> None:
    await store.run(lambda uow: uow.incidents.add_report(a_report()))
    with pytest.raises(Exception, match=r"id|UNIQUE"):
        await store.run(lambda uow: uow.incidents.add_report(a_report()))
    assert len(await store.read(lambda uow: uow.incidents.reports_of("incident-1"))) == 1


async def test_a_report_of_no_incident_is_refused(store: Transactions) -> None:
    with pytest.raises(Exception, match=r"incident|FOREIGN KEY"):
        await store.run(lambda uow: uow.incidents.add_report(a_report(incident="nothing")))


async def test_an_incident_comes_back_as_it_was_kept(store: Transactions) -> None:
    fire = an_incident("fire", kind=IncidentKind.FIRE, text="Dapur", region=RT2, opened_at=at(1.234))
    await store.run(lambda uow: uow.incidents.add_incident(fire))
    assert await store.read(lambda uow: uow.incidents.incident("fire")) == fire
    assert await store.read(lambda uow: uow.incidents.incident("flood")) is None


async def test_reports_are_counted_and_listed_by_incident(store: Transactions) -> None:
    def fill(uow: UnitOfWork) -> None:
        uow.incidents.add_incident(an_incident("other"))
        for name, seconds in (("late", 9), ("early", 1), ("between", 5)):
            uow.incidents.add_report(a_report(name, received_at=at(seconds)))
        uow.incidents.add_report(a_report("elsewhere", incident="other"))

    await store.run(fill)
    found = await store.read(lambda uow: uow.incidents.reports_of("incident-1"))
    assert [report.id for report in found] == ["early", "between", "late"]
    counts = await store.read(lambda uow: uow.incidents.report_counts(["incident-1", "other", "nothing"]))
    assert counts == {"incident-1": 3, "other": 1}


async def test_who_has_spoken_of_an_incident_is_known(store: Transactions) -> None:
    def fill(uow: UnitOfWork) -> None:
        uow.people.put_person(a_person(), None)
        uow.incidents.add_report(a_report("pressed", node="ktg-1"))
        uow.incidents.add_report(a_report("typed", reporter="resident-1", node=None, source=Source.APP))

    def who(uow: UnitOfWork) -> list[bool]:
        speakers = [("resident-1", None), (None, "ktg-1"), ("resident-2", None), (None, "ktg-2")]
        return [uow.incidents.has_spoken("incident-1", reporter, node) for reporter, node in speakers]

    await store.run(fill)
    assert await store.read(who) == [True, True, False, False]
    assert not await store.read(lambda uow: uow.incidents.has_spoken("nothing", None, "ktg-1"))


async def test_an_open_incident_is_found_by_all_its_marks(store: Transactions) -> None:
    marks = {"region": RT1, "incident_class": IncidentClass.CRIME, "purpose": Purpose.ACTUAL, "since": at(0)}

    async def found(**different: object) -> str | None:
        incident = await store.read(lambda uow: uow.incidents.open_incident(**{**marks, **different}))
        return incident and incident.id

    assert await found() == "incident-1"
    assert await found(since=at(-600)) == "incident-1"
    assert await found(since=at(0.001)) is None
    assert await found(region=RT2) is None
    assert await found(incident_class=IncidentClass.EMERGENCY) is None
    assert await found(purpose=Purpose.DRILL) is None


async def test_the_newest_open_incident_is_found(store: Transactions) -> None:
    def fill(uow: UnitOfWork) -> None:
        uow.incidents.add_incident(an_incident("newer", opened_at=at(60)))
        uow.incidents.add_incident(an_incident("newest", opened_at=at(90), status=IncidentStatus.RESOLVED))

    await store.run(fill)
    found = await store.read(
        lambda uow: uow.incidents.open_incident(RT1, IncidentClass.CRIME, Purpose.ACTUAL, at(-600))
    )
    assert found is not None
    assert found.id == "newer"


@pytest.mark.parametrize("status", IncidentStatus)
async def test_only_open_incidents_are_open(store: Transactions, status: IncidentStatus) -> None:
    await store.run(lambda uow: uow.incidents.set_status("incident-1", status))
    found = await store.read(lambda uow: uow.incidents.open_incident(RT1, IncidentClass.CRIME, Purpose.ACTUAL, at(0)))
    assert (found is not None) == (status in OPEN_INCIDENT_STATES)
    kept = await store.read(lambda uow: uow.incidents.incident("incident-1"))
    assert kept == replace(an_incident(), status=status)


async def test_the_newest_come_first_and_only_from_the_regions_asked_for(store: Transactions) -> None:
    def fill(uow: UnitOfWork) -> None:
        for number in range(1, 6):
            region = RT2 if number % 2 else RT1
            uow.incidents.add_incident(an_incident(f"i{number}", region=region, opened_at=at(number)))
        uow.incidents.add_incident(an_incident("i5b", opened_at=at(5)))

    await store.run(fill)

    async def newest(regions: list[str] | None, limit: int = 100) -> list[str]:
        return [i.id for i in await store.read(lambda uow: uow.incidents.newest(regions, limit))]

    assert await newest(None) == ["i5b", "i5", "i4", "i3", "i2", "i1", "incident-1"]
    assert await newest(None, 2) == ["i5b", "i5"]
    assert await newest([RT2]) == ["i5", "i3", "i1"]
    assert await newest([]) == []


async def test_community_news_is_left_out_where_it_is_not_told(store: Transactions) -> None:
    def fill(uow: UnitOfWork) -> None:
        for name, kind, region in (
            ("here", IncidentKind.COMMUNITY_WORK, RT1),
            ("there", IncidentKind.DEATH_NOTICE, RT2),
            ("theft", IncidentKind.THEFT, RT2),
        ):
            uow.incidents.add_incident(an_incident(name, kind=kind, region=region, opened_at=at(60)))

    await store.run(fill)
    told = {}
    for name, community in (("police", []), ("neighbour", [RT1]), ("admin", None)):
        found = await store.read(lambda uow, regions=community: uow.incidents.newest(None, 10, regions))
        told[name] = {incident.id for incident in found} & {"here", "there", "theft"}
    assert told == {"police": {"theft"}, "neighbour": {"here", "theft"}, "admin": {"here", "there", "theft"}}
    few = await store.read(lambda uow: uow.incidents.newest(None, 1, []))
    assert [incident.id for incident in few] == ["theft"]  # what is hidden takes nobody's place in the list


async def test_a_region_s_incidents_are_those_below_it_too(store: Transactions) -> None:
    news = an_incident("news-1", kind=IncidentKind.COMMUNITY_WORK, region=RT2)
    await store.run(lambda uow: uow.incidents.add_incident(news))

    def newest(regions, community):
        return lambda uow: {incident.id for incident in uow.incidents.newest(regions, 10, community)}

    assert await store.read(newest(["33.74.01"], None)) == {"incident-1", "news-1"}
    assert await store.read(newest(["33.74.01.1001/RW01"], ["33.74.01.1001/RW01"])) == {"incident-1", "news-1"}
    assert await store.read(newest(["33.74.01.1001/RW01"], [RT1])) == {"incident-1"}
    assert await store.read(newest(["33.74.02"], None)) == set()
