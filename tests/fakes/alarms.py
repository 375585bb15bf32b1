"""The AlarmBook in memory."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from tests.fakes.codebooks import FakeCodebooks
from tests.fakes.incidents import FakeIncidents
from tests.fakes.places import FakePlaces

from kentongan_server.domain.alarm import Action, Alarm, AlarmCommand, Telling, leisure_ms
from kentongan_server.domain.codebook import SHIPPED
from kentongan_server.domain.incident_kind import Purpose
from kentongan_server.domain.lifecycle import AlarmState, CommandState
from kentongan_server.domain.region_code import is_within
from kentongan_server.domain.spread import CITY, Woken
from kentongan_server.ports.alarms import Order

_UNANSWERED = (CommandState.QUEUED, CommandState.SENT)


class FakeAlarms:
    """`alarms` and `commands` by id; `due_at` by the ids of commands that are not over; `awake` by (alarm, region)."""

    def __init__(self, incidents: FakeIncidents, places: FakePlaces, codebooks: FakeCodebooks) -> None:
        self._codebooks = codebooks
        self._incidents = incidents
        self._places = places
        self.alarms: dict[str, Alarm] = {}
        self.kept: dict[str, AlarmCommand] = {}
        self.due_at: dict[str, datetime] = {}
        self.new_commands: list[str] = []
        self.told: dict[tuple[str, Action], Telling] = {}
        self.awake: dict[tuple[str, str], tuple[Woken, str, datetime]] = {}

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

    def due(self, now: datetime) -> list[Alarm]:
        return [alarm for alarm in self.alarms.values() if alarm.due_at is not None and alarm.due_at <= now]

    def wake(self, alarm: Alarm, codebook: Mapping[str, str], woken: Collection[Woken], at: datetime) -> None:
        for each in woken:
            if (alarm.id, each.region) in self.awake:
                raise ValueError("An alarm wakes an RT once.")
            self.awake[alarm.id, each.region] = (each, codebook[each.region], at)

    def woken(self, incident_id: str) -> list[Woken]:
        mine = [
            (at, each.level, each.region, each)
            for (alarm_id, _), (each, _, at) in self.awake.items()
            if self.alarms[alarm_id].incident == incident_id
        ]
        found: dict[str, Woken] = {}
        for _, _, region, each in sorted(mine, key=lambda told: told[:3]):
            found.setdefault(region, each)
        return list(found.values())

    def is_real_in(self, region: str) -> bool:
        on = [
            alarm
            for alarm in self.alarms.values()
            if alarm.state is not AlarmState.ENDED
            and self._incidents.incidents[alarm.incident].purpose is Purpose.ACTUAL
        ]
        return any(
            is_within(place, region) or is_within(region, alarm.region)
            for alarm in on
            for place in (alarm.region, *self.woken_by(alarm.id))
        )

    def has_woken(self, incident_id: str, scopes: Collection[str]) -> bool:
        return any(is_within(woken.region, scope) for woken in self.woken(incident_id) for scope in scopes)

    def woken_by(self, alarm_id: str) -> set[str]:
        return {region for alarm, region in self.awake if alarm == alarm_id}

    def last_woken_by(self, alarm_id: str) -> str | None:
        return max(self.woken_by(alarm_id), default=None)

    def woken_incidents(self, regions: Collection[str], limit: int) -> list[str]:
        newest: dict[str, datetime] = {}
        for (alarm_id, region), (_, _, at) in self.awake.items():
            if any(is_within(region, scope) for scope in regions):
                incident = self.alarms[alarm_id].incident
                newest[incident] = max(newest.get(incident, at), at)
        return sorted(newest, key=lambda incident: newest[incident], reverse=True)[:limit]

    def commands(self, command_ids: Collection[str]) -> dict[str, AlarmCommand]:
        return {id: self.kept[id] for id in command_ids if id in self.kept}

    def commands_of(self, incident_ids: Collection[str]) -> list[AlarmCommand]:
        found = [command for command in self.kept.values() if command.incident in incident_ids]
        return sorted(found, key=lambda command: (command.created_at, command.node))

    def add_commands(self, commands: Collection[AlarmCommand], due_at: datetime) -> None:
        for command in commands:
            if command.id in self.kept or command.alarm not in self.alarms:
                raise ValueError("A command has an id of its own and belongs to an alarm that is kept.")
            self.kept[command.id] = command
            self.due_at[command.id] = due_at
            self.new_commands.append(command.id)

    def set_command(self, command_id: str, state: CommandState, due_at: datetime | None) -> None:
        self.kept[command_id] = replace(self.kept[command_id], state=state)
        if due_at is None:
            self.due_at.pop(command_id, None)
        else:
            self.due_at[command_id] = due_at

    def mark_sent(self, command_ids: Collection[str]) -> None:
        for command_id in command_ids:
            if self.kept[command_id].state is CommandState.QUEUED:
                self.kept[command_id] = replace(self.kept[command_id], state=CommandState.SENT)

    def soundings_after(self, alarm_id: str, node: str, limit: int) -> list[AlarmCommand]:
        mine = [c for c in self.kept.values() if (c.alarm, c.action) == (alarm_id, Action.SOUND) and c.node > node]
        names = sorted({command.node for command in mine})[:limit]
        found = [command for command in mine if command.node in names]
        return sorted(found, key=lambda command: (command.node, command.created_at))

    def heard_by(self, alarm_id: str) -> int:
        return len({c.node for c in self.kept.values() if (c.alarm, c.action) == (alarm_id, Action.SOUND)})

    def put_telling(self, telling: Telling) -> None:
        if telling.alarm not in self.alarms:
            raise ValueError("A telling is of an alarm that is kept.")
        self.told[telling.alarm, telling.action] = telling

    def drop_telling(self, alarm_id: str, action: Action) -> None:
        self.told.pop((alarm_id, action), None)

    def telling(self, alarm_id: str, action: Action) -> Telling | None:
        return self.told.get((alarm_id, action))

    def tellings(self, before: datetime) -> list[Telling]:
        return sorted((each for each in self.told.values() if each.at <= before), key=lambda each: each.at)

    def has_open_soundings(self, alarm_id: str) -> bool:
        waiting = (self.kept[command_id] for command_id in self.due_at)
        return any(command.alarm == alarm_id and command.action is Action.SOUND for command in waiting)

    def commands_due(self, now: datetime, limit: int, heard_until: datetime | None = None) -> list[AlarmCommand]:
        def until(command: AlarmCommand) -> datetime:
            waits = command.state is CommandState.SENT and self.alarms[command.alarm].level >= CITY
            return heard_until if waits and heard_until is not None else now

        due = sorted(
            (at, command_id) for command_id, at in self.due_at.items() if at <= min(now, until(self.kept[command_id]))
        )
        return [self.kept[command_id] for _, command_id in due[:limit]]

    def try_again(self, command_id: str, state: CommandState, counter: int, attempts: int, due_at: datetime) -> None:
        again = replace(self.kept[command_id], state=state, counter=counter, attempts=attempts)
        self.kept[command_id] = again
        self.due_at[command_id] = due_at

    def hurry(self, command_id: str, by: datetime) -> None:
        if self.kept[command_id].state in _UNANSWERED and self.due_at.get(command_id, by) > by:
            self.due_at[command_id] = by

    def make_due(self, node: str, now: datetime) -> None:
        for command_id in self.due_at:
            command = self.kept[command_id]
            if command.node == node and command.state in _UNANSWERED:
                self.due_at[command_id] = now

    def orders(self, command_ids: Collection[str]) -> list[Order]:
        return [order for command_id in command_ids if (order := self._order(self.kept[command_id])) is not None]

    def _order(self, command: AlarmCommand) -> Order | None:
        incident = self._incidents.incidents[command.incident]
        nonce = self._places.nodes[command.node].nonce
        if nonce is None:
            return None
        book = self._codebooks.version(command.codebook or SHIPPED.version) or SHIPPED
        return Order(
            command=command.id,
            node=command.node,
            action=command.action,
            incident=incident.id,
            kind=incident.kind,
            purpose=incident.purpose,
            rhythm=book.all_clear if command.action is Action.ALL_CLEAR else book.code_of(incident.kind),
            nonce=nonce,
            counter=command.counter,
            report=command.report,
            leisure_ms=leisure_ms(self.alarms[command.alarm].level),
        )
