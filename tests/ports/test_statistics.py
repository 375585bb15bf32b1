"""What every StatisticsBook finds in the record."""

from tests.ports.samples import RT1, RT2, a_report, an_incident, at
from tests.ports.test_timeline import ALARM_RAISED

from kentongan_server.domain.events import Event, Noted
from kentongan_server.domain.incident import Disposition
from kentongan_server.domain.incident_kind import IncidentClass, IncidentKind, Purpose
from kentongan_server.domain.statistics import Case, Heard
from kentongan_server.ports.unit_of_work import Transactions, UnitOfWork

ALL = tuple(IncidentClass)


def noted(what: str, incident: str | None = "incident-1", region: str = RT1, **data: object) -> Event:
    return Noted(incident, region, what=what, data=data)


def fill(uow: UnitOfWork) -> None:
    uow.incidents.add_report(a_report(happened_at=at(-2), received_at=at(0)))
    uow.incidents.add_report(a_report("report-2", happened_at=None, received_at=at(9)))
    uow.incidents.add_incident(an_incident("other", region=RT2, kind=IncidentKind.FIRE, opened_at=at(60)))
    for seconds, event in (
        (0.1, ALARM_RAISED),
        (0.1, noted("forward_queued")),
        (0.1, noted("forward_queued")),
        (0.5, noted("command_state_changed", node="ktg-1", state="device_acked")),
        (0.6, noted("command_state_changed", node="ktg-1", state="sounding")),
        (0.9, noted("command_state_changed", node="ktg-2", state="sounding")),
        (0.95, noted("command_state_changed", node="ktg-2", state="completed", heard="cut")),
        (0.95, noted("kentongan_skipped", node="ktg-3", reason="repair")),
        (1, noted("forward_accepted")),
        (20, noted("acknowledged", by="community")),
        (30, noted("acknowledged", by="police")),
        (31, noted("police_replied", reply="acknowledged", disposition=None)),
        (300, noted("incident_status_changed", status="on_scene")),
        (400, noted("incident_status_changed", status="resolved", disposition="prank")),
        (500, noted("presence_changed", None, node="ktg-1", presence="online")),
        (501, noted("presence_changed", None, RT2, node="ktg-9", presence="online")),
        (501.5, noted("kentongan_out_of_service", None, node="ktg-1", reason="repair")),
        (502, noted("presence_changed", None, node="ktg-1", presence="offline")),
    ):
        uow.timeline.append(event, at(seconds))


async def test_a_case_is_put_together_from_the_record(store: Transactions) -> None:
    await store.run(fill)
    found = await store.read(lambda uow: uow.statistics.cases("33.74", at(-10), at(100), ALL))
    first, second = found
    assert first == Case(
        "incident-1",
        RT1,
        IncidentClass.CRIME,
        Purpose.ACTUAL,
        at(-2),
        at(0),
        first_sounding_at=at(0.6),
        last_sounding_at=at(0.9),
        community_at=at(20),
        police_at=at(30),
        arrived_at=at(300),
        disposition=Disposition.PRANK,
        kentongan=2,
        sounded=2,
        forwards=2,
        accepted=1,
        loud=frozenset({"ktg-1"}),
        skipped=frozenset({"ktg-3"}),
    )
    assert second == Case("other", RT2, IncidentClass.EMERGENCY, Purpose.ACTUAL, at(60), at(60))


async def test_region_time_and_class_are_kept_to(store: Transactions) -> None:
    await store.run(fill)

    async def found(region: str, since: float, until: float, *classes: IncidentClass) -> list[str]:
        cases = await store.read(lambda uow: uow.statistics.cases(region, at(since), at(until), classes or ALL))
        return [case.incident for case in cases]

    assert await found("33.74.01", 0, 61) == ["incident-1", "other"]
    assert await found(RT2, 0, 61) == ["other"]
    assert await found("33.74.0", 0, 61) == []
    assert await found("33.74", 0.001, 60) == []
    assert await found("33.74", 0, 61, IncidentClass.EMERGENCY) == ["other"]


async def test_what_was_heard_of_nodes(store: Transactions) -> None:
    await store.run(fill)
    found = await store.read(lambda uow: uow.statistics.heard(RT1, at(502)))
    assert found == [Heard("ktg-1", RT1, True, at(500)), Heard("ktg-1", RT1, None, at(501.5), False)]
    assert len(await store.read(lambda uow: uow.statistics.heard("33.74", at(503)))) == 4
