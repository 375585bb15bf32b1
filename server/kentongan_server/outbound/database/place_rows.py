"""Regions and nodes as rows."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from kentongan_server.domain.place import Node, NodeRole, Presence, Region
from kentongan_server.outbound.database.tables import nodes, regions
from kentongan_server.outbound.database.values import to_ms

_REGION = select(regions).where(regions.c.code == bindparam("code"))
_NODE = select(nodes).where(nodes.c.id == bindparam("id"))
_HEARD = (
    update(nodes)
    .where(nodes.c.id == bindparam("of"))
    .values(
        {
            name: bindparam(name)
            for name in ("presence", "siren", "boot", "session", "seq", "nonce", "report", "stage", "heard_at")
        }
    )
)
_SET_PRESENCE = update(nodes).where(nodes.c.id == bindparam("of")).values(presence=bindparam("presence"))
_TAKE = (
    update(nodes)
    .where(nodes.c.id.in_(bindparam("ids", expanding=True)))
    .values(counter=nodes.c.counter + 1)
    .returning(nodes.c.id, nodes.c.counter)
)


class PlaceRows:
    """Places on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def region(self, code: str) -> Region | None:
        row = self._connection.execute(_REGION, {"code": code}).one_or_none()
        return None if row is None else Region(*row)

    def regions(self, codes: Collection[str] | None) -> list[Region]:
        query = select(regions).order_by(regions.c.code)
        if codes is not None:
            query = query.where(regions.c.code.in_(sorted(codes)))
        return [Region(*row) for row in self._connection.execute(query)]

    def put_region(self, region: Region) -> None:
        values = {"name": region.name, "latitude": region.latitude, "longitude": region.longitude}
        if self.region(region.code) is None:
            self._connection.execute(insert(regions), {"code": region.code, **values})
        else:
            self._connection.execute(update(regions).where(regions.c.code == region.code).values(values))

    def node(self, node_id: str) -> Node | None:
        row = self._connection.execute(_NODE, {"id": node_id}).one_or_none()
        return None if row is None else _node(row)

    def nodes_of(self, codes: Collection[str] | None) -> list[Node]:
        query = select(nodes).order_by(nodes.c.id)
        if codes is not None:
            query = query.where(nodes.c.region.in_(sorted(codes)))
        return [_node(row) for row in self._connection.execute(query)]

    def put_node(self, node: Node) -> None:
        if self.node(node.id) is not None:
            placed = {"region": node.region, "role": node.role}
            self._connection.execute(update(nodes).where(nodes.c.id == node.id).values(placed))
            return
        values = {
            "id": node.id,
            "region": node.region,
            "role": node.role,
            "counter": 0,
            "presence": node.presence,
            "siren": node.siren,
            "boot": node.boot,
            "session": node.session,
            "seq": node.seq,
            "nonce": node.nonce,
        }
        self._connection.execute(insert(nodes), values)

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
            "heard_at": to_ms(at),
        }
        self._connection.execute(_HEARD, values)

    def take_counters(self, node_ids: Collection[str]) -> dict[str, int]:
        if not node_ids:
            return {}
        return dict(self._connection.execute(_TAKE, {"ids": list(node_ids)}).all())

    def silent_since(self, limit: datetime) -> list[Node]:
        query = select(nodes).where(nodes.c.presence == Presence.ONLINE, nodes.c.heard_at < to_ms(limit))
        return [_node(row) for row in self._connection.execute(query)]

    def set_presence(self, node_id: str, presence: Presence) -> None:
        self._connection.execute(_SET_PRESENCE, {"of": node_id, "presence": presence})


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
    )
