"""Adjacencies, sites and cameras as rows."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Select, Table, bindparam, or_, select

from kentongan_server.domain.surroundings import Adjacency, Basis, Camera, CameraHealth, Site, SiteKind
from kentongan_server.outbound.database.scopes import lies_in
from kentongan_server.outbound.database.statement import Statement
from kentongan_server.outbound.database.tables import adjacencies, cameras, sites
from kentongan_server.outbound.database.upsert import put
from kentongan_server.outbound.database.values import from_ms_or_none, to_ms_or_none

_CAMERAS_OF = Statement(select(cameras).where(cameras.c.region == bindparam("of")).order_by(cameras.c.id))


class SurroundingsRows:
    """The Surroundings on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def adjacencies_of(self, codes: Collection[str] | None) -> list[Adjacency]:
        query = select(adjacencies).order_by(adjacencies.c.a, adjacencies.c.b)
        if codes is not None:
            these = sorted(codes)
            query = query.where(or_(adjacencies.c.a.in_(these), adjacencies.c.b.in_(these)))
        return [_adjacency(row) for row in self._connection.execute(query)]

    def put_adjacencies(self, adjacencies_: Collection[Adjacency]) -> None:
        rows = [
            {
                "a": edge.a,
                "b": edge.b,
                "distance_m": edge.distance_m,
                "basis": edge.basis,
                "by": edge.by,
                "decided_at": to_ms_or_none(edge.decided_at),
            }
            for edge in adjacencies_
        ]
        put(self._connection, adjacencies, rows)

    def sites(self, ids: Collection[str] | None) -> list[Site]:
        return [_site(row) for row in self._connection.execute(_named(sites, ids))]

    def sites_within(
        self, scopes: Collection[str] | None, after: str | None = None, limit: int | None = None
    ) -> list[Site]:
        return [_site(row) for row in self._connection.execute(_page(sites, scopes, after, limit))]

    def put_sites(self, sites_: Collection[Site]) -> None:
        rows = [
            {
                "id": site.id,
                "region": site.region,
                "kind": site.kind,
                "name": site.name,
                "latitude": site.latitude,
                "longitude": site.longitude,
            }
            for site in sites_
        ]
        put(self._connection, sites, rows)

    def cameras(self, ids: Collection[str] | None) -> list[Camera]:
        return [_camera(row) for row in self._connection.execute(_named(cameras, ids))]

    def cameras_within(
        self, scopes: Collection[str] | None, after: str | None = None, limit: int | None = None
    ) -> list[Camera]:
        return [_camera(row) for row in self._connection.execute(_page(cameras, scopes, after, limit))]

    def cameras_of(self, region: str) -> list[Camera]:
        return [_camera(row) for row in _CAMERAS_OF.all(self._connection, of=region)]

    def put_cameras(self, cameras_: Collection[Camera]) -> None:
        rows = [
            {
                "id": camera.id,
                "region": camera.region,
                "name": camera.name,
                "latitude": camera.latitude,
                "longitude": camera.longitude,
                "representative": camera.representative,
                "link": camera.link,
                "health": camera.health,
                "heard_at": to_ms_or_none(camera.heard_at),
                "checked_at": to_ms_or_none(camera.checked_at),
            }
            for camera in cameras_
        ]
        put(self._connection, cameras, rows)


def _named(table: Table, ids: Collection[str] | None) -> Select[Any]:
    query = select(table).order_by(table.c.id)
    return query if ids is None else query.where(table.c.id.in_(sorted(ids)))


def _page(table: Table, scopes: Collection[str] | None, after: str | None, limit: int | None) -> Select[Any]:
    query = select(table).where(lies_in(table.c.region, scopes)).order_by(table.c.id).limit(limit)
    return query if after is None else query.where(table.c.id > after)


def _adjacency(row: Any) -> Adjacency:
    return Adjacency(row.a, row.b, row.distance_m, Basis(row.basis), row.by, from_ms_or_none(row.decided_at))


def _site(row: Any) -> Site:
    return Site(row.id, row.region, SiteKind(row.kind), row.name, row.latitude, row.longitude)


def _camera(row: Any) -> Camera:
    return Camera(
        id=row.id,
        region=row.region,
        name=row.name,
        latitude=row.latitude,
        longitude=row.longitude,
        representative=bool(row.representative),
        link=row.link,
        health=CameraHealth(row.health),
        heard_at=from_ms_or_none(row.heard_at),
        checked_at=from_ms_or_none(row.checked_at),
    )
