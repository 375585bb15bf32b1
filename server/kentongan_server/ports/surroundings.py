"""Where it is kept what lies beside the RTs and stands in them."""

from collections.abc import Collection
from typing import Protocol

from kentongan_server.domain.surroundings import Adjacency, Camera, Site


class Surroundings(Protocol):
    """Adjacencies, sites and cameras within one transaction. A scope is a region with everything below it."""

    def adjacencies_of(self, codes: Collection[str] | None) -> list[Adjacency]:
        """Every adjacency, also a removed one, that touches one of these RTs, or (None) all; by pair."""
        ...

    def put_adjacencies(self, adjacencies: Collection[Adjacency]) -> None:
        """Keep adjacencies, new or changed."""
        ...

    def sites(self, ids: Collection[str] | None) -> list[Site]:
        """These sites, or (None) all, by id."""
        ...

    def sites_within(
        self, scopes: Collection[str] | None, after: str | None = None, limit: int | None = None
    ) -> list[Site]:
        """The sites in these scopes, or (None) in the city, by id; only those after `after`, at most `limit`."""
        ...

    def put_sites(self, sites: Collection[Site]) -> None:
        """Keep sites, new or changed."""
        ...

    def cameras(self, ids: Collection[str] | None) -> list[Camera]:
        """These cameras, or (None) all, by id."""
        ...

    def cameras_within(
        self, scopes: Collection[str] | None, after: str | None = None, limit: int | None = None
    ) -> list[Camera]:
        """The cameras in these scopes, or (None) in the city, by id; only those after `after`, at most `limit`."""
        ...

    def cameras_of(self, region: str) -> list[Camera]:
        """The cameras of this one RT, by id: asked with every report."""
        ...

    def put_cameras(self, cameras: Collection[Camera]) -> None:
        """Keep cameras, new or changed."""
        ...
