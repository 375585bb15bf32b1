"""Places in memory."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from kentongan_server.domain.outline import Outline
from kentongan_server.domain.place import Node, Notice, Presence, Region, Stationed
from kentongan_server.domain.region_code import Level, is_code, is_within, level_of


def lies_in(code: str, scopes: Collection[str] | None) -> bool:
    """True when the region lies in one of the scopes; None is the city."""
    return scopes is None or any(is_within(code, scope) for scope in scopes)


class FakePlaces:
    """`kept_regions` by code, `followed_by` from an ended region to its successors, `nodes` by name, `counters` and
    `heard_at` by node."""

    def __init__(self) -> None:
        self.kept_regions: dict[str, Region] = {}
        self.drawn: dict[str, Outline] = {}
        self.followed_by: dict[str, frozenset[str]] = {}
        self.nodes: dict[str, Node] = {}
        self.counters: dict[str, int] = {}
        self.heard_at: dict[str, datetime] = {}
        self.notices: dict[str, tuple[Notice, datetime]] = {}

    def region(self, code: str) -> Region | None:
        """See the port, as with everything below."""
        return self.kept_regions.get(code)

    def regions(self, codes: Collection[str] | None) -> list[Region]:
        return [r for code, r in sorted(self.kept_regions.items()) if codes is None or code in codes]

    def regions_within(
        self,
        scopes: Collection[str] | None,
        level: Level | None = None,
        *,
        ended: bool = False,
        after: str | None = None,
        limit: int | None = None,
    ) -> list[Region]:
        found = [
            region
            for code, region in sorted(self.kept_regions.items())
            if lies_in(code, scopes)
            and (level is None or (is_code(code) and level_of(code) is level))
            and (ended or not region.has_ended)
            and (after is None or code > after)
        ]
        return found[:limit]

    def rts_around(self, latitude: float, longitude: float, degrees: float) -> list[Region]:
        return [
            region
            for region in self.regions_within(None, Level.RT)
            if abs(region.latitude - latitude) <= degrees and abs(region.longitude - longitude) <= degrees
        ]

    def outlines(self, codes: Collection[str]) -> list[Outline]:
        return [outline for code, outline in sorted(self.drawn.items()) if code in codes]

    def outlined(self, codes: Collection[str]) -> set[str]:
        return self.drawn.keys() & set(codes)

    def outlines_at(self, latitude: float, longitude: float) -> list[Outline]:
        found = []
        for outline in self.outlines(self.drawn):
            west, south, east, north = outline.bounds
            if south <= latitude <= north and west <= longitude <= east:
                found.append(outline)
        return found

    def put_outlines(self, outlines: Collection[Outline]) -> None:
        for outline in outlines:
            if outline.region not in self.kept_regions:
                raise ValueError("An outline needs a region that is kept.")
            self.drawn[outline.region] = outline

    def drop_outlines(self, codes: Collection[str]) -> None:
        for code in codes:
            self.drawn.pop(code, None)

    def put_region(self, region: Region) -> None:
        self.put_regions([region])

    def put_regions(self, regions: Collection[Region]) -> None:
        self.kept_regions.update({region.code: region for region in regions})

    def put_successors(self, code: str, successors: Collection[str]) -> None:
        if not {code, *successors} <= self.kept_regions.keys():
            raise ValueError("Only a region that is kept follows, and only one that is kept is followed.")
        self.followed_by[code] = self.followed_by.get(code, frozenset()) | frozenset(successors)

    def successors(self, code: str) -> list[str]:
        return sorted(self.followed_by.get(code, ()))

    def current(self, code: str) -> list[Region]:
        seen, ahead, found = {code}, [code], []
        while ahead:
            region = self.kept_regions.get(ahead.pop())
            if region is not None and not region.has_ended:
                found.append(region)
            elif region is not None:
                new = [follower for follower in self.successors(region.code) if follower not in seen]
                seen.update(new)
                ahead += new
        return sorted(found, key=lambda region: region.code)

    def node(self, node_id: str) -> Node | None:
        return self.nodes.get(node_id)

    def nodes_of(self, codes: Collection[str] | None) -> list[Node]:
        return [node for _, node in sorted(self.nodes.items()) if codes is None or node.region in codes]

    def stationed_in(self, codes: Collection[str]) -> list[Stationed]:
        return [Stationed(node.id, node.region, node.out_of_service) for node in self.nodes_of(codes)]

    def nodes_named(self, names: Collection[str] | None) -> list[Node]:
        return [node for name, node in sorted(self.nodes.items()) if names is None or name in names]

    def nodes_within(self, scopes: Collection[str] | None) -> list[Node]:
        return [node for _, node in sorted(self.nodes.items()) if lies_in(node.region, scopes)]

    def put_node(self, node: Node) -> None:
        if node.region not in self.kept_regions:
            raise ValueError("A node hangs in a region that is kept.")
        known = self.nodes.get(node.id)
        self.nodes[node.id] = node if known is None else replace(known, **_placed(node))
        self.counters.setdefault(node.id, 0)

    def put_nodes(self, nodes: Collection[Node]) -> None:
        for node in nodes:
            self.put_node(node)

    def heard(self, node: Node, at: datetime) -> None:
        known = self.nodes[node.id]
        self.nodes[node.id] = replace(node, **_placed(known), out_of_service=known.out_of_service)
        self.heard_at[node.id] = at

    def take_notice(self, notice: Notice, at: datetime) -> bool:
        if notice.id in self.notices:
            return False
        self.notices[notice.id] = (notice, at)
        return True

    def take_counters(self, node_ids: Collection[str]) -> dict[str, int]:
        taken = {}
        for node_id in set(node_ids) & set(self.counters):
            self.counters[node_id] += 1
            taken[node_id] = self.counters[node_id]
        return taken

    def raise_counters(self, step: int, least: int) -> int:
        self.counters = {node: max(counter + step, least) for node, counter in self.counters.items()}
        return len(self.counters)

    def silent_since(self, limit: datetime) -> list[Node]:
        return [
            node
            for node in self.nodes.values()
            if node.presence is Presence.ONLINE and self.heard_at.get(node.id, limit) < limit
        ]

    def set_out_of_service(self, node_id: str, reason: str | None) -> None:
        self.nodes[node_id] = replace(self.nodes[node_id], out_of_service=reason)

    def set_presence(self, node_id: str, presence: Presence) -> None:
        self.nodes[node_id] = replace(self.nodes[node_id], presence=presence)


def _placed(node: Node) -> dict[str, Any]:
    """What the city says of a node, and the node itself never does."""
    return {"region": node.region, "role": node.role, "site": node.site}
