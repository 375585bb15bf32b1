"""Commands as they are sealed and sent: with what they are about, the beats they sound by, and their kentongan's newest nonce."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, bindparam, select

from kentongan_server.domain.alarm import Action, leisure_ms
from kentongan_server.domain.codebook import SHIPPED, Codebook, Rhythm
from kentongan_server.domain.incident_kind import IncidentKind, Purpose
from kentongan_server.outbound.database.codebook_rows import CodebookRows
from kentongan_server.outbound.database.statement import Statement
from kentongan_server.outbound.database.tables import alarm_commands, alarms, incidents, nodes
from kentongan_server.ports.alarms import Order

_ORDERS = (
    select(
        alarm_commands.c.id,
        alarm_commands.c.node,
        alarm_commands.c.action,
        alarm_commands.c.incident,
        alarm_commands.c.counter,
        alarm_commands.c.codebook,
        alarm_commands.c.report,
        alarms.c.level,
        incidents.c.kind,
        incidents.c.purpose,
        nodes.c.nonce,
    )
    .join_from(alarm_commands, incidents, alarm_commands.c.incident == incidents.c.id)
    .join(alarms, alarm_commands.c.alarm == alarms.c.id)
    .join(nodes, alarm_commands.c.node == nodes.c.id)
    .where(nodes.c.nonce.is_not(None))
)
_ORDER = Statement(_ORDERS.where(alarm_commands.c.id == bindparam("id")))
_MANY_ORDERS = _ORDERS.where(alarm_commands.c.id.in_(bindparam("ids", expanding=True)))
_FEW = 8  # so many are asked for one by one, on the driver's cursor
_AT_ONCE = 500  # names in one statement


def orders(connection: Connection, command_ids: list[str]) -> list[Order]:
    """Those that can be sent, in their order."""
    shelf = CodebookRows(connection)
    alike: dict[tuple[str | None, ...], tuple[Action, IncidentKind, Purpose, Rhythm]] = {}  # of a city all are
    found = []
    for row in _rows(connection, command_ids):
        key = (row.action, row.kind, row.purpose, row.codebook)
        known = alike.get(key)
        if known is None:
            known = alike[key] = _read(row, SHIPPED if row.codebook is None else shelf.version(row.codebook) or SHIPPED)
        action, kind, purpose, rhythm = known
        order = Order(
            command=row.id,
            node=row.node,
            action=action,
            incident=row.incident,
            kind=kind,
            purpose=purpose,
            rhythm=rhythm,
            nonce=row.nonce,
            counter=row.counter,
            report=row.report,
            leisure_ms=leisure_ms(row.level),
        )
        found.append(order)
    return found


def _read(row: Any, book: Codebook) -> tuple[Action, IncidentKind, Purpose, Rhythm]:
    action, kind = Action(row.action), IncidentKind(row.kind)
    return action, kind, Purpose(row.purpose), book.all_clear if action is Action.ALL_CLEAR else book.code_of(kind)


def _rows(connection: Connection, command_ids: list[str]) -> Iterator[Any]:
    """One row for each command that can be sent, in their order."""
    if len(command_ids) <= _FEW:
        yield from filter(None, (_ORDER.first(connection, id=each) for each in command_ids))
        return
    for first in range(0, len(command_ids), _AT_ONCE):
        names = command_ids[first : first + _AT_ONCE]
        rows = {row.id: row for row in connection.execute(_MANY_ORDERS, {"ids": names})}
        yield from (rows[name] for name in names if name in rows)
