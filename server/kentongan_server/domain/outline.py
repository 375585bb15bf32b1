"""Where an RT ends, as somebody drew it: the shape that says in which RT a position lies.

A polygon is its rings, the outline first, then holes; a ring is (longitude, latitude) points, closed or not. An RT without a
drawing is a point, and the nearest such point is only a guess.

Ten lines of ray casting answer the one question there is, and imports already needed them to find a point in a shape; a
geometry library (shapely brings GEOS, a shared object for every machine) would earn its place with a second one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Point = tuple[float, float]
Ring = Sequence[Point]
Polygon = Sequence[Ring]
Shape = tuple[tuple[tuple[Point, ...], ...], ...]

MOST_CORNERS = 5_000


@dataclass(frozen=True, slots=True)
class Outline:
    """The shape of one region."""

    region: str
    polygons: Shape

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north."""
        xs, ys = zip(*self._corners(), strict=True)
        return min(xs), min(ys), max(xs), max(ys)

    @property
    def corners(self) -> int:
        """How many it has."""
        return sum(1 for _ in self._corners())

    def holds(self, latitude: float, longitude: float) -> bool:
        """Whether the position lies in it. On the very line between two RTs it lies in exactly one of them, or in none."""
        return any(is_inside((longitude, latitude), polygon) for polygon in self.polygons)

    def _corners(self) -> Iterator[Point]:
        return (point for polygon in self.polygons for ring in polygon for point in ring)


def is_inside(point: Point, polygon: Polygon) -> bool:
    """True when the point lies in the outline and in no hole, by counting what a ray to the right crosses."""
    return sum(x > point[0] for x in crossings(polygon, point[1])) % 2 == 1


def crossings(polygon: Polygon, y: float) -> list[float]:
    """Where the rings cross this height."""
    found = []
    for ring in polygon:
        for (ax, ay), (bx, by) in zip(ring, turned(ring), strict=True):
            if (ay > y) != (by > y):
                found.append(ax + (y - ay) / (by - ay) * (bx - ax))
    return found


def turned(ring: Ring) -> Ring:
    """Each point's follower."""
    return [*ring[1:], ring[0]]
