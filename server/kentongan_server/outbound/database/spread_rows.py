"""Rules and shelvings as rows."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select

from kentongan_server.domain.incident_kind import IncidentClass
from kentongan_server.domain.spread import Period, Rule
from kentongan_server.outbound.database.alarming_tables import alarm_rules, shelvings
from kentongan_server.outbound.database.statement import Statement
from kentongan_server.outbound.database.upsert import put
from kentongan_server.outbound.database.values import from_ms, from_text, to_ms, to_text

_RULE = Statement(
    select(alarm_rules.c.body).where(
        alarm_rules.c.region == bindparam("region"),
        alarm_rules.c["class"] == bindparam("incident_class"),
        alarm_rules.c.period == bindparam("period"),
    )
)


class SpreadRows:
    """The SpreadBook on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def rule(self, regions: Collection[str], incident_class: IncidentClass, period: Period) -> Rule | None:
        asked = {"incident_class": incident_class, "period": period}
        for region in sorted(regions, key=len, reverse=True):  # the nearest one first
            found = _RULE.first(self._connection, region=region, **asked)
            if found is not None:
                return _rule(found.body)
        return None

    def rules(self, region: str) -> dict[tuple[IncidentClass, Period], Rule]:
        of_class = alarm_rules.c["class"].label("incident_class")
        query = select(of_class, alarm_rules.c.period, alarm_rules.c.body).where(alarm_rules.c.region == region)
        return {
            (IncidentClass(row.incident_class), Period(row.period)): _rule(row.body)
            for row in self._connection.execute(query)
        }

    def put_rule(
        self, region: str, incident_class: IncidentClass, period: Period, rule: Rule, by: str, at: datetime
    ) -> None:
        body = {"rises": {str(level): seconds for level, seconds in rule.rises.items()}, "witness_to": rule.witness_to}
        row = {"region": region, "class": incident_class, "period": period, "body": to_text(body)}
        put(self._connection, alarm_rules, [{**row, "set_by": by, "set_at": to_ms(at)}])

    def drop_rule(self, region: str, incident_class: IncidentClass, period: Period) -> None:
        self._connection.execute(
            delete(alarm_rules).where(
                alarm_rules.c.region == region,
                alarm_rules.c["class"] == incident_class,
                alarm_rules.c.period == period,
            )
        )

    def shelve(self, region: str, until: datetime, reason: str, by: str) -> None:
        put(
            self._connection,
            shelvings,
            [{"region": region, "until": to_ms(until), "reason": reason, "shelved_by": by}],
        )

    def shelved(self, regions: Collection[str], at: datetime) -> dict[str, tuple[datetime, str]]:
        query = select(shelvings).where(shelvings.c.region.in_(sorted(regions)), shelvings.c.until > to_ms(at))
        return {row.region: (from_ms(row.until), row.reason) for row in self._connection.execute(query)}


def _rule(body: str) -> Rule:
    said = from_text(body)
    return Rule({int(level): seconds for level, seconds in said["rises"].items()}, said["witness_to"])
