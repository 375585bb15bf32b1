"""The outbox as rows. An item with a `due_at` is not done."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from kentongan_server.domain.incident_kind import IncidentClass
from kentongan_server.domain.lifecycle import IncidentStatus
from kentongan_server.outbound.database.tables import incidents, outbox
from kentongan_server.outbound.database.values import from_ms, from_text, to_ms, to_text
from kentongan_server.ports.outbox import Channel, ItemState, OutboxItem

_FORWARDS = (Channel.POLICE_WEBHOOK, Channel.POLICE_CAP, Channel.EMERGENCY_WEBHOOK, Channel.EMERGENCY_CAP)
_OPEN = (ItemState.PENDING, ItemState.FAILING)

_ADD = insert(outbox)
_ITEM = select(outbox).where(outbox.c.id == bindparam("id"))
_DUE = (
    select(outbox)
    .where(outbox.c.due_at <= bindparam("now"))
    .order_by(outbox.c.due_at, outbox.c.queued_at)
    .limit(bindparam("limit"))
)
_DUE_ON = _DUE.where(outbox.c.channel == bindparam("channel"))
_DUE_CHANNELS = select(outbox.c.channel).where(outbox.c.due_at <= bindparam("now")).distinct()
_ATTEMPTED = (
    update(outbox)
    .where(outbox.c.id == bindparam("of"))
    .values(attempts=bindparam("attempts"), due_at=bindparam("due_at"))
)
_FAILED = (
    update(outbox)
    .where(outbox.c.id == bindparam("of"))
    .values(state=ItemState.FAILING, error=bindparam("error"), due_at=bindparam("due_at"))
)
_FINISHED = update(outbox).where(outbox.c.id == bindparam("of")).values(state=bindparam("state"), due_at=None)
_RECEIPTS = select(outbox).where(outbox.c.node == bindparam("of"), outbox.c.due_at.is_not(None))


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
        self._connection.execute(_ADD, values)
        self._on_new()

    def item(self, item_id: str) -> OutboxItem | None:
        row = self._connection.execute(_ITEM, {"id": item_id}).one_or_none()
        return None if row is None else _item(row)

    def due(self, now: datetime, limit: int, channel: Channel | None = None) -> list[OutboxItem]:
        values: dict[str, Any] = {"now": to_ms(now), "limit": limit}
        rows = (
            self._connection.execute(_DUE, values)
            if channel is None
            else self._connection.execute(_DUE_ON, {**values, "channel": channel})
        )
        return [_item(row) for row in rows]

    def due_channels(self, now: datetime) -> set[Channel]:
        return {Channel(row.channel) for row in self._connection.execute(_DUE_CHANNELS, {"now": to_ms(now)})}

    def attempted(self, item_id: str, attempts: int, due_at: datetime) -> None:
        self._connection.execute(_ATTEMPTED, {"of": item_id, "attempts": attempts, "due_at": to_ms(due_at)})

    def failed(self, item_id: str, error: str, due_at: datetime) -> None:
        self._connection.execute(_FAILED, {"of": item_id, "error": error, "due_at": to_ms(due_at)})

    def finished(self, item_id: str, state: ItemState) -> None:
        self._connection.execute(_FINISHED, {"of": item_id, "state": state})

    def of_incidents(self, incident_ids: Collection[str]) -> list[OutboxItem]:
        query = (
            select(outbox)
            .where(outbox.c.incident.in_(sorted(incident_ids)), outbox.c.channel.in_(_FORWARDS))
            .order_by(outbox.c.queued_at, outbox.c.id)
        )
        return [_item(row) for row in self._connection.execute(query)]

    def open_receipts(self, node: str) -> list[OutboxItem]:
        return [_item(row) for row in self._connection.execute(_RECEIPTS, {"of": node})]

    def unaccepted_since(self, limit: datetime) -> list[OutboxItem]:
        query = select(outbox).where(
            outbox.c.due_at.is_not(None),
            outbox.c.channel.in_(_FORWARDS),
            outbox.c.state.in_(_OPEN),
            outbox.c.queued_at <= to_ms(limit),
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
