"""One point for an area, always inside it: the centroid where that lies inside, else the middle of the widest chord.

A polygon is its rings, the outline first, then holes; a ring is (x, y) points, closed or not.
"""

from collections.abc import Sequence

Point = tuple[float, float]
Ring = Sequence[Point]
Polygon = Sequence[Ring]

_HEIGHTS = (0.5, 0.382, 0.618, 0.25, 0.75, 0.1, 0.9)


def representative_point(polygons: Sequence[Polygon]) -> Point:
    """A point inside the largest of these polygons; ValueError when none has an area."""
    largest = max(polygons, key=lambda polygon: abs(_area(polygon[0])), default=None)
    if largest is None or _area(largest[0]) == 0:
        raise ValueError("The polygon has no area; draw its outline with three corners or more.")
    centroid = _centroid(largest[0])
    return centroid if is_inside(centroid, largest) else _widest_chord(largest)


def is_inside(point: Point, polygon: Polygon) -> bool:
    """True when the point lies in the outline and in no hole, by counting what a ray to the right crosses."""
    return sum(x > point[0] for x in _crossings(polygon, point[1])) % 2 == 1


def _area(ring: Ring) -> float:
    x0, y0 = ring[0]  # measured from a corner: far from the origin the products would swallow the digits
    return (
        sum(
            (ax - x0) * (by - y0) - (bx - x0) * (ay - y0)
            for (ax, ay), (bx, by) in zip(ring, _turned(ring), strict=True)
        )
        / 2
    )


def _centroid(ring: Ring) -> Point:
    x0, y0 = ring[0]
    area = x = y = 0.0
    for (ax, ay), (bx, by) in zip(ring, _turned(ring), strict=True):
        cross = (ax - x0) * (by - y0) - (bx - x0) * (ay - y0)
        area += cross
        x += (ax + bx - 2 * x0) * cross
        y += (ay + by - 2 * y0) * cross
    return x0 + x / (3 * area), y0 + y / (3 * area)


def _widest_chord(polygon: Polygon) -> Point:
    low, high = min(y for _, y in polygon[0]), max(y for _, y in polygon[0])
    best: tuple[float, Point] | None = None
    for share in _HEIGHTS:
        y = low + (high - low) * share
        crossings = sorted(_crossings(polygon, y))
        for left, right in zip(crossings[::2], crossings[1::2], strict=False):
            if best is None or right - left > best[0]:
                best = (right - left, ((left + right) / 2, y))
    if best is None or not is_inside(best[1], polygon):
        raise ValueError("The polygon is too thin, or its outline crosses itself; draw it anew.")
    return best[1]


def _crossings(polygon: Polygon, y: float) -> list[float]:
    found = []
    for ring in polygon:
        for (ax, ay), (bx, by) in zip(ring, _turned(ring), strict=True):
            if (ay > y) != (by > y):
                found.append(ax + (y - ay) / (by - ay) * (bx - ax))
    return found


def _turned(ring: Ring) -> Ring:
    return [*ring[1:], ring[0]]
