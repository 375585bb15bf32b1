"""The PlanBook in memory."""

from collections.abc import Collection
from datetime import datetime

from kentongan_server.domain.city_alarm import CityAlarm
from kentongan_server.domain.drill import Drill
from kentongan_server.domain.drill_schedule import DrillSchedule
from kentongan_server.domain.region_code import is_within


class FakePlans:
    """`planned_city_alarms` and `planned_drills` by id."""

    def __init__(self) -> None:
        self.planned_city_alarms: dict[str, CityAlarm] = {}
        self.planned_drills: dict[str, Drill] = {}
        self.kept_schedules: dict[str, DrillSchedule] = {}

    def city_alarm(self, city_alarm_id: str) -> CityAlarm | None:
        """See the port, as with everything below."""
        return self.planned_city_alarms.get(city_alarm_id)

    def put_city_alarm(self, city_alarm: CityAlarm) -> None:
        self.planned_city_alarms[city_alarm.id] = city_alarm

    def city_alarms(self, scopes: Collection[str] | None, limit: int) -> list[CityAlarm]:
        found = [alarm for alarm in self.planned_city_alarms.values() if _has_part_in(alarm.region, scopes)]
        found = sorted(found, key=lambda a: (a.proposed_at, a.id), reverse=True)
        return found[:limit]

    def city_alarms_due(self, now: datetime) -> list[CityAlarm]:
        found = [alarm for alarm in self.planned_city_alarms.values() if alarm.due_at is not None]
        return [alarm for alarm in found if alarm.due_at is not None and alarm.due_at <= now]

    def drill(self, drill_id: str) -> Drill | None:
        return self.planned_drills.get(drill_id)

    def put_drill(self, drill: Drill) -> None:
        self.planned_drills[drill.id] = drill

    def drills(self, scopes: Collection[str] | None, limit: int) -> list[Drill]:
        found = [drill for drill in self.planned_drills.values() if _has_part_in(drill.region, scopes)]
        return sorted(found, key=lambda drill: (drill.starts_at, drill.id), reverse=True)[:limit]

    def drills_due(self, now: datetime) -> list[Drill]:
        return [drill for drill in self.planned_drills.values() if drill.due_at is not None and drill.due_at <= now]

    def schedule(self, schedule_id: str) -> DrillSchedule | None:
        return self.kept_schedules.get(schedule_id)

    def put_schedule(self, schedule: DrillSchedule) -> None:
        self.kept_schedules[schedule.id] = schedule

    def schedules(self, scopes: Collection[str] | None) -> list[DrillSchedule]:
        going_on = [one for one in self.kept_schedules.values() if one.due_at is not None]
        return sorted(
            (one for one in going_on if _has_part_in(one.region, scopes)), key=lambda one: (one.next_at, one.id)
        )

    def schedules_due(self, now: datetime) -> list[DrillSchedule]:
        return [one for one in self.kept_schedules.values() if one.due_at is not None and one.due_at <= now]


def _has_part_in(region: str, scopes: Collection[str] | None) -> bool:
    return scopes is None or any(is_within(region, scope) or is_within(scope, region) for scope in scopes)
