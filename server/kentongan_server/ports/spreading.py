"""Where it is kept how alarms spread: the rules of the regions, and the RTs that want no community sounds for a while."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from kentongan_server.domain.incident_kind import IncidentClass
from kentongan_server.domain.spread import Period, Rule


class SpreadBook(Protocol):
    """Rules and shelvings within one transaction."""

    def rule(self, regions: Collection[str], incident_class: IncidentClass, period: Period) -> Rule | None:
        """The rule of the deepest of these regions, the longest code, that has one; None when none has."""
        ...

    def rules(self, region: str) -> dict[tuple[IncidentClass, Period], Rule]:
        """What is set for exactly this region."""
        ...

    def put_rule(
        self, region: str, incident_class: IncidentClass, period: Period, rule: Rule, by: str, at: datetime
    ) -> None:
        """Keep the region's rule, new or changed."""
        ...

    def drop_rule(self, region: str, incident_class: IncidentClass, period: Period) -> None:
        """The region has no rule of its own any more."""
        ...

    def shelve(self, region: str, until: datetime, reason: str, by: str) -> None:
        """No community sounds in this RT before `until`."""
        ...

    def shelved(self, regions: Collection[str], at: datetime) -> dict[str, tuple[datetime, str]]:
        """Those of these RTs that want no community sounds at that time: until when, and why."""
        ...
