"""The Outbox in memory, with the category firewall's second wall."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from tests.fakes.incidents import FakeIncidents

from kentongan_server.domain.errors import FirewallError
from kentongan_server.domain.incident_kind import IncidentClass
from kentongan_server.domain.lifecycle import IncidentStatus
from kentongan_server.ports.outbox import Channel, ItemState, OutboxItem

_HEARS = {"police": IncidentClass.CRIME, "emergency": IncidentClass.EMERGENCY}
_OPEN = (ItemState.PENDING, ItemState.FAILING)


class FakeOutbox:
    """`items` by id; `due_at` by the ids of items that are not done; `paged` and `errors` by id."""

    def __init__(self, incidents: FakeIncidents) -> None:
        self._incidents = incidents
        self.items: dict[str, OutboxItem] = {}
        self.due_at: dict[str, datetime] = {}
        self.paged: set[str] = set()
        self.errors: dict[str, str] = {}
        self.new_items: list[str] = []

    def add(self, item: OutboxItem) -> None:
        """See the port, as with everything below."""
        incident = self._incidents.incidents.get(item.incident)
        recipient = item.channel.split("_")[0]
        if incident is None or item.incident_class is not incident.incident_class:
            raise FirewallError("An item carries the class of its incident.")
        if item.incident_class is not _HEARS.get(recipient, item.incident_class):
            raise FirewallError(f"{item.channel} may never carry a {item.incident_class} incident.")
        if item.id in self.items:
            raise ValueError("An item has an id of its own.")
        self.items[item.id] = item
        self.due_at[item.id] = item.due_at
        self.new_items.append(item.id)

    def item(self, item_id: str) -> OutboxItem | None:
        return self.items.get(item_id)

    def due(self, now: datetime, limit: int, channel: Channel | None = None) -> list[OutboxItem]:
        items = [self.items[item_id] for item_id, at in self.due_at.items() if at <= now]
        found = [item for item in items if channel in (None, item.channel)]
        return sorted(found, key=lambda item: (self.due_at[item.id], item.queued_at))[:limit]

    def due_channels(self, now: datetime) -> set[Channel]:
        return {self.items[item_id].channel for item_id, at in self.due_at.items() if at <= now}

    def attempted(self, item_id: str, attempts: int, due_at: datetime) -> None:
        self._write(replace(self.items[item_id], attempts=attempts, due_at=due_at))

    def failed(self, item_id: str, error: str, due_at: datetime) -> None:
        self._write(replace(self.items[item_id], state=ItemState.FAILING, due_at=due_at))
        self.errors[item_id] = error

    def finished(self, item_id: str, state: ItemState) -> None:
        item = self.items[item_id]
        self.items[item_id] = replace(item, state=state, due_at=item.queued_at)
        self.due_at.pop(item_id, None)

    def of_incidents(self, incident_ids: Collection[str]) -> list[OutboxItem]:
        found = [item for item in self.items.values() if item.incident in incident_ids and _is_forward(item)]
        return sorted(found, key=lambda item: (item.queued_at, item.id))

    def open_receipts(self, node: str) -> list[OutboxItem]:
        return [self.items[item_id] for item_id in self.due_at if self.items[item_id].body.get("node") == node]

    def unaccepted_since(self, limit: datetime) -> list[OutboxItem]:
        return [
            item
            for item_id in self.due_at
            if _is_forward(item := self.items[item_id])
            and item.state in _OPEN
            and item.queued_at <= limit
            and item_id not in self.paged
        ]

    def unanswered(self, since: datetime, until: datetime) -> set[str]:
        return {
            item.incident
            for item in self.items.values()
            if _is_forward(item)
            and item.state is ItemState.ACCEPTED
            and since <= item.queued_at <= until
            and self._incidents.incidents[item.incident].status is IncidentStatus.REPORTED
        }

    def mark_paged(self, item_id: str) -> None:
        self.paged.add(item_id)

    def _write(self, item: OutboxItem) -> None:
        self.items[item.id] = item
        self.due_at[item.id] = item.due_at


def _is_forward(item: OutboxItem) -> bool:
    return item.channel not in (Channel.RECEIPT, Channel.PAGER)
