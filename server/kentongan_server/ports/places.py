"""Where regions and nodes are kept."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from kentongan_server.domain.outline import Outline
from kentongan_server.domain.place import Node, Notice, Presence, Region, Stationed
from kentongan_server.domain.region_code import Level


class Places(Protocol):
    """Regions and nodes within one transaction. A scope is a region with everything below it."""

    def region(self, code: str) -> Region | None:
        """The region with this code."""
        ...

    def regions(self, codes: Collection[str] | None) -> list[Region]:
        """These regions, or (None) all, by code."""
        ...

    def regions_within(
        self,
        scopes: Collection[str] | None,
        level: Level | None = None,
        *,
        ended: bool = False,
        after: str | None = None,
        limit: int | None = None,
    ) -> list[Region]:
        """The regions in these scopes, or (None) of the city, by code; those that have `ended` only when asked for."""
        ...

    def rts_around(self, latitude: float, longitude: float, degrees: float) -> list[Region]:
        """The RTs of today whose point is no further than that to either side, by code."""
        ...

    def outlines(self, codes: Collection[str]) -> list[Outline]:
        """The outlines of these regions, as far as they were drawn, by code."""
        ...

    def outlined(self, codes: Collection[str]) -> set[str]:
        """Which of these regions were drawn."""
        ...

    def outlines_at(self, latitude: float, longitude: float) -> list[Outline]:
        """The outlines in whose bounds the position lies, by code."""
        ...

    def put_outlines(self, outlines: Collection[Outline]) -> None:
        """Keep outlines, new or changed; their regions are kept already."""
        ...

    def drop_outlines(self, codes: Collection[str]) -> None:
        """Forget the outlines of these regions."""
        ...

    def put_region(self, region: Region) -> None:
        """Keep a region, new or changed."""
        ...

    def put_regions(self, regions: Collection[Region]) -> None:
        """Keep many regions, new or changed."""
        ...

    def put_successors(self, code: str, successors: Collection[str]) -> None:
        """Keep which regions took the place of this one, beside those that did before."""
        ...

    def successors(self, code: str) -> list[str]:
        """The regions that took the place of this one, by code."""
        ...

    def current(self, code: str) -> list[Region]:
        """The region itself while it is valid, else those that took its place and are valid, by code."""
        ...

    def node(self, node_id: str) -> Node | None:
        """The node with this name."""
        ...

    def nodes_of(self, codes: Collection[str] | None) -> list[Node]:
        """The nodes of these regions, or (None) all, by name."""
        ...

    def stationed_in(self, codes: Collection[str]) -> list[Stationed]:
        """Where the nodes of these regions stand, by name: asked for a whole city at once."""
        ...

    def nodes_named(self, names: Collection[str] | None) -> list[Node]:
        """The nodes with these names, or (None) all, by name."""
        ...

    def nodes_within(self, scopes: Collection[str] | None) -> list[Node]:
        """The nodes in these scopes, or (None) of the city, by name."""
        ...

    def put_node(self, node: Node) -> None:
        """Keep a node; a known one keeps what was heard of it."""
        ...

    def put_nodes(self, nodes: Collection[Node]) -> None:
        """Keep many nodes, as `put_node` does."""
        ...

    def heard(self, node: Node, at: datetime) -> None:
        """Write what the node just said."""
        ...

    def take_notice(self, notice: Notice, at: datetime) -> bool:
        """Keep what a node told; False when this id is known already."""
        ...

    def take_counters(self, node_ids: Collection[str]) -> dict[str, int]:
        """The next command counter of each node; no two calls ever give the same."""
        ...

    def raise_counters(self, step: int, least: int) -> int:
        """Raise every node's command counter by `step`, or to `least` where that is more; how many nodes there are."""
        ...

    def silent_since(self, limit: datetime) -> list[Node]:
        """Nodes held for online that were last heard before `limit`."""
        ...

    def set_out_of_service(self, node_id: str, reason: str | None) -> None:
        """Take a node out of service with a reason, or (None) back into it."""
        ...

    def set_presence(self, node_id: str, presence: Presence) -> None:
        """Write what supervision found."""
        ...
