"""Places in memory."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from kentongan_server.domain.place import Node, Presence, Region


class FakePlaces:
    """`kept_regions` by code, `nodes` by name, `counters` and `heard_at` by node."""

    def __init__(self) -> None:
        self.kept_regions: dict[str, Region] = {}
        self.nodes: dict[str, Node] = {}
        self.counters: dict[str, int] = {}
        self.heard_at: dict[str, datetime] = {}

    def region(self, code: str) -> Region | None:
        """See the port, as with everything below."""
        return self.kept_regions.get(code)

    def regions(self, codes: Collection[str] | None) -> list[Region]:
        return [r for code, r in sorted(self.kept_regions.items()) if codes is None or code in codes]

    def put_region(self, region: Region) -> None:
        self.kept_regions[region.code] = region

    def node(self, node_id: str) -> Node | None:
        return self.nodes.get(node_id)

    def nodes_of(self, codes: Collection[str] | None) -> list[Node]:
        return [node for _, node in sorted(self.nodes.items()) if codes is None or node.region in codes]

    def put_node(self, node: Node) -> None:
        if node.region not in self.kept_regions:
            raise ValueError("A node hangs in a region that is kept.")
        known = self.nodes.get(node.id)
        self.nodes[node.id] = node if known is None else replace(known, region=node.region, role=node.role)
        self.counters.setdefault(node.id, 0)

    def heard(self, node: Node, at: datetime) -> None:
        known = self.nodes[node.id]
        self.nodes[node.id] = replace(node, region=known.region, role=known.role)
        self.heard_at[node.id] = at

    def take_counters(self, node_ids: Collection[str]) -> dict[str, int]:
        taken = {}
        for node_id in set(node_ids) & set(self.counters):
            self.counters[node_id] += 1
            taken[node_id] = self.counters[node_id]
        return taken

    def silent_since(self, limit: datetime) -> list[Node]:
        return [
            node
            for node in self.nodes.values()
            if node.presence is Presence.ONLINE and self.heard_at.get(node.id, limit) < limit
        ]

    def set_presence(self, node_id: str, presence: Presence) -> None:
        self.nodes[node_id] = replace(self.nodes[node_id], presence=presence)
