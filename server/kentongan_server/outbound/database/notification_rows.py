"""Notifications and planned waves as rows. A notification without a `due_at` is over."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from kentongan_server.domain.lifecycle import NotificationState
from kentongan_server.domain.notification import Notification, NotifyChannel, Urgency, Wave
from kentongan_server.outbound.database.notification_tables import notifications, waves
from kentongan_server.outbound.database.statement import Statement
from kentongan_server.outbound.database.values import from_ms, from_ms_or_none, to_ms, to_ms_or_none
from kentongan_server.ports.notifications import PlannedWave

_ADD = insert(notifications)
_ONE = select(notifications).where(notifications.c.id == bindparam("id"))
_OF_INCIDENT = Statement(
    select(notifications)
    .where(notifications.c.incident == bindparam("incident"))
    .order_by(notifications.c.queued_at, notifications.c.id)
)
_DUE_CHANNELS = Statement(select(notifications.c.channel).where(notifications.c.due_at <= bindparam("now")).distinct())
_DUE = (
    select(notifications)
    .where(notifications.c.channel == bindparam("channel"), notifications.c.due_at <= bindparam("now"))
    .order_by(notifications.c.urgency, notifications.c.due_at, notifications.c.id)
    .limit(bindparam("limit"))
)
_TOLD = select(notifications.c.destination, notifications.c.changed_at).where(
    notifications.c.destination.in_(bindparam("destinations", expanding=True)),
    notifications.c.changed_at >= bindparam("since"),
    notifications.c.attempts > 0,
)
_LATEST = (
    select(notifications)
    .where(notifications.c.destination == bindparam("destination"))
    .order_by(notifications.c.queued_at.desc(), notifications.c.id.desc())
    .limit(1)
)
_PLAN = Statement(insert(waves))
_MOVE = Statement(
    update(waves)
    .where(waves.c.incident == bindparam("of"), waves.c.wave == bindparam("the"))
    .values(due_at=bindparam("due_at"))
)
_WAVES_DUE = Statement(
    select(waves).where(waves.c.due_at <= bindparam("now")).order_by(waves.c.due_at).limit(bindparam("limit"))
)
_DONE = Statement(delete(waves).where(waves.c.incident == bindparam("of"), waves.c.wave == bindparam("the")))


class NotificationRows:
    """The Notifications on one connection; `on_new` hears that there is something to send once it is durable."""

    def __init__(self, connection: Connection, on_new: Callable[[], None]) -> None:
        self._connection = connection
        self._on_new = on_new

    def plan(self, wave: PlannedWave) -> None:
        due_at = to_ms(wave.due_at)
        if not _MOVE.run(self._connection, {"of": wave.incident, "the": wave.wave, "due_at": due_at}):
            _PLAN.run(self._connection, {"incident": wave.incident, "wave": wave.wave, "due_at": due_at})

    def waves_due(self, now: datetime, limit: int) -> list[PlannedWave]:
        rows = _WAVES_DUE.all(self._connection, now=to_ms(now), limit=limit)
        return [PlannedWave(row.incident, Wave(row.wave), from_ms(row.due_at)) for row in rows]

    def wave_done(self, incident: str, wave: Wave) -> None:
        _DONE.run(self._connection, {"of": incident, "the": wave})

    def add(self, new: Collection[Notification]) -> None:
        rows = [
            {
                "id": one.id,
                "incident": one.incident,
                "person": one.person,
                "destination": one.destination,
                "channel": one.channel,
                "wave": one.wave,
                "urgency": int(one.urgency),
                "state": one.state,
                "attempts": one.attempts,
                "error": one.error,
                "queued_at": to_ms(one.queued_at),
                "due_at": to_ms_or_none(one.due_at),
                "changed_at": to_ms(one.changed_at),
            }
            for one in new
        ]
        if rows:
            self._connection.execute(_ADD, rows)
            self._on_new()

    def notification(self, notification_id: str) -> Notification | None:
        row = self._connection.execute(_ONE, {"id": notification_id}).one_or_none()
        return None if row is None else _notification(row)

    def due_channels(self, now: datetime) -> set[NotifyChannel]:
        return {NotifyChannel(row.channel) for row in _DUE_CHANNELS.all(self._connection, now=to_ms(now))}

    def due(self, channel: NotifyChannel, now: datetime, limit: int) -> list[Notification]:
        values = {"channel": channel, "now": to_ms(now), "limit": limit}
        return [_notification(row) for row in self._connection.execute(_DUE, values)]

    def set_state(
        self,
        notification_id: str,
        state: NotificationState,
        at: datetime,
        *,
        due_at: datetime | None = None,
        attempts: int | None = None,
        error: str | None = None,
    ) -> None:
        values: dict[str, Any] = {"state": state, "changed_at": to_ms(at), "due_at": to_ms_or_none(due_at)}
        if attempts is not None:
            values["attempts"] = attempts
        if error is not None:
            values["error"] = error
        self._connection.execute(update(notifications).where(notifications.c.id == notification_id).values(values))

    def told_since(self, destinations: Collection[str], since: datetime) -> dict[str, list[datetime]]:
        found: dict[str, list[datetime]] = {}
        if destinations:
            values = {"destinations": sorted(destinations), "since": to_ms(since)}
            for row in self._connection.execute(_TOLD, values):
                found.setdefault(row.destination, []).append(from_ms(row.changed_at))
        return found

    def latest(self, destinations: Collection[str]) -> dict[str, Notification]:
        found = {}
        for destination in sorted(destinations):
            row = self._connection.execute(_LATEST, {"destination": destination}).one_or_none()
            if row is not None:
                found[destination] = _notification(row)
        return found

    def of_incident(self, incident: str) -> list[Notification]:
        return [_notification(row) for row in _OF_INCIDENT.all(self._connection, incident=incident)]


def _notification(row: Any) -> Notification:
    return Notification(
        id=row.id,
        incident=row.incident,
        person=row.person,
        destination=row.destination,
        channel=NotifyChannel(row.channel),
        wave=Wave(row.wave),
        urgency=Urgency(row.urgency),
        state=NotificationState(row.state),
        attempts=row.attempts,
        error=row.error,
        queued_at=from_ms(row.queued_at),
        due_at=from_ms_or_none(row.due_at),
        changed_at=from_ms(row.changed_at),
    )
