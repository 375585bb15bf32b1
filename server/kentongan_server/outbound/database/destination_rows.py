"""Where people are reached, as rows."""

from collections.abc import Collection
from datetime import datetime, time
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from kentongan_server.domain.incident_kind import IncidentClass
from kentongan_server.domain.notification import Destination, NotifyChannel
from kentongan_server.domain.preferences import Preferences
from kentongan_server.domain.quiet_hours import QuietHours
from kentongan_server.outbound.database.notification_tables import destinations, preferences
from kentongan_server.outbound.database.values import from_ms, to_ms

_ONE = select(destinations).where(destinations.c.id == bindparam("id"))
_OF_PEOPLE = (
    select(destinations)
    .where(destinations.c.person.in_(bindparam("people", expanding=True)))
    .order_by(destinations.c.id)
)
_AT = select(destinations).where(
    destinations.c.channel == bindparam("channel"), destinations.c.address == bindparam("address")
)
_PREFERENCES = select(preferences).where(preferences.c.person.in_(bindparam("people", expanding=True)))


class DestinationRows:
    """The Destinations on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, destination: Destination) -> None:
        values = {
            "person": destination.person,
            "channel": destination.channel,
            "address": destination.address,
            "hears": " ".join(sorted(destination.hears)),
            "after_s": destination.after_s,
            "confirmed": destination.confirmed,
        }
        changed = update(destinations).where(destinations.c.id == destination.id).values(values)
        if not self._connection.execute(changed).rowcount:
            self._connection.execute(insert(destinations), {"id": destination.id, "wrong_codes": 0, **values})

    def destination(self, destination_id: str) -> Destination | None:
        row = self._connection.execute(_ONE, {"id": destination_id}).one_or_none()
        return None if row is None else _destination(row)

    def of_people(self, people: Collection[str]) -> list[Destination]:
        if not people:
            return []
        return [_destination(row) for row in self._connection.execute(_OF_PEOPLE, {"people": sorted(people)})]

    def at_address(self, channel: str, address: str) -> list[Destination]:
        rows = self._connection.execute(_AT, {"channel": channel, "address": address})
        return [_destination(row) for row in rows]

    def remove(self, destination_id: str) -> None:
        self._connection.execute(delete(destinations).where(destinations.c.id == destination_id))

    def expect_code(self, destination_id: str, code: str, until: datetime) -> None:
        values = {"code": code, "code_until": to_ms(until), "wrong_codes": 0}
        self._connection.execute(update(destinations).where(destinations.c.id == destination_id).values(values))

    def code(self, destination_id: str) -> tuple[str, datetime, int] | None:
        row = self._connection.execute(_ONE, {"id": destination_id}).one_or_none()
        if row is None or row.code is None:
            return None
        return row.code, from_ms(row.code_until), row.wrong_codes

    def count_wrong_code(self, destination_id: str) -> None:
        values = {"wrong_codes": destinations.c.wrong_codes + 1}
        self._connection.execute(update(destinations).where(destinations.c.id == destination_id).values(values))

    def preferences(self, people: Collection[str]) -> dict[str, Preferences]:
        if not people:
            return {}
        rows = self._connection.execute(_PREFERENCES, {"people": sorted(people)})
        return {
            row.person: Preferences(
                row.language, QuietHours(time.fromisoformat(row.quiet_begin), time.fromisoformat(row.quiet_end))
            )
            for row in rows
        }

    def put_preferences(self, person: str, preferred: Preferences) -> None:
        values = {
            "language": preferred.language,
            "quiet_begin": preferred.quiet_hours.begin.isoformat("minutes"),
            "quiet_end": preferred.quiet_hours.end.isoformat("minutes"),
        }
        changed = update(preferences).where(preferences.c.person == person).values(values)
        if not self._connection.execute(changed).rowcount:
            self._connection.execute(insert(preferences), {"person": person, **values})


def _destination(row: Any) -> Destination:
    return Destination(
        id=row.id,
        person=row.person,
        channel=NotifyChannel(row.channel),
        address=row.address,
        hears=frozenset(IncidentClass(one) for one in row.hears.split()),
        after_s=row.after_s,
        confirmed=row.confirmed,
    )
