"""What lies beside an RT and stands in it: neighbouring RTs, sites where kentongan hang, and cameras.

Which RTs are neighbours is a human's word. Distance only suggests; what a human took away is not suggested again.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import asin, cos, floor, hypot, radians, sin, sqrt

from kentongan_server.domain.place import Region

EARTH_RADIUS_M = 6_371_008.8
SUGGESTED_WITHIN_M = 300.0
MOST_SUGGESTED = 6


class Basis(StrEnum):
    """How an adjacency was established."""

    SUGGESTED = "suggested"
    CONFIRMED = "confirmed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Adjacency:
    """Two RTs side by side, the lower code first. `by` is the human who decided, None while it is only suggested."""

    a: str
    b: str
    distance_m: int
    basis: Basis
    by: str | None = None
    decided_at: datetime | None = None

    @property
    def pair(self) -> tuple[str, str]:
        """The two codes."""
        return self.a, self.b

    def other(self, code: str) -> str:
        """The neighbour of `code`."""
        return self.b if code == self.a else self.a


class SiteKind(StrEnum):
    """What sort of place a kentongan hangs at."""

    GUARD_POST = "guard_post"
    HOUSE = "house"
    SCHOOL = "school"
    PLACE_OF_WORSHIP = "place_of_worship"
    COMMUNITY_HALL = "community_hall"
    MARKET = "market"
    OFFICE = "office"
    STREET = "street"


@dataclass(frozen=True, slots=True)
class Site:
    """A place in an RT where a kentongan can hang: the pos kamling, a house, a school."""

    id: str
    region: str
    kind: SiteKind
    name: str
    latitude: float | None = None
    longitude: float | None = None


class CameraHealth(StrEnum):
    """What a look at the camera found. Residents of Semarang complain of all of these."""

    UNKNOWN = "unknown"
    WORKING = "working"
    BLURRED = "blurred"
    BROKEN = "broken"
    NEVER_CONNECTED = "never_connected"


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera of an RT. `link` leads to its recorder and is no resident's to see."""

    id: str
    region: str
    name: str
    latitude: float
    longitude: float
    representative: bool = False
    link: str | None = None
    health: CameraHealth = CameraHealth.UNKNOWN
    heard_at: datetime | None = None
    checked_at: datetime | None = None


class CameraRole(StrEnum):
    """Why a camera is named with an incident: it is closest to it, it stands for the RT, or both."""

    NEAREST = "nearest"
    REPRESENTATIVE = "representative"
    NEAREST_REPRESENTATIVE = "nearest_representative"


def telling_cameras(
    cameras: Collection[Camera], latitude: float, longitude: float
) -> list[tuple[CameraRole, Camera, int]]:
    """The one or two of an RT's cameras that may show what happens there, with their distance in metres."""
    near, stands_for_it = nearest_camera(cameras, latitude, longitude), representative_camera(cameras)
    if near is None or stands_for_it is None:
        return []
    chosen = [(CameraRole.NEAREST, near), (CameraRole.REPRESENTATIVE, stands_for_it)]
    if near.id == stands_for_it.id:
        chosen = [(CameraRole.NEAREST_REPRESENTATIVE, near)]
    return [(role, c, round(distance_m(latitude, longitude, c.latitude, c.longitude))) for role, c in chosen]


def nearest_camera(cameras: Iterable[Camera], latitude: float, longitude: float) -> Camera | None:
    """The closest camera that may show something; a broken one only when there is no other."""
    broken = (CameraHealth.BROKEN, CameraHealth.NEVER_CONNECTED)
    return min(
        cameras,
        key=lambda c: (c.health in broken, distance_m(latitude, longitude, c.latitude, c.longitude), c.id),
        default=None,
    )


def representative_camera(cameras: Collection[Camera]) -> Camera | None:
    """The camera that stands for its RT: the one that was chosen, else the first that works, else the first."""
    return min(cameras, key=lambda c: (not c.representative, c.health is not CameraHealth.WORKING, c.id), default=None)


def distance_m(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Metres between two positions over the sphere."""
    up, across = radians(other_latitude - latitude) / 2, radians(other_longitude - longitude) / 2
    half = sin(up) ** 2 + cos(radians(latitude)) * cos(radians(other_latitude)) * sin(across) ** 2
    return 2 * EARTH_RADIUS_M * asin(sqrt(min(1.0, half)))


def between(one: Region, other: Region, basis: Basis, by: str | None = None, at: datetime | None = None) -> Adjacency:
    """The adjacency of two RTs, with its distance."""
    a, b = sorted((one, other), key=lambda region: region.code)
    metres = distance_m(a.latitude, a.longitude, b.latitude, b.longitude)
    return Adjacency(a.code, b.code, round(metres), basis, by, at)


def suggest(rts: Iterable[Region], within_m: float = SUGGESTED_WITHIN_M, most: int = MOST_SUGGESTED) -> list[Adjacency]:
    """Every pair of which one is among the other's `most` nearest and not further than `within_m`, by code."""
    cells: dict[tuple[int, int], list[tuple[float, float, Region]]] = {}
    for rt in rts:
        # One straight piece of the globe is enough to find candidates; their distance is then taken exactly.
        y = radians(rt.latitude) * EARTH_RADIUS_M
        x = radians(rt.longitude) * EARTH_RADIUS_M * cos(radians(rt.latitude))
        cells.setdefault((floor(x / within_m), floor(y / within_m)), []).append((x, y, rt))
    found = {}
    for (column, row), inside in cells.items():
        around = [
            near for across in (-1, 0, 1) for up in (-1, 0, 1) for near in cells.get((column + across, row + up), ())
        ]
        for x, y, rt in inside:
            others = sorted((hypot(x - u, y - v), other.code, other) for u, v, other in around if other is not rt)
            for _, _, other in others[:most]:
                edge = between(rt, other, Basis.SUGGESTED)
                if edge.distance_m <= within_m:
                    found[edge.pair] = edge
    return [found[pair] for pair in sorted(found)]


def rings(
    start: str, edges_of: Callable[[Collection[str]], Iterable[Adjacency]], furthest: int, confirmed_only: bool = False
) -> dict[str, int]:
    """How many steps away each RT around `start` is, up to `furthest`; the start itself is 0.

    `edges_of` gives the adjacencies that touch some RTs, as `Surroundings.adjacencies_of` does.
    """
    reached, outermost = {start: 0}, {start}
    for ring in range(1, furthest + 1):
        following = set()
        for edge in edges_of(outermost):
            if edge.basis is Basis.REMOVED or (confirmed_only and edge.basis is not Basis.CONFIRMED):
                continue
            following |= set(edge.pair) - reached.keys()
        reached |= dict.fromkeys(following, ring)
        outermost = following
        if not outermost:
            break
    return reached
