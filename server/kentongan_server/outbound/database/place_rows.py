"""Regions and nodes as rows."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, case, delete, insert, select, update

from kentongan_server.domain.outline import Outline
from kentongan_server.domain.place import Node, NodeRole, Notice, Presence, Region, Stationed
from kentongan_server.domain.region_code import Level
from kentongan_server.outbound.database.scopes import is_of, lies_in
from kentongan_server.outbound.database.statement import Statement
from kentongan_server.outbound.database.tables import nodes, notices, region_outlines, region_successors, regions
from kentongan_server.outbound.database.upsert import put
from kentongan_server.outbound.database.values import from_text, to_ms, to_text

_REGION = Statement(select(regions).where(regions.c.code == bindparam("code")))
_SUCCESSORS = (
    select(region_successors.c.successor)
    .where(region_successors.c.region == bindparam("code"))
    .order_by(region_successors.c.successor)
)
_NODE = Statement(select(nodes).where(nodes.c.id == bindparam("id")))
_NOTICE = select(notices.c.id).where(notices.c.id == bindparam("id"))
_HEARD = Statement(
    update(nodes)
    .where(nodes.c.id == bindparam("of"))
    .values(
        {
            name: bindparam(name)
            for name in (
                "presence",
                "siren",
                "boot",
                "session",
                "seq",
                "nonce",
                "report",
                "stage",
                "heard_at",
                "troubles",
                "release",
                "offered",
                "updating",
            )
        }
    )
)
_SET_PRESENCE = Statement(update(nodes).where(nodes.c.id == bindparam("of")).values(presence=bindparam("presence")))
_NODES_OF = Statement(select(nodes).where(nodes.c.region == bindparam("region")).order_by(nodes.c.id))
_STATIONED = select(nodes.c.id, nodes.c.region, nodes.c.out_of_service).order_by(nodes.c.id)
_STATIONED_IN = Statement(_STATIONED.where(nodes.c.region == bindparam("region")))
_TAKE = Statement(
    update(nodes)
    .where(nodes.c.id == bindparam("of"))
    .values(counter=nodes.c.counter + 1)
    .returning(nodes.c.id, nodes.c.counter)
)
_TAKE_MANY = (
    update(nodes)
    .where(nodes.c.id.in_(bindparam("names", expanding=True)))
    .values(counter=nodes.c.counter + 1)
    .returning(nodes.c.id, nodes.c.counter)
)
_FEW = 8  # so many are asked for one by one, on the driver's cursor
_AT_ONCE = 500  # names in one statement


class PlaceRows:
    """Places on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def region(self, code: str) -> Region | None:
        row = _REGION.first(self._connection, code=code)
        return None if row is None else Region(*row)

    def regions(self, codes: Collection[str] | None) -> list[Region]:
        query = select(regions).order_by(regions.c.code)
        if codes is not None:
            query = query.where(regions.c.code.in_(sorted(codes)))
        return [Region(*row) for row in self._connection.execute(query)]

    def regions_within(
        self,
        scopes: Collection[str] | None,
        level: Level | None = None,
        *,
        ended: bool = False,
        after: str | None = None,
        limit: int | None = None,
    ) -> list[Region]:
        query = select(regions).where(lies_in(regions.c.code, scopes)).order_by(regions.c.code).limit(limit)
        if level is not None:
            query = query.where(is_of(regions.c.code, level))
        if not ended:
            query = query.where(regions.c.valid_until.is_(None))
        if after is not None:
            query = query.where(regions.c.code > after)
        return [Region(*row) for row in self._connection.execute(query)]

    def rts_around(self, latitude: float, longitude: float, degrees: float) -> list[Region]:
        query = (
            select(regions)
            .where(is_of(regions.c.code, Level.RT), regions.c.valid_until.is_(None))
            .where(regions.c.latitude.between(latitude - degrees, latitude + degrees))
            .where(regions.c.longitude.between(longitude - degrees, longitude + degrees))
            .order_by(regions.c.code)
        )
        return [Region(*row) for row in self._connection.execute(query)]

    def outlines(self, codes: Collection[str]) -> list[Outline]:
        drawn = select(region_outlines).order_by(region_outlines.c.region)
        query = drawn.where(region_outlines.c.region.in_(sorted(codes)))
        return [_outline(row) for row in self._connection.execute(query)]

    def outlined(self, codes: Collection[str]) -> set[str]:
        query = select(region_outlines.c.region).where(region_outlines.c.region.in_(sorted(codes)))
        return set(self._connection.execute(query).scalars())

    def outlines_at(self, latitude: float, longitude: float) -> list[Outline]:
        box = region_outlines.c
        query = (
            select(region_outlines)
            .where(box.south <= latitude, box.north >= latitude, box.west <= longitude, box.east >= longitude)
            .order_by(box.region)
        )
        return [_outline(row) for row in self._connection.execute(query)]

    def put_outlines(self, outlines: Collection[Outline]) -> None:
        rows = []
        for outline in outlines:
            west, south, east, north = outline.bounds
            shape = to_text({"polygons": outline.polygons})
            rows.append(
                {"region": outline.region, "shape": shape, "west": west, "south": south, "east": east, "north": north}
            )
        put(self._connection, region_outlines, rows)

    def drop_outlines(self, codes: Collection[str]) -> None:
        self._connection.execute(delete(region_outlines).where(region_outlines.c.region.in_(sorted(codes))))

    def put_region(self, region: Region) -> None:
        self.put_regions([region])

    def put_regions(self, regions_: Collection[Region]) -> None:
        rows = [
            {
                "code": region.code,
                "name": region.name,
                "latitude": region.latitude,
                "longitude": region.longitude,
                "valid_from": region.valid_from,
                "valid_until": region.valid_until,
                "households": region.households,
            }
            for region in regions_
        ]
        put(self._connection, regions, rows)

    def put_successors(self, code: str, successors: Collection[str]) -> None:
        put(self._connection, region_successors, [{"region": code, "successor": one} for one in sorted(successors)])

    def successors(self, code: str) -> list[str]:
        return list(self._connection.execute(_SUCCESSORS, {"code": code}).scalars())

    def current(self, code: str) -> list[Region]:
        seen, ahead, found = {code}, [code], []
        while ahead:
            region = self.region(ahead.pop())
            if region is not None and not region.has_ended:
                found.append(region)
            elif region is not None:
                new = [follower for follower in self.successors(region.code) if follower not in seen]
                seen.update(new)
                ahead += new
        return sorted(found, key=lambda region: region.code)

    def node(self, node_id: str) -> Node | None:
        row = _NODE.first(self._connection, id=node_id)
        return None if row is None else _node(row)

    def nodes_of(self, codes: Collection[str] | None) -> list[Node]:
        if codes is not None and len(codes) == 1:  # an alarm at its beginning
            return [_node(row) for row in _NODES_OF.all(self._connection, region=next(iter(codes)))]
        query = select(nodes).order_by(nodes.c.id)
        if codes is not None:
            query = query.where(nodes.c.region.in_(sorted(codes)))
        return [_node(row) for row in self._connection.execute(query)]

    def stationed_in(self, codes: Collection[str]) -> list[Stationed]:
        if len(codes) == 1:  # an alarm at its beginning
            return [Stationed(*row) for row in _STATIONED_IN.all(self._connection, region=next(iter(codes)))]
        query = _STATIONED.where(nodes.c.region.in_(sorted(codes)))
        return [Stationed(*row) for row in self._connection.execute(query)]

    def nodes_named(self, names: Collection[str] | None) -> list[Node]:
        query = select(nodes).order_by(nodes.c.id)
        if names is not None:
            query = query.where(nodes.c.id.in_(sorted(names)))
        return [_node(row) for row in self._connection.execute(query)]

    def nodes_within(self, scopes: Collection[str] | None) -> list[Node]:
        query = select(nodes).where(lies_in(nodes.c.region, scopes)).order_by(nodes.c.id)
        return [_node(row) for row in self._connection.execute(query)]

    def put_node(self, node: Node) -> None:
        self.put_nodes([node])

    def put_nodes(self, nodes_: Collection[Node]) -> None:
        rows = [
            {
                "id": node.id,
                "region": node.region,
                "role": node.role,
                "site": node.site,
                "counter": 0,
                "presence": node.presence,
                "siren": node.siren,
                "boot": node.boot,
                "session": node.session,
                "seq": node.seq,
                "nonce": node.nonce,
            }
            for node in nodes_
        ]
        put(self._connection, nodes, rows, changing=("region", "role", "site"))

    def heard(self, node: Node, at: datetime) -> None:
        values = {
            "of": node.id,
            "presence": node.presence,
            "siren": node.siren,
            "boot": node.boot,
            "session": node.session,
            "seq": node.seq,
            "nonce": node.nonce,
            "report": node.report,
            "stage": node.stage,
            "troubles": " ".join(node.troubles),
            "release": node.release,
            "offered": node.offered,
            "updating": node.updating,
            "heard_at": to_ms(at),
        }
        _HEARD.run(self._connection, values)

    def take_notice(self, notice: Notice, at: datetime) -> bool:
        if self._connection.execute(_NOTICE, {"id": notice.id}).one_or_none() is not None:
            return False
        values = {"id": notice.id, "node": notice.node, "kind": notice.kind, "of": notice.of, "received_at": to_ms(at)}
        self._connection.execute(insert(notices), values)
        return True

    def take_counters(self, node_ids: Collection[str]) -> dict[str, int]:
        if len(node_ids) <= _FEW:
            taken = [_TAKE.first(self._connection, of=node) for node in node_ids]
            return {each[0]: each[1] for each in taken if each is not None}
        names = list(dict.fromkeys(node_ids))
        counters: dict[str, int] = {}
        for first in range(0, len(names), _AT_ONCE):
            rows = self._connection.execute(_TAKE_MANY, {"names": names[first : first + _AT_ONCE]})
            counters.update((row[0], row[1]) for row in rows)
        return counters

    def raise_counters(self, step: int, least: int) -> int:
        raised = nodes.c.counter + step
        higher = case((raised < least, least), else_=raised)
        return self._connection.execute(update(nodes).values(counter=higher)).rowcount

    def silent_since(self, limit: datetime) -> list[Node]:
        query = select(nodes).where(nodes.c.presence == Presence.ONLINE, nodes.c.heard_at < to_ms(limit))
        return [_node(row) for row in self._connection.execute(query)]

    def set_out_of_service(self, node_id: str, reason: str | None) -> None:
        self._connection.execute(update(nodes).where(nodes.c.id == node_id).values(out_of_service=reason))

    def set_presence(self, node_id: str, presence: Presence) -> None:
        _SET_PRESENCE.run(self._connection, {"of": node_id, "presence": presence})


def _node(row: Any) -> Node:
    return Node(
        id=row.id,
        region=row.region,
        role=NodeRole(row.role),
        presence=Presence(row.presence),
        siren=row.siren,
        boot=row.boot,
        session=row.session,
        seq=row.seq,
        nonce=row.nonce,
        report=row.report,
        stage=row.stage,
        troubles=tuple((row.troubles or "").split()),
        site=row.site,
        out_of_service=row.out_of_service,
        release=row.release,
        offered=row.offered,
        updating=row.updating,
    )


def _outline(row: Any) -> Outline:
    shape = tuple(
        tuple(tuple((x, y) for x, y in ring) for ring in polygon) for polygon in from_text(row.shape)["polygons"]
    )
    return Outline(row.region, shape)
