"""Alarms and their commands as rows. A command without a `due_at` is over."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, or_, select, text, update

from kentongan_server.domain.alarm import Action, Alarm, AlarmCommand, Telling
from kentongan_server.domain.incident_kind import Purpose
from kentongan_server.domain.lifecycle import AlarmState, CommandState
from kentongan_server.domain.spread import CITY, Woken
from kentongan_server.outbound.database.alarming_tables import alarm_regions, tellings
from kentongan_server.outbound.database.order_rows import orders
from kentongan_server.outbound.database.scopes import has_part_in, lies_in
from kentongan_server.outbound.database.statement import Statement
from kentongan_server.outbound.database.tables import alarm_commands, alarms, incidents
from kentongan_server.outbound.database.values import from_ms, from_ms_or_none, to_ms, to_ms_or_none
from kentongan_server.ports.alarms import Order

_ACTIONS = {action: action for action in Action}  # found by their words, faster than by a call
_STATES = {state: state for state in CommandState}
_UNANSWERED = (CommandState.QUEUED, CommandState.SENT)

_ADD_ALARM = Statement(insert(alarms))
_ADD_COMMANDS = Statement(insert(alarm_commands))
_ALARM = Statement(select(alarms).where(alarms.c.id == bindparam("id")))
_ALARM_OF = Statement(
    select(alarms)
    .where(alarms.c.incident == bindparam("incident"))
    .order_by(alarms.c.requested_at.desc(), alarms.c.id.desc())
    .limit(1)
)
_SET_ALARM = Statement(
    update(alarms)
    .where(alarms.c.id == bindparam("of"))
    .values(state=bindparam("state"), level=bindparam("level"), due_at=bindparam("due_at"))
)
_WAKE = Statement(insert(alarm_regions))
_LAST_WOKEN = Statement(
    select(alarm_regions.c.region)
    .where(alarm_regions.c.alarm == bindparam("alarm"))
    .order_by(alarm_regions.c.region.desc())
    .limit(1)
)
_COMMAND = Statement(select(alarm_commands).where(alarm_commands.c.id == bindparam("id")))
_COMMANDS_OF = (
    select(alarm_commands)
    .where(alarm_commands.c.incident.in_(bindparam("incidents", expanding=True)))
    .order_by(alarm_commands.c.created_at, alarm_commands.c.node)
)
_SET_COMMAND = Statement(
    update(alarm_commands)
    .where(alarm_commands.c.id == bindparam("of"))
    .values(state=bindparam("state"), due_at=bindparam("due_at"))
)
_MARK_SENT = Statement(
    update(alarm_commands)
    .where(alarm_commands.c.id == bindparam("of"), alarm_commands.c.state == bindparam("queued"))
    .values(state=bindparam("sent"))
)
_OF_ALARM = (
    alarm_commands.c.incident == bindparam("incident"),
    alarm_commands.c.alarm == bindparam("alarm"),
    alarm_commands.c.action == bindparam("action"),
)
_NEXT_NODES = (
    select(alarm_commands.c.node)
    .distinct()
    .where(*_OF_ALARM, alarm_commands.c.node > bindparam("after"))
    .order_by(alarm_commands.c.node)
    .limit(bindparam("limit"))
    .subquery()
)
_SOUNDINGS_AFTER = Statement(
    select(alarm_commands)
    .where(
        *_OF_ALARM,
        alarm_commands.c.node > bindparam("after"),
        alarm_commands.c.node <= select(func.max(_NEXT_NODES.c.node)).scalar_subquery(),
    )
    .order_by(alarm_commands.c.node, alarm_commands.c.created_at)
)
_HEARD_BY = Statement(select(func.count(alarm_commands.c.node.distinct()).label("nodes")).where(*_OF_ALARM))
_OPEN_SOUNDING = Statement(
    select(alarm_commands.c.id)
    .where(
        alarm_commands.c.alarm == bindparam("alarm"),
        alarm_commands.c.action == bindparam("action"),
        alarm_commands.c.due_at.is_not(None),
    )
    .limit(1)
)
_DUE = Statement(
    select(alarm_commands)
    .join(alarms, alarm_commands.c.alarm == alarms.c.id)
    .where(
        alarm_commands.c.due_at <= bindparam("now"),
        or_(
            alarm_commands.c.due_at <= bindparam("heard_until"),
            alarm_commands.c.state != bindparam("sent"),
            alarms.c.level < bindparam("city"),
        ),
    )
    .order_by(alarm_commands.c.due_at)
    .limit(bindparam("limit"))
)
_TRY_AGAIN = Statement(
    update(alarm_commands)
    .where(alarm_commands.c.id == bindparam("of"))
    .values(
        state=bindparam("state"),
        counter=bindparam("counter"),
        attempts=bindparam("attempts"),
        due_at=bindparam("due_at"),
    )
)
_HURRY = Statement(
    update(alarm_commands)
    .where(
        alarm_commands.c.id == bindparam("of"),
        alarm_commands.c.due_at > bindparam("by"),
        or_(*(alarm_commands.c.state == state for state in _UNANSWERED)),
    )
    .values(due_at=bindparam("by"))
)
_MAKE_DUE = Statement(
    update(alarm_commands)
    .where(
        alarm_commands.c.node == bindparam("of"),
        alarm_commands.c.due_at.is_not(None),
        or_(*(alarm_commands.c.state == state for state in _UNANSWERED)),
    )
    .values(due_at=bindparam("now"))
)


class AlarmRows:
    """The AlarmBook on one connection; `on_new` hears the ids of commands to be sent once they are durable."""

    def __init__(self, connection: Connection, on_new: Callable[[list[str]], None]) -> None:
        self._connection = connection
        self._on_new = on_new

    def alarm(self, alarm_id: str) -> Alarm | None:
        row = _ALARM.first(self._connection, id=alarm_id)
        return None if row is None else _alarm(row)

    def alarm_of(self, incident_id: str) -> Alarm | None:
        row = _ALARM_OF.first(self._connection, incident=incident_id)
        return None if row is None else _alarm(row)

    def alarms_of(self, incident_ids: Collection[str]) -> dict[str, Alarm]:
        query = select(alarms).where(alarms.c.incident.in_(sorted(incident_ids)))
        query = query.order_by(alarms.c.requested_at, alarms.c.id)
        return {row.incident: _alarm(row) for row in self._connection.execute(query)}

    def add_alarm(self, alarm: Alarm) -> None:
        values = {
            "id": alarm.id,
            "incident": alarm.incident,
            "region": alarm.region,
            "state": alarm.state,
            "level": alarm.level,
            "codebook": alarm.codebook,
            "requested_at": to_ms(alarm.requested_at),
            "due_at": to_ms_or_none(alarm.due_at),
        }
        _ADD_ALARM.run(self._connection, values)

    def set_alarm(self, alarm_id: str, state: AlarmState, level: int, due_at: datetime | None) -> None:
        values = {"of": alarm_id, "state": state, "level": level, "due_at": to_ms_or_none(due_at)}
        _SET_ALARM.run(self._connection, values)

    def due(self, now: datetime) -> list[Alarm]:
        query = select(alarms).where(alarms.c.due_at <= to_ms(now)).order_by(alarms.c.due_at)
        return [_alarm(row) for row in self._connection.execute(query)]

    def wake(self, alarm: Alarm, codebook: Mapping[str, str], woken: Collection[Woken], at: datetime) -> None:
        rows = [
            {
                "alarm": alarm.id,
                "region": each.region,
                "incident": alarm.incident,
                "level": each.level,
                "reason": each.reason,
                "codebook": codebook[each.region],
                "woken_at": to_ms(at),
            }
            for each in woken
        ]
        if rows:
            _WAKE.run_many(self._connection, rows)

    def woken(self, incident_id: str) -> list[Woken]:
        query = (
            select(alarm_regions)
            .where(alarm_regions.c.incident == incident_id)
            .order_by(alarm_regions.c.woken_at, alarm_regions.c.level, alarm_regions.c.region)
        )
        found: dict[str, Woken] = {}
        for row in self._connection.execute(query):
            found.setdefault(row.region, Woken(row.region, row.level, row.reason))
        return list(found.values())

    def is_real_in(self, region: str) -> bool:
        on = (
            alarms.c.state != AlarmState.ENDED,
            incidents.c.purpose == Purpose.ACTUAL,
        )
        own = select(alarms.c.id).join(incidents, incidents.c.id == alarms.c.incident)
        spread_to = own.join(alarm_regions, alarm_regions.c.alarm == alarms.c.id)
        here = own.where(*on, has_part_in(alarms.c.region, [region])).limit(1)
        woken = spread_to.where(*on, lies_in(alarm_regions.c.region, [region])).limit(1)
        return any(self._connection.execute(query).first() is not None for query in (here, woken))

    def has_woken(self, incident_id: str, scopes: Collection[str]) -> bool:
        woken_here = (alarm_regions.c.incident == incident_id, lies_in(alarm_regions.c.region, scopes))
        return self._connection.execute(select(alarm_regions.c.alarm).where(*woken_here).limit(1)).first() is not None

    def woken_by(self, alarm_id: str) -> set[str]:
        query = select(alarm_regions.c.region).where(alarm_regions.c.alarm == alarm_id)
        return set(self._connection.execute(query).scalars())

    def last_woken_by(self, alarm_id: str) -> str | None:
        found = _LAST_WOKEN.first(self._connection, alarm=alarm_id)
        return None if found is None else found.region

    def woken_incidents(self, regions: Collection[str], limit: int) -> list[str]:
        query = (
            select(alarm_regions.c.incident, func.max(alarm_regions.c.woken_at).label("at"))
            .where(lies_in(alarm_regions.c.region, regions))
            .group_by(alarm_regions.c.incident)
            .order_by(text("at DESC"))
            .limit(limit)
        )
        return [row.incident for row in self._connection.execute(query)]

    def commands(self, command_ids: Collection[str]) -> dict[str, AlarmCommand]:
        rows = [_COMMAND.first(self._connection, id=command_id) for command_id in command_ids]
        return {row.id: _command(row) for row in rows if row is not None}

    def commands_of(self, incident_ids: Collection[str]) -> list[AlarmCommand]:
        rows = self._connection.execute(_COMMANDS_OF, {"incidents": list(incident_ids)})
        return [_command(row) for row in rows]

    def add_commands(self, commands: Collection[AlarmCommand], due_at: datetime) -> None:
        if not commands:
            return
        _ADD_COMMANDS.run_many(
            self._connection,
            [
                {
                    "id": command.id,
                    "alarm": command.alarm,
                    "incident": command.incident,
                    "node": command.node,
                    "action": command.action,
                    "state": command.state,
                    "counter": command.counter,
                    "attempts": command.attempts,
                    "created_at": to_ms(command.created_at),
                    "expires_at": to_ms(command.expires_at),
                    "due_at": to_ms(due_at),
                    "codebook": command.codebook,
                    "report": command.report,
                }
                for command in commands
            ],
        )
        self._on_new([command.id for command in commands])

    def set_command(self, command_id: str, state: CommandState, due_at: datetime | None) -> None:
        values = {"of": command_id, "state": state, "due_at": to_ms_or_none(due_at)}
        _SET_COMMAND.run(self._connection, values)

    def mark_sent(self, command_ids: Collection[str]) -> None:
        states = {"queued": CommandState.QUEUED, "sent": CommandState.SENT}
        _MARK_SENT.run_many(self._connection, [{"of": command_id, **states} for command_id in command_ids])

    def soundings_after(self, alarm_id: str, node: str, limit: int) -> list[AlarmCommand]:
        of = self._of(alarm_id)
        return [_command(row) for row in _SOUNDINGS_AFTER.all(self._connection, **of, after=node, limit=limit)]

    def put_telling(self, telling: Telling) -> None:
        self.drop_telling(telling.alarm, telling.action)
        row = {"alarm": telling.alarm, "action": telling.action, "after": telling.after, "at": to_ms(telling.at)}
        self._connection.execute(insert(tellings), row)

    def drop_telling(self, alarm_id: str, action: Action) -> None:
        gone = delete(tellings).where(tellings.c.alarm == alarm_id, tellings.c.action == action)
        self._connection.execute(gone)

    def telling(self, alarm_id: str, action: Action) -> Telling | None:
        query = select(tellings).where(tellings.c.alarm == alarm_id, tellings.c.action == action)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _telling(row)

    def tellings(self, before: datetime) -> list[Telling]:
        query = select(tellings).where(tellings.c.at <= to_ms(before)).order_by(tellings.c.at)
        return [_telling(row) for row in self._connection.execute(query)]

    def heard_by(self, alarm_id: str) -> int:
        found = _HEARD_BY.first(self._connection, **self._of(alarm_id))
        return 0 if found is None else int(found.nodes)

    def _of(self, alarm_id: str) -> dict[str, str | None]:
        alarm = _ALARM.first(self._connection, id=alarm_id)  # commands are found by their incident
        return {"alarm": alarm_id, "incident": alarm and alarm.incident, "action": Action.SOUND}

    def has_open_soundings(self, alarm_id: str) -> bool:
        return _OPEN_SOUNDING.first(self._connection, alarm=alarm_id, action=Action.SOUND) is not None

    def commands_due(self, now: datetime, limit: int, heard_until: datetime | None = None) -> list[AlarmCommand]:
        until = to_ms(now if heard_until is None else heard_until)
        of_a_city = {"sent": CommandState.SENT, "city": CITY, "heard_until": until}
        rows = _DUE.all(self._connection, now=to_ms(now), limit=limit, **of_a_city)
        return [_command(row) for row in rows]

    def try_again(self, command_id: str, state: CommandState, counter: int, attempts: int, due_at: datetime) -> None:
        values = {"of": command_id, "state": state, "counter": counter, "attempts": attempts, "due_at": to_ms(due_at)}
        _TRY_AGAIN.run(self._connection, values)

    def hurry(self, command_id: str, by: datetime) -> None:
        _HURRY.run(self._connection, {"of": command_id, "by": to_ms(by)})

    def make_due(self, node: str, now: datetime) -> None:
        _MAKE_DUE.run(self._connection, {"of": node, "now": to_ms(now)})

    def orders(self, command_ids: Collection[str]) -> list[Order]:
        return orders(self._connection, list(command_ids))


def _alarm(row: Any) -> Alarm:
    return Alarm(
        id=row.id,
        incident=row.incident,
        region=row.region,
        state=AlarmState(row.state),
        level=row.level,
        codebook=row.codebook,
        requested_at=from_ms(row.requested_at),
        due_at=from_ms_or_none(row.due_at),
    )


def _telling(row: Any) -> Telling:
    return Telling(row.alarm, Action(row.action), row.after, from_ms(row.at))


def _command(row: Any) -> AlarmCommand:
    return AlarmCommand(
        id=row.id,
        alarm=row.alarm,
        incident=row.incident,
        node=row.node,
        action=_ACTIONS[row.action],
        state=_STATES[row.state],
        counter=row.counter,
        attempts=row.attempts,
        created_at=from_ms(row.created_at),
        expires_at=from_ms(row.expires_at),
        codebook=row.codebook,
        report=row.report,
    )
