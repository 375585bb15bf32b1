"""Surroundings in memory."""

from collections.abc import Collection

from tests.fakes.places import FakePlaces, lies_in

from kentongan_server.domain.surroundings import Adjacency, Camera, Site


class FakeSurroundings:
    """`edges` by pair, `kept_sites` and `kept_cameras` by id."""

    def __init__(self, places: FakePlaces) -> None:
        self._places = places
        self.edges: dict[tuple[str, str], Adjacency] = {}
        self.kept_sites: dict[str, Site] = {}
        self.kept_cameras: dict[str, Camera] = {}

    def adjacencies_of(self, codes: Collection[str] | None) -> list[Adjacency]:
        """See the port, as with everything below."""
        return [edge for pair, edge in sorted(self.edges.items()) if codes is None or not set(pair).isdisjoint(codes)]

    def put_adjacencies(self, adjacencies: Collection[Adjacency]) -> None:
        for edge in adjacencies:
            if not edge.a < edge.b:
                raise ValueError("The lower code stands first.")
            self._assert_kept(*edge.pair)
            self.edges[edge.pair] = edge

    def sites(self, ids: Collection[str] | None) -> list[Site]:
        return [site for name, site in sorted(self.kept_sites.items()) if ids is None or name in ids]

    def sites_within(
        self, scopes: Collection[str] | None, after: str | None = None, limit: int | None = None
    ) -> list[Site]:
        found = [site for site in self.sites(None) if lies_in(site.region, scopes) and site.id > (after or "")]
        return found[:limit]

    def put_sites(self, sites: Collection[Site]) -> None:
        for site in sites:
            self._assert_kept(site.region)
            self.kept_sites[site.id] = site

    def cameras(self, ids: Collection[str] | None) -> list[Camera]:
        return [camera for name, camera in sorted(self.kept_cameras.items()) if ids is None or name in ids]

    def cameras_within(
        self, scopes: Collection[str] | None, after: str | None = None, limit: int | None = None
    ) -> list[Camera]:
        found = [c for c in self.cameras(None) if lies_in(c.region, scopes) and c.id > (after or "")]
        return found[:limit]

    def cameras_of(self, region: str) -> list[Camera]:
        return [camera for camera in self.cameras(None) if camera.region == region]

    def put_cameras(self, cameras: Collection[Camera]) -> None:
        for camera in cameras:
            self._assert_kept(camera.region)
            self.kept_cameras[camera.id] = camera

    def _assert_kept(self, *codes: str) -> None:
        if not self._places.kept_regions.keys() >= set(codes):
            raise ValueError("What lies or stands in a region needs one that is kept.")
