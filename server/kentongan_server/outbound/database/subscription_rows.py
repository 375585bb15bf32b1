"""Subscriptions and their deliveries as rows. A delivery without a `due_at` is over."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from kentongan_server.domain.incident_kind import IncidentClass
from kentongan_server.domain.lifecycle import NotificationState
from kentongan_server.domain.subscription import Delivery, Owner, Subscription
from kentongan_server.outbound.database.statement import Statement
from kentongan_server.outbound.database.tables import ID, metadata
from kentongan_server.outbound.database.upsert import put
from kentongan_server.outbound.database.values import from_ms, from_ms_or_none, to_ms, to_ms_or_none

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", ID, primary_key=True),
    Column("name", String(100), nullable=False),
    Column("region", ID, nullable=False, index=True),
    Column("owner", String(16), nullable=False),
    Column("hears", String(64), nullable=False),
    Column("url", Text, nullable=False),
    Column("made_by", ID, ForeignKey("people.id"), nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("stopped", Text),
)

# The category firewall again: whatever the code decides, such a row is refused.
WALL = (
    "incident_class IS NULL OR owner = 'neighbourhood' OR (owner = 'government' AND incident_class <> 'community')"
    " OR (owner = 'police' AND incident_class = 'crime') OR (owner = 'emergency' AND incident_class = 'emergency')"
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", ID, primary_key=True),
    Column("subscription", ID, ForeignKey("subscriptions.id"), nullable=False),
    Column("incident", ID, ForeignKey("incidents.id")),
    Column("incident_class", String(16)),
    Column("owner", String(16), nullable=False),
    Column("event", String(32), nullable=False),
    Column("body", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("error", Text),
    Column("queued_at", BigInteger, nullable=False),
    Column("due_at", BigInteger),
    Column("changed_at", BigInteger, nullable=False),
    CheckConstraint(WALL, name="wall"),
    Index("ix_deliveries_of", "subscription", "queued_at"),
)
Index(
    "ix_deliveries_due",
    deliveries.c.due_at,
    sqlite_where=deliveries.c.due_at.is_not(None),
    postgresql_where=deliveries.c.due_at.is_not(None),
)

_ANY = Statement(select(subscriptions.c.id).limit(1))
_DUE = Statement(
    select(deliveries)
    .where(deliveries.c.due_at <= bindparam("now"))
    .order_by(deliveries.c.due_at, deliveries.c.id)
    .limit(bindparam("limit"))
)
_LOOKED_AT = 1000


class SubscriptionRows:
    """The Subscriptions on one connection; `on_new` hears that there is something to send once it is durable."""

    def __init__(self, connection: Connection, on_new: Callable[[], None]) -> None:
        self._connection = connection
        self._on_new = on_new

    def put(self, subscription: Subscription) -> None:
        values = {
            "id": subscription.id,
            "name": subscription.name,
            "region": subscription.region,
            "owner": subscription.owner,
            "hears": " ".join(sorted(subscription.hears)),
            "url": subscription.url,
            "made_by": subscription.made_by,
            "made_at": to_ms(subscription.made_at),
            "stopped": subscription.stopped,
        }
        put(self._connection, subscriptions, [values])

    def subscription(self, subscription_id: str) -> Subscription | None:
        query = select(subscriptions).where(subscriptions.c.id == subscription_id)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _subscription(row)

    def of_regions(self, regions: Collection[str]) -> list[Subscription]:
        if _ANY.first(self._connection) is None:
            return []  # most cities, and this is asked at every report
        query = select(subscriptions).where(
            subscriptions.c.region.in_(sorted(regions)), subscriptions.c.stopped.is_(None)
        )
        return [_subscription(row) for row in self._connection.execute(query.order_by(subscriptions.c.id))]

    def everything(self) -> list[Subscription]:
        return [_subscription(row) for row in self._connection.execute(select(subscriptions).order_by("id"))]

    def remove(self, subscription_id: str) -> None:
        self._connection.execute(delete(deliveries).where(deliveries.c.subscription == subscription_id))
        self._connection.execute(delete(subscriptions).where(subscriptions.c.id == subscription_id))

    def add(self, new: Collection[Delivery]) -> None:
        rows = [
            {
                "id": one.id,
                "subscription": one.subscription,
                "incident": one.incident,
                "incident_class": one.incident_class,
                "owner": one.owner,
                "event": one.event,
                "body": one.body,
                "state": one.state,
                "attempts": one.attempts,
                "error": one.error,
                "queued_at": to_ms(one.queued_at),
                "due_at": to_ms_or_none(one.due_at),
                "changed_at": to_ms(one.changed_at),
            }
            for one in new
        ]
        if rows:
            self._connection.execute(insert(deliveries), rows)
            self._on_new()

    def delivery(self, delivery_id: str) -> Delivery | None:
        row = self._connection.execute(select(deliveries).where(deliveries.c.id == delivery_id)).one_or_none()
        return None if row is None else _delivery(row)

    def due(self, now: datetime, limit: int, busy: Collection[str] = ()) -> list[Delivery]:
        found: dict[str, Delivery] = {}
        if busy:
            query = (
                select(deliveries)
                .where(deliveries.c.due_at <= to_ms(now), deliveries.c.subscription.not_in(sorted(busy)))
                .order_by(deliveries.c.due_at, deliveries.c.id)
                .limit(_LOOKED_AT)
            )
            rows = list(self._connection.execute(query))
        else:
            rows = _DUE.all(self._connection, now=to_ms(now), limit=_LOOKED_AT)
        for row in rows:
            found.setdefault(row.subscription, _delivery(row))
        return list(found.values())[:limit]

    def set_state(
        self,
        delivery_id: str,
        state: NotificationState,
        at: datetime,
        *,
        due_at: datetime | None = None,
        attempts: int | None = None,
        error: str | None = None,
    ) -> None:
        values: dict[str, Any] = {"state": state, "changed_at": to_ms(at), "due_at": to_ms_or_none(due_at)}
        if attempts is not None:
            values["attempts"] = attempts
        if error is not None:
            values["error"] = error
        self._connection.execute(update(deliveries).where(deliveries.c.id == delivery_id).values(values))

    def deliveries_of(self, subscription_id: str, limit: int) -> list[Delivery]:
        query = (
            select(deliveries)
            .where(deliveries.c.subscription == subscription_id)
            .order_by(deliveries.c.queued_at.desc(), deliveries.c.id.desc())
            .limit(limit)
        )
        return [_delivery(row) for row in self._connection.execute(query)]


def _subscription(row: Any) -> Subscription:
    return Subscription(
        id=row.id,
        name=row.name,
        region=row.region,
        owner=Owner(row.owner),
        hears=frozenset(IncidentClass(name) for name in row.hears.split()),
        url=row.url,
        made_by=row.made_by,
        made_at=from_ms(row.made_at),
        stopped=row.stopped,
    )


def _delivery(row: Any) -> Delivery:
    return Delivery(
        id=row.id,
        subscription=row.subscription,
        incident=row.incident,
        incident_class=None if row.incident_class is None else IncidentClass(row.incident_class),
        owner=Owner(row.owner),
        event=row.event,
        body=row.body,
        state=NotificationState(row.state),
        attempts=row.attempts,
        error=row.error,
        queued_at=from_ms(row.queued_at),
        due_at=from_ms_or_none(row.due_at),
        changed_at=from_ms(row.changed_at),
    )
