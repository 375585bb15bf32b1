"""What must still reach somebody: written in the transaction that decided it, delivered until it is done."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from kentongan_server.domain.incident_kind import IncidentClass


class Channel(StrEnum):
    """The ways out. A channel's name begins with its recipient, which the database constraint relies on."""

    POLICE_WEBHOOK = "police_webhook"
    POLICE_CAP = "police_cap"
    EMERGENCY_WEBHOOK = "emergency_webhook"
    EMERGENCY_CAP = "emergency_cap"
    RECEIPT = "receipt"
    PAGER = "pager"


class ItemState(StrEnum):
    """pending until the first attempt, then failing until done; acknowledged and on: what a human answered."""

    PENDING = "pending"
    FAILING = "failing"
    ACCEPTED = "accepted"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """One document for one channel. `id` is the delivery id that makes repeats harmless."""

    id: str
    channel: Channel
    incident: str
    incident_class: IncidentClass
    subject: str
    body: dict[str, Any]
    state: ItemState
    attempts: int
    queued_at: datetime
    due_at: datetime


class Outbox(Protocol):
    """The outbox within one transaction."""

    def add(self, item: OutboxItem) -> None:
        """Keep a new item; the store refuses one that the category firewall forbids."""
        ...

    def item(self, item_id: str) -> OutboxItem | None:
        """The item with this id."""
        ...

    def due(self, now: datetime, limit: int, channel: Channel | None = None) -> list[OutboxItem]:
        """Items not yet done whose next attempt has come, oldest first; only those of `channel` where one is named."""
        ...

    def due_channels(self, now: datetime) -> set[Channel]:
        """The channels on which something is due."""
        ...

    def attempted(self, item_id: str, attempts: int, due_at: datetime) -> None:
        """One attempt begins; if nothing is heard of it the next is due at `due_at`."""
        ...

    def failed(self, item_id: str, error: str, due_at: datetime) -> None:
        """The attempt failed with this sentence."""
        ...

    def finished(self, item_id: str, state: ItemState) -> None:
        """Nothing more is to be sent."""
        ...

    def of_incidents(self, incident_ids: Collection[str]) -> list[OutboxItem]:
        """The forwards of these incidents: the items for police and emergency channels."""
        ...

    def open_receipts(self, node: str) -> list[OutboxItem]:
        """Receipts on their way to this node's indicator."""
        ...

    def unaccepted_since(self, limit: datetime) -> list[OutboxItem]:
        """Forwards queued before `limit`, still not accepted, for which nobody was paged."""
        ...

    def unanswered(self, since: datetime, until: datetime) -> set[str]:
        """The incidents still only reported, of which a forward queued between these times was accepted."""
        ...

    def mark_paged(self, item_id: str) -> None:
        """A human was paged for this item."""
        ...
