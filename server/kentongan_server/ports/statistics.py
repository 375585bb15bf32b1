"""Where statistics find what happened; they read, and never write."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from kentongan_server.domain.incident_kind import IncidentClass
from kentongan_server.domain.statistics import Case, Heard


class StatisticsBook(Protocol):
    """The record as cases and as what was heard of nodes."""

    def cases(self, region: str, since: datetime, until: datetime, classes: Collection[IncidentClass]) -> list[Case]:
        """The incidents of these classes opened in the region, or below it, in the time from `since` until before `until`."""
        ...

    def heard(self, region: str, until: datetime) -> list[Heard]:
        """When the nodes in the region, or below it, were found and lost before `until`, in order."""
        ...
