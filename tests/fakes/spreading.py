"""The SpreadBook in memory."""

from collections.abc import Collection
from datetime import datetime

from kentongan_server.domain.incident_kind import IncidentClass
from kentongan_server.domain.spread import Period, Rule


class FakeSpreading:
    """`kept` rules by (region, class, period); `shelvings` by region."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, IncidentClass, Period], Rule] = {}
        self.shelvings: dict[str, tuple[datetime, str]] = {}

    def rule(self, regions: Collection[str], incident_class: IncidentClass, period: Period) -> Rule | None:
        """See the port, as with everything below."""
        having = [region for region in regions if (region, incident_class, period) in self.kept]
        return self.kept[max(having, key=len), incident_class, period] if having else None

    def rules(self, region: str) -> dict[tuple[IncidentClass, Period], Rule]:
        return {(of, period): rule for (code, of, period), rule in self.kept.items() if code == region}

    def put_rule(
        self,
        region: str,
        incident_class: IncidentClass,
        period: Period,
        rule: Rule,
        by: str,  # noqa: ARG002
        at: datetime,  # noqa: ARG002
    ) -> None:
        self.kept[region, incident_class, period] = rule

    def drop_rule(self, region: str, incident_class: IncidentClass, period: Period) -> None:
        self.kept.pop((region, incident_class, period), None)

    def shelve(self, region: str, until: datetime, reason: str, by: str) -> None:  # noqa: ARG002
        self.shelvings[region] = (until, reason)

    def shelved(self, regions: Collection[str], at: datetime) -> dict[str, tuple[datetime, str]]:
        return {code: told for code, told in self.shelvings.items() if code in regions and told[0] > at}
