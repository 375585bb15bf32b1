"""Where alarms and their commands are kept. The command table is the outbox of the kentongan."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from kentongan_server.domain.alarm import Action, Alarm, AlarmCommand, Telling
from kentongan_server.domain.codebook import Rhythm
from kentongan_server.domain.incident_kind import IncidentKind, Purpose
from kentongan_server.domain.lifecycle import AlarmState, CommandState
from kentongan_server.domain.spread import Woken


@dataclass(frozen=True, slots=True)
class Order:
    """One attempt at one command, ready to be sealed and sent."""

    command: str
    node: str
    action: Action
    incident: str
    kind: IncidentKind
    purpose: Purpose
    rhythm: Rhythm
    nonce: str
    counter: int
    report: str | None = None
    leisure_ms: int = 0


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

    def due(self, now: datetime) -> list[Alarm]:
        """The alarms whose time has come: gated ones open, active ones rise."""
        ...

    def is_real_in(self, region: str) -> bool:
        """True while an alarm that is no drill and no test is on, or waits, in this region, above it or below it."""
        ...

    def wake(self, alarm: Alarm, codebook: Mapping[str, str], woken: Collection[Woken], at: datetime) -> None:
        """Keep which RTs beyond the own one this alarm sounds in, why, and by which codebook each."""
        ...

    def woken(self, incident_id: str) -> list[Woken]:
        """The RTs beyond the own one in which the incident's alarms sounded, in the order of waking."""
        ...

    def has_woken(self, incident_id: str, scopes: Collection[str]) -> bool:
        """True when the incident's alarms sounded in an RT of these scopes, beyond the own one."""
        ...

    def woken_by(self, alarm_id: str) -> set[str]:
        """The RTs beyond the own one that this one alarm has woken."""
        ...

    def last_woken_by(self, alarm_id: str) -> str | None:
        """The last of them in the order of their codes."""
        ...

    def woken_incidents(self, regions: Collection[str], limit: int) -> list[str]:
        """The incidents of other RTs whose alarms sounded in these, the newest first."""
        ...

    def commands(self, command_ids: Collection[str]) -> dict[str, AlarmCommand]:
        """Those of these commands that exist, by id."""
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

    def soundings_after(self, alarm_id: str, node: str, limit: int) -> list[AlarmCommand]:
        """The commands by which this alarm makes noise, of the first `limit` kentongan after this name, by name and age."""
        ...

    def put_telling(self, telling: Telling) -> None:
        """Keep how far a silence or an all clear has been told, in place of what was kept of it."""
        ...

    def drop_telling(self, alarm_id: str, action: Action) -> None:
        """It has been told to all."""
        ...

    def telling(self, alarm_id: str, action: Action) -> Telling | None:
        """How far it has been told; None when it is told to all, or was never begun."""
        ...

    def tellings(self, before: datetime) -> list[Telling]:
        """Those that nobody has gone on with since then."""
        ...

    def heard_by(self, alarm_id: str) -> int:
        """How many kentongan this alarm has commanded to sound."""
        ...

    def has_open_soundings(self, alarm_id: str) -> bool:
        """True while a kentongan may still sound for this alarm: one that it commanded is not over."""
        ...

    def commands_due(self, now: datetime, limit: int, heard_until: datetime | None = None) -> list[AlarmCommand]:
        """Commands whose next attempt, or end, has come; a city's that the broker took only when it came by `heard_until`."""
        ...

    def try_again(self, command_id: str, state: CommandState, counter: int, attempts: int, due_at: datetime) -> None:
        """Write one more attempt."""
        ...

    def hurry(self, command_id: str, by: datetime) -> None:
        """Make an unanswered command due by then, if it is not due sooner."""
        ...

    def make_due(self, node: str, now: datetime) -> None:
        """The node is back: its unanswered commands are due at once."""
        ...

    def orders(self, command_ids: Collection[str]) -> list[Order]:
        """These commands as orders; those whose node has not said a nonce yet are left out."""
        ...
