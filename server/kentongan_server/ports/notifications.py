"""Whom to tell, and how it went: the outbox of the people. Written in the transaction that decided it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from kentongan_server.domain.lifecycle import NotificationState
from kentongan_server.domain.notification import Notification, NotifyChannel, Wave


@dataclass(frozen=True, slots=True)
class PlannedWave:
    """A group that is to be told of an incident when its time comes."""

    incident: str
    wave: Wave
    due_at: datetime


class Notifications(Protocol):
    """Notifications and planned waves within one transaction."""

    def plan(self, wave: PlannedWave) -> None:
        """Keep a wave for later; one that is planned for the incident already is moved."""
        ...

    def waves_due(self, now: datetime, limit: int) -> list[PlannedWave]:
        """The waves whose time has come, oldest first."""
        ...

    def wave_done(self, incident: str, wave: Wave) -> None:
        """Nothing more is planned of it."""
        ...

    def add(self, notifications: Collection[Notification]) -> None:
        """Keep new notifications."""
        ...

    def notification(self, notification_id: str) -> Notification | None:
        """The notification with this id."""
        ...

    def due_channels(self, now: datetime) -> set[NotifyChannel]:
        """The channels on which something is due."""
        ...

    def due(self, channel: NotifyChannel, now: datetime, limit: int) -> list[Notification]:
        """What is due on this channel: the most urgent first, then the oldest."""
        ...

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
        """Write the state that the law allowed. Without `due_at` nothing more is to be done; None leaves the others."""
        ...

    def told_since(self, destinations: Collection[str], since: datetime) -> dict[str, list[datetime]]:
        """When each of these destinations was last told, or tried, since then."""
        ...

    def latest(self, destinations: Collection[str]) -> dict[str, Notification]:
        """The newest notification of each of these destinations."""
        ...

    def of_incident(self, incident: str) -> list[Notification]:
        """Every notification of the incident, oldest first."""
        ...
