"""Where alarms and their commands are kept. The command table is the outbox of the kentongan."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from kentongan_server.domain.alarm import Action, Alarm, AlarmCommand
from kentongan_server.domain.incident_kind import IncidentKind, Purpose
from kentongan_server.domain.lifecycle import AlarmState, CommandState


@dataclass(frozen=True, slots=True)
class Order:
    """One attempt at one command, ready to be sealed and sent."""

    command: str
    node: str
    action: Action
    incident: str
    kind: IncidentKind
    purpose: Purpose
    nonce: str
    counter: int


class AlarmBook(Protocol):
    """Alarms and commands within one transaction."""

    def alarm(self, alarm_id: str) -> Alarm | None:
        """The alarm with this id."""
        ...

    def alarm_of(self, incident_id: str) -> Alarm | None:
        """The alarm of an incident."""
        ...

    def alarms_of(self, incident_ids: Collection[str]) -> dict[str, Alarm]:
        """The alarms of these incidents, by incident."""
        ...

    def add_alarm(self, alarm: Alarm) -> None:
        """Keep a new alarm."""
        ...

    def set_alarm(self, alarm_id: str, state: AlarmState, level: int, due_at: datetime | None) -> None:
        """Write the state that the law allowed, and how far the alarm has spread."""
        ...

    def gates_due(self, now: datetime) -> list[Alarm]:
        """The gated alarms whose time has come."""
        ...

    def command(self, command_id: str) -> AlarmCommand | None:
        """The command with this id."""
        ...

    def commands_of(self, incident_ids: Collection[str]) -> list[AlarmCommand]:
        """Every command of these incidents, oldest first."""
        ...

    def add_commands(self, commands: Collection[AlarmCommand], due_at: datetime) -> None:
        """Keep new commands; until `due_at` the first attempt is on its way and no second one is made."""
        ...

    def set_command(self, command_id: str, state: CommandState, due_at: datetime | None) -> None:
        """Write the state that the law allowed, and until when the command may stay in it (None: it is over)."""
        ...

    def mark_sent(self, command_ids: Collection[str]) -> None:
        """Queued commands that the broker took become sent; others are left as they are."""
        ...

    def commands_due(self, now: datetime, limit: int) -> list[AlarmCommand]:
        """Commands whose next attempt, or end, has come."""
        ...

    def try_again(self, command_id: str, state: CommandState, counter: int, attempts: int, due_at: datetime) -> None:
        """Write one more attempt."""
        ...

    def make_due(self, node: str, now: datetime) -> None:
        """The node is back: its unanswered commands are due at once."""
        ...

    def orders(self, command_ids: Collection[str]) -> list[Order]:
        """These commands as orders; those whose node has not said a nonce yet are left out."""
        ...
