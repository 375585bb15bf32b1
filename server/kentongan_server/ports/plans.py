"""Where alarms are kept that were planned before they sound: city-wide ones, and drills. What is due survives a restart."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from kentongan_server.domain.city_alarm import CityAlarm
from kentongan_server.domain.drill import Drill


class PlanBook(Protocol):
    """City alarms and drills within one transaction."""

    def city_alarm(self, city_alarm_id: str) -> CityAlarm | None:
        """The city alarm with this id."""
        ...

    def put_city_alarm(self, city_alarm: CityAlarm) -> None:
        """Keep a city alarm, new or changed."""
        ...

    def city_alarms(self, limit: int) -> list[CityAlarm]:
        """The newest city alarms."""
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

    def drills(self, regions: Collection[str] | None, limit: int) -> list[Drill]:
        """The newest drills in exactly these regions, or (None) all."""
        ...

    def drills_due(self, now: datetime) -> list[Drill]:
        """The drills whose time has come, to start or to be scored."""
        ...
