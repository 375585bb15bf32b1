"""Where regions and nodes are kept."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from kentongan_server.domain.place import Node, Presence, Region


class Places(Protocol):
    """Regions and nodes within one transaction."""

    def region(self, code: str) -> Region | None:
        """The region with this code."""
        ...

    def regions(self, codes: Collection[str] | None) -> list[Region]:
        """These regions, or (None) all, by code."""
        ...

    def put_region(self, region: Region) -> None:
        """Keep a region, new or changed."""
        ...

    def node(self, node_id: str) -> Node | None:
        """The node with this name."""
        ...

    def nodes_of(self, codes: Collection[str] | None) -> list[Node]:
        """The nodes of these regions, or (None) all, by name."""
        ...

    def put_node(self, node: Node) -> None:
        """Keep a node; a known one keeps what was heard of it."""
        ...

    def heard(self, node: Node, at: datetime) -> None:
        """Write what the node just said."""
        ...

    def take_counters(self, node_ids: Collection[str]) -> dict[str, int]:
        """The next command counter of each node; no two calls ever give the same."""
        ...

    def silent_since(self, limit: datetime) -> list[Node]:
        """Nodes held for online that were last heard before `limit`."""
        ...

    def set_presence(self, node_id: str, presence: Presence) -> None:
        """Write what supervision found."""
        ...
