"""Where alarms are kept that were planned before they sound: city-wide ones, drills, and when drills are held regularly. What is due survives a restart."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from kentongan_server.domain.city_alarm import CityAlarm
from kentongan_server.domain.drill import Drill
from kentongan_server.domain.drill_schedule import DrillSchedule


class PlanBook(Protocol):
    """City alarms and drills within one transaction."""

    def city_alarm(self, city_alarm_id: str) -> CityAlarm | None:
        """The city alarm with this id."""
        ...

    def put_city_alarm(self, city_alarm: CityAlarm) -> None:
        """Keep a city alarm, new or changed."""
        ...

    def city_alarms(self, scopes: Collection[str] | None, limit: int) -> list[CityAlarm]:
        """The newest city alarms within these regions or above them, or (None) all."""
        ...

    def city_alarms_due(self, now: datetime) -> list[CityAlarm]:
        """The city alarms whose time has come, to sound or to expire."""
        ...

    def drill(self, drill_id: str) -> Drill | None:
        """The drill with this id."""
        ...

    def put_drill(self, drill: Drill) -> None:
        """Keep a drill, new or changed."""
        ...

    def drills(self, scopes: Collection[str] | None, limit: int) -> list[Drill]:
        """The newest drills within these regions or above them, or (None) all."""
        ...

    def drills_due(self, now: datetime) -> list[Drill]:
        """The drills whose time has come, to start or to be scored."""
        ...

    def schedule(self, schedule_id: str) -> DrillSchedule | None:
        """The regular drill with this id, ended or not."""
        ...

    def put_schedule(self, schedule: DrillSchedule) -> None:
        """Keep a regular drill, new or changed."""
        ...

    def schedules(self, scopes: Collection[str] | None) -> list[DrillSchedule]:
        """The regular drills that go on within these regions or above them, or (None) all, the next one first."""
        ...

    def schedules_due(self, now: datetime) -> list[DrillSchedule]:
        """The regular drills of which the next one is to be planned and told."""
        ...
