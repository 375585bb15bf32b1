"""Two servers on one database: what time does is done once."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.integration.database.furnished import furnish, opened, rows
from tests.unit.server.town import HEAD, RT1

from kentongan_server.domain.drill_schedule import DrillSchedule
from kentongan_server.domain.incident_kind import IncidentKind
from kentongan_server.use_cases.alarming.drill import drills_due
from kentongan_server.use_cases.alarming.schedule_drills import schedules_due

pytestmark = pytest.mark.real


async def test_a_regular_drill_is_told_and_started_once_by_two_servers(tmp_path: Path) -> None:
    path = tmp_path / "two.sqlite3"
    with opened(path) as one, opened(path) as other:
        await furnish(one)
        now = datetime.now(UTC)
        soon = now + timedelta(seconds=1)
        schedule = DrillSchedule(
            "s", RT1, IncidentKind.FIRE, None, 1, 6, soon.time().replace(microsecond=0), HEAD.id, now, soon, now
        )
        await one.run(lambda uow: uow.plans.put_schedule(schedule))
        planned = await asyncio.gather(*(store.run(schedules_due) for store in (one, other) * 4))
        assert sorted(planned) == [0] * 7 + [1]
        await asyncio.sleep(1.1)
        started = await asyncio.gather(*(store.run(drills_due) for store in (one, other) * 4))
        assert sorted(started) == [0] * 7 + [1]
    assert rows(path, "SELECT count(*) FROM reports WHERE id LIKE 'drill.s.%'") == [(1,)]
    assert rows(path, "SELECT count(*) FROM reports WHERE id LIKE 'drill-news.s.%'") == [(1,)]
    assert rows(path, "SELECT purpose FROM incidents WHERE kind = 'fire'") == [("drill",)]
