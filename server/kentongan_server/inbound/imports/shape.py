"""One point for an area, always inside it: the centroid where that lies inside, else the middle of the widest chord."""

from collections.abc import Sequence

from kentongan_server.domain.outline import Point, Polygon, Ring, crossings, is_inside, turned

_HEIGHTS = (0.5, 0.382, 0.618, 0.25, 0.75, 0.1, 0.9)


def representative_point(polygons: Sequence[Polygon]) -> Point:
    """A point inside the largest of these polygons; ValueError when none has an area."""
    largest = max(polygons, key=lambda polygon: abs(_area(polygon[0])), default=None)
    if largest is None or _area(largest[0]) == 0:
        raise ValueError("The polygon has no area; draw its outline with three corners or more.")
    centroid = _centroid(largest[0])
    return centroid if is_inside(centroid, largest) else _widest_chord(largest)


def _area(ring: Ring) -> float:
    x0, y0 = ring[0]  # measured from a corner: far from the origin the products would swallow the digits
    return (
        sum(
            (ax - x0) * (by - y0) - (bx - x0) * (ay - y0) for (ax, ay), (bx, by) in zip(ring, turned(ring), strict=True)
        )
        / 2
    )


def _centroid(ring: Ring) -> Point:
    x0, y0 = ring[0]
    area = x = y = 0.0
    for (ax, ay), (bx, by) in zip(ring, turned(ring), strict=True):
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
        cuts = sorted(crossings(polygon, y))
        for left, right in zip(cuts[::2], cuts[1::2], strict=False):
            if best is None or right - left > best[0]:
                best = (right - left, ((left + right) / 2, y))
    if best is None or not is_inside(best[1], polygon):
        raise ValueError("The polygon is too thin, or its outline crosses itself; draw it anew.")
    return best[1]
