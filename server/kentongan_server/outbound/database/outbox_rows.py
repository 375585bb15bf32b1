"""The outbox as rows. An item with a `due_at` is not done."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from kentongan_server.domain.incident_kind import IncidentClass
from kentongan_server.domain.lifecycle import IncidentStatus
from kentongan_server.outbound.database.statement import Statement
from kentongan_server.outbound.database.tables import incidents, outbox
from kentongan_server.outbound.database.values import from_ms, from_text, to_ms, to_text
from kentongan_server.ports.outbox import Channel, ItemState, OutboxItem

_FORWARDS = (Channel.POLICE_WEBHOOK, Channel.POLICE_CAP, Channel.EMERGENCY_WEBHOOK, Channel.EMERGENCY_CAP)
_OPEN = (ItemState.PENDING, ItemState.FAILING)

_ADD = Statement(insert(outbox))
_ITEM = Statement(select(outbox).where(outbox.c.id == bindparam("id")))
_DUE = (
    select(outbox)
    .where(outbox.c.due_at <= bindparam("now"))
    .order_by(outbox.c.due_at, outbox.c.queued_at)
    .limit(bindparam("limit"))
)
_DUE_ON = Statement(_DUE.where(outbox.c.channel == bindparam("channel")))
_DUE_CHANNELS = Statement(select(outbox.c.channel).where(outbox.c.due_at <= bindparam("now")).distinct())
_ATTEMPTED = Statement(
    update(outbox)
    .where(outbox.c.id == bindparam("of"))
    .values(attempts=bindparam("attempts"), due_at=bindparam("due_at"))
)
_FAILED = Statement(
    update(outbox)
    .where(outbox.c.id == bindparam("of"))
    .values(state=ItemState.FAILING, error=bindparam("error"), due_at=bindparam("due_at"))
)
_FINISHED = Statement(
    update(outbox).where(outbox.c.id == bindparam("of")).values(state=bindparam("state"), due_at=None)
)
_RECEIPTS = Statement(select(outbox).where(outbox.c.node == bindparam("of"), outbox.c.due_at.is_not(None)))


class OutboxRows:
    """The Outbox on one connection; `on_new` hears that there is something to deliver once it is durable."""

    def __init__(self, connection: Connection, on_new: Callable[[], None]) -> None:
        self._connection = connection
        self._on_new = on_new

    def add(self, item: OutboxItem) -> None:
        values = {
            "id": item.id,
            "channel": item.channel,
            "incident": item.incident,
            "incident_class": item.incident_class,
            "subject": item.subject,
            "node": item.body.get("node"),
            "body": to_text(item.body),
            "state": item.state,
            "attempts": item.attempts,
            "paged": False,
            "queued_at": to_ms(item.queued_at),
            "due_at": to_ms(item.due_at),
        }
        _ADD.run(self._connection, values)
        self._on_new()

    def item(self, item_id: str) -> OutboxItem | None:
        row = _ITEM.first(self._connection, id=item_id)
        return None if row is None else _item(row)

    def due(self, now: datetime, limit: int, channel: Channel | None = None) -> list[OutboxItem]:
        rows = (
            self._connection.execute(_DUE, {"now": to_ms(now), "limit": limit})
            if channel is None
            else _DUE_ON.all(self._connection, now=to_ms(now), limit=limit, channel=channel)
        )
        return [_item(row) for row in rows]

    def due_channels(self, now: datetime) -> set[Channel]:
        return {Channel(row.channel) for row in _DUE_CHANNELS.all(self._connection, now=to_ms(now))}

    def attempted(self, item_id: str, attempts: int, due_at: datetime) -> None:
        _ATTEMPTED.run(self._connection, {"of": item_id, "attempts": attempts, "due_at": to_ms(due_at)})

    def failed(self, item_id: str, error: str, due_at: datetime) -> None:
        _FAILED.run(self._connection, {"of": item_id, "error": error, "due_at": to_ms(due_at)})

    def finished(self, item_id: str, state: ItemState) -> None:
        _FINISHED.run(self._connection, {"of": item_id, "state": state})

    def of_incidents(self, incident_ids: Collection[str]) -> list[OutboxItem]:
        query = (
            select(outbox)
            .where(outbox.c.incident.in_(sorted(incident_ids)), outbox.c.channel.in_(_FORWARDS))
            .order_by(outbox.c.queued_at, outbox.c.id)
        )
        return [_item(row) for row in self._connection.execute(query)]

    def open_receipts(self, node: str) -> list[OutboxItem]:
        return [_item(row) for row in _RECEIPTS.all(self._connection, of=node)]

    def unaccepted_since(self, limit: datetime) -> list[OutboxItem]:
        query = select(outbox).where(
            outbox.c.due_at.is_not(None),
            outbox.c.channel.in_(_FORWARDS),
            outbox.c.state.in_(_OPEN),
            outbox.c.queued_at + 0 <= to_ms(limit),  # no index of all that was ever queued: those that wait are few
            outbox.c.paged.is_(False),
        )
        return [_item(row) for row in self._connection.execute(query)]

    def unanswered(self, since: datetime, until: datetime) -> set[str]:
        query = (
            select(outbox.c.incident)
            .join_from(outbox, incidents, outbox.c.incident == incidents.c.id)
            .where(
                outbox.c.queued_at.between(to_ms(since), to_ms(until)),
                outbox.c.channel.in_(_FORWARDS),
                outbox.c.state == ItemState.ACCEPTED,
                incidents.c.status == IncidentStatus.REPORTED,
            )
            .distinct()
        )
        return {row.incident for row in self._connection.execute(query)}

    def mark_paged(self, item_id: str) -> None:
        self._connection.execute(update(outbox).where(outbox.c.id == item_id).values(paged=True))


def _item(row: Any) -> OutboxItem:
    return OutboxItem(
        id=row.id,
        channel=Channel(row.channel),
        incident=row.incident,
        incident_class=IncidentClass(row.incident_class),
        subject=row.subject,
        body=from_text(row.body),
        state=ItemState(row.state),
        attempts=row.attempts,
        queued_at=from_ms(row.queued_at),
        due_at=from_ms(row.due_at if row.due_at is not None else row.queued_at),
    )
