"""The AlarmBook in memory."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from tests.fakes.incidents import FakeIncidents
from tests.fakes.places import FakePlaces

from kentongan_server.domain.alarm import Alarm, AlarmCommand
from kentongan_server.domain.lifecycle import AlarmState, CommandState
from kentongan_server.ports.alarms import Order

_UNANSWERED = (CommandState.QUEUED, CommandState.SENT)


class FakeAlarms:
    """`alarms` and `commands` by id; `due_at` by the ids of commands that are not over."""

    def __init__(self, incidents: FakeIncidents, places: FakePlaces) -> None:
        self._incidents = incidents
        self._places = places
        self.alarms: dict[str, Alarm] = {}
        self.commands: dict[str, AlarmCommand] = {}
        self.due_at: dict[str, datetime] = {}
        self.new_commands: list[str] = []

    def alarm(self, alarm_id: str) -> Alarm | None:
        """See the port, as with everything below."""
        return self.alarms.get(alarm_id)

    def alarm_of(self, incident_id: str) -> Alarm | None:
        return self.alarms_of([incident_id]).get(incident_id)

    def alarms_of(self, incident_ids: Collection[str]) -> dict[str, Alarm]:
        in_order = sorted(self.alarms.values(), key=lambda alarm: (alarm.requested_at, alarm.id))
        return {alarm.incident: alarm for alarm in in_order if alarm.incident in incident_ids}

    def add_alarm(self, alarm: Alarm) -> None:
        if alarm.incident not in self._incidents.incidents:
            raise ValueError("An alarm is for an incident that is kept.")
        self.alarms[alarm.id] = alarm

    def set_alarm(self, alarm_id: str, state: AlarmState, level: int, due_at: datetime | None) -> None:
        self.alarms[alarm_id] = replace(self.alarms[alarm_id], state=state, level=level, due_at=due_at)

    def gates_due(self, now: datetime) -> list[Alarm]:
        return [
            alarm
            for alarm in self.alarms.values()
            if alarm.state is AlarmState.GATED and alarm.due_at is not None and alarm.due_at <= now
        ]

    def command(self, command_id: str) -> AlarmCommand | None:
        return self.commands.get(command_id)

    def commands_of(self, incident_ids: Collection[str]) -> list[AlarmCommand]:
        found = [command for command in self.commands.values() if command.incident in incident_ids]
        return sorted(found, key=lambda command: (command.created_at, command.node))

    def add_commands(self, commands: Collection[AlarmCommand], due_at: datetime) -> None:
        for command in commands:
            if command.id in self.commands or command.alarm not in self.alarms:
                raise ValueError("A command has an id of its own and belongs to an alarm that is kept.")
            self.commands[command.id] = command
            self.due_at[command.id] = due_at
            self.new_commands.append(command.id)

    def set_command(self, command_id: str, state: CommandState, due_at: datetime | None) -> None:
        self.commands[command_id] = replace(self.commands[command_id], state=state)
        if due_at is None:
            self.due_at.pop(command_id, None)
        else:
            self.due_at[command_id] = due_at

    def mark_sent(self, command_ids: Collection[str]) -> None:
        for command_id in command_ids:
            if self.commands[command_id].state is CommandState.QUEUED:
                self.commands[command_id] = replace(self.commands[command_id], state=CommandState.SENT)

    def commands_due(self, now: datetime, limit: int) -> list[AlarmCommand]:
        due = sorted((at, command_id) for command_id, at in self.due_at.items() if at <= now)
        return [self.commands[command_id] for _, command_id in due[:limit]]

    def try_again(self, command_id: str, state: CommandState, counter: int, attempts: int, due_at: datetime) -> None:
        again = replace(self.commands[command_id], state=state, counter=counter, attempts=attempts)
        self.commands[command_id] = again
        self.due_at[command_id] = due_at

    def make_due(self, node: str, now: datetime) -> None:
        for command_id in self.due_at:
            command = self.commands[command_id]
            if command.node == node and command.state in _UNANSWERED:
                self.due_at[command_id] = now

    def orders(self, command_ids: Collection[str]) -> list[Order]:
        return [order for command_id in command_ids if (order := self._order(self.commands[command_id])) is not None]

    def _order(self, command: AlarmCommand) -> Order | None:
        incident = self._incidents.incidents[command.incident]
        nonce = self._places.nodes[command.node].nonce
        if nonce is None:
            return None
        return Order(
            command=command.id,
            node=command.node,
            action=command.action,
            incident=incident.id,
            kind=incident.kind,
            purpose=incident.purpose,
            nonce=nonce,
            counter=command.counter,
        )
