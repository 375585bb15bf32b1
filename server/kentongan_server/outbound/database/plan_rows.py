"""City alarms and drills as rows. One without a `due_at` is over."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime, time
from typing import Any

from sqlalchemy import Connection, select

from kentongan_server.domain.city_alarm import CityAlarm
from kentongan_server.domain.drill import Drill
from kentongan_server.domain.drill_schedule import DrillSchedule
from kentongan_server.domain.incident_kind import IncidentKind, Purpose
from kentongan_server.domain.lifecycle import CityAlarmState, DrillState
from kentongan_server.outbound.database.alarming_tables import city_alarms, drill_schedules, drills
from kentongan_server.outbound.database.scopes import has_part_in
from kentongan_server.outbound.database.upsert import put
from kentongan_server.outbound.database.values import from_ms, from_ms_or_none, to_ms, to_ms_or_none


class PlanRows:
    """The PlanBook on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def city_alarm(self, city_alarm_id: str) -> CityAlarm | None:
        row = self._connection.execute(select(city_alarms).where(city_alarms.c.id == city_alarm_id)).one_or_none()
        return None if row is None else _city_alarm(row)

    def put_city_alarm(self, city_alarm: CityAlarm) -> None:
        times = {"proposed_at": to_ms(city_alarm.proposed_at), "due_at": to_ms_or_none(city_alarm.due_at)}
        put(self._connection, city_alarms, [asdict(city_alarm) | times])

    def city_alarms(self, scopes: Collection[str] | None, limit: int) -> list[CityAlarm]:
        query = select(city_alarms).where(has_part_in(city_alarms.c.region, scopes))
        query = query.order_by(city_alarms.c.proposed_at.desc(), city_alarms.c.id.desc()).limit(limit)
        return [_city_alarm(row) for row in self._connection.execute(query)]

    def city_alarms_due(self, now: datetime) -> list[CityAlarm]:
        query = select(city_alarms).where(city_alarms.c.due_at <= to_ms(now)).order_by(city_alarms.c.due_at)
        return [_city_alarm(row) for row in self._connection.execute(query)]

    def drill(self, drill_id: str) -> Drill | None:
        row = self._connection.execute(select(drills).where(drills.c.id == drill_id)).one_or_none()
        return None if row is None else _drill(row)

    def put_drill(self, drill: Drill) -> None:
        times = {"starts_at": to_ms(drill.starts_at), "due_at": to_ms_or_none(drill.due_at)}
        put(self._connection, drills, [asdict(drill) | times])

    def drills(self, scopes: Collection[str] | None, limit: int) -> list[Drill]:
        query = select(drills).where(has_part_in(drills.c.region, scopes))
        query = query.order_by(drills.c.starts_at.desc(), drills.c.id.desc()).limit(limit)
        return [_drill(row) for row in self._connection.execute(query)]

    def drills_due(self, now: datetime) -> list[Drill]:
        query = select(drills).where(drills.c.due_at <= to_ms(now)).order_by(drills.c.due_at)
        return [_drill(row) for row in self._connection.execute(query)]

    def schedule(self, schedule_id: str) -> DrillSchedule | None:
        query = select(drill_schedules).where(drill_schedules.c.id == schedule_id)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _schedule(row)

    def put_schedule(self, schedule: DrillSchedule) -> None:
        times = {
            "begins": schedule.begins.strftime("%H:%M"),
            "set_at": to_ms(schedule.set_at),
            "next_at": to_ms(schedule.next_at),
            "due_at": to_ms_or_none(schedule.due_at),
        }
        put(self._connection, drill_schedules, [asdict(schedule) | times])

    def schedules(self, scopes: Collection[str] | None) -> list[DrillSchedule]:
        query = select(drill_schedules).where(
            drill_schedules.c.due_at.is_not(None), has_part_in(drill_schedules.c.region, scopes)
        )
        ordered = query.order_by(drill_schedules.c.next_at, drill_schedules.c.id)
        return [_schedule(row) for row in self._connection.execute(ordered)]

    def schedules_due(self, now: datetime) -> list[DrillSchedule]:
        query = select(drill_schedules).where(drill_schedules.c.due_at <= to_ms(now))
        return [_schedule(row) for row in self._connection.execute(query.order_by(drill_schedules.c.due_at))]


def _city_alarm(row: Any) -> CityAlarm:
    return CityAlarm(
        id=row.id,
        region=row.region,
        kind=IncidentKind(row.kind),
        purpose=Purpose(row.purpose),
        text=row.text,
        state=CityAlarmState(row.state),
        kentongan=row.kentongan,
        proposed_by=row.proposed_by,
        proposed_at=from_ms(row.proposed_at),
        due_at=from_ms_or_none(row.due_at),
        confirmed_by=row.confirmed_by,
        aborted_by=row.aborted_by,
    )


def _drill(row: Any) -> Drill:
    return Drill(
        id=row.id,
        region=row.region,
        kind=IncidentKind(row.kind),
        text=row.text,
        state=DrillState(row.state),
        planned_by=row.planned_by,
        starts_at=from_ms(row.starts_at),
        due_at=from_ms_or_none(row.due_at),
    )


def _schedule(row: Any) -> DrillSchedule:
    return DrillSchedule(
        id=row.id,
        region=row.region,
        kind=IncidentKind(row.kind),
        text=row.text,
        week=row.week,
        weekday=row.weekday,
        begins=time.fromisoformat(row.begins),
        set_by=row.set_by,
        set_at=from_ms(row.set_at),
        next_at=from_ms(row.next_at),
        due_at=from_ms_or_none(row.due_at),
        ended_by=row.ended_by,
    )
