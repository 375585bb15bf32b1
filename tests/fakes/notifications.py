"""The Notifications in memory."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from kentongan_server.domain.lifecycle import NotificationState
from kentongan_server.domain.notification import Notification, NotifyChannel, Wave
from kentongan_server.ports.notifications import PlannedWave


class FakeNotifications:
    """`all` by id; `waves` by incident and wave; `new` since the job began."""

    def __init__(self) -> None:
        self.all: dict[str, Notification] = {}
        self.waves: dict[tuple[str, Wave], datetime] = {}
        self.new: list[str] = []

    def plan(self, wave: PlannedWave) -> None:
        """See the port, as with everything below."""
        self.waves[wave.incident, wave.wave] = wave.due_at

    def waves_due(self, now: datetime, limit: int) -> list[PlannedWave]:
        found = [PlannedWave(incident, wave, at) for (incident, wave), at in self.waves.items() if at <= now]
        return sorted(found, key=lambda wave: wave.due_at)[:limit]

    def wave_done(self, incident: str, wave: Wave) -> None:
        self.waves.pop((incident, wave), None)

    def add(self, notifications: Collection[Notification]) -> None:
        for one in notifications:
            self.all[one.id] = one
            self.new.append(one.id)

    def notification(self, notification_id: str) -> Notification | None:
        return self.all.get(notification_id)

    def due_channels(self, now: datetime) -> set[NotifyChannel]:
        return {one.channel for one in self.all.values() if one.due_at is not None and one.due_at <= now}

    def due(self, channel: NotifyChannel, now: datetime, limit: int) -> list[Notification]:
        found = [
            (n.urgency, n.due_at, n.id, n) for n in self.all.values() if n.channel is channel and n.due_at is not None
        ]
        return [n for _, at, _, n in sorted(found, key=lambda key: key[:3]) if at <= now][:limit]

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
        one = self.all[notification_id]
        self.all[notification_id] = replace(
            one,
            state=state,
            changed_at=at,
            due_at=due_at,
            attempts=one.attempts if attempts is None else attempts,
            error=one.error if error is None else error,
        )

    def told_since(self, destinations: Collection[str], since: datetime) -> dict[str, list[datetime]]:
        found: dict[str, list[datetime]] = {}
        for one in self.all.values():
            if one.destination in destinations and one.attempts and one.changed_at >= since:
                found.setdefault(one.destination, []).append(one.changed_at)
        return found

    def latest(self, destinations: Collection[str]) -> dict[str, Notification]:
        ordered = sorted(self.all.values(), key=lambda n: (n.queued_at, n.id))
        return {n.destination: n for n in ordered if n.destination in destinations}

    def of_incident(self, incident: str) -> list[Notification]:
        return sorted((n for n in self.all.values() if n.incident == incident), key=lambda n: (n.queued_at, n.id))
