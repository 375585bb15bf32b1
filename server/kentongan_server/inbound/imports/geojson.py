"""GeoJSON (RFC 7946): a feature's properties are the columns, its geometry the position; an area gives one point in it."""

import json
import math
from typing import Any

from kentongan_server.domain.outline import MOST_CORNERS, Point, Shape
from kentongan_server.inbound.imports.raw import ImportFileError, RawFile, RawRow, assert_not_too_many, our_name
from kentongan_server.inbound.imports.shape import representative_point


def read_geojson(data: bytes) -> RawFile:
    """The features as rows, counted from 1; ImportFileError when the file is no GeoJSON."""
    try:
        found = json.loads(data.decode("utf-8-sig"), parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise ImportFileError("The file is not in UTF-8; save it so.") from error
    except (ValueError, RecursionError) as error:
        raise ImportFileError("The file is no GeoJSON: its JSON is damaged.") from error
    features = found.get("features") if isinstance(found, dict) and found.get("type") == "FeatureCollection" else None
    if isinstance(found, dict) and found.get("type") == "Feature":
        features = [found]
    if not isinstance(features, list):
        raise ImportFileError("The file is no GeoJSON of features; it needs the type FeatureCollection.")
    assert_not_too_many(len(features))
    rows = [_row(number, feature) for number, feature in enumerate(features, 1)]
    return RawFile(tuple(dict.fromkeys(column for row in rows for column in row.values)), rows)


def _row(number: int, feature: Any) -> RawRow:
    if not isinstance(feature, dict) or not isinstance(feature.get("properties") or {}, dict):
        return RawRow(number, fault="This is no feature; it needs properties and a geometry.")
    values: dict[str, str] = {}
    for name, value in (feature.get("properties") or {}).items():
        if isinstance(value, bool):
            values[our_name(name)] = "true" if value else "false"
        elif isinstance(value, str | int | float):
            values[our_name(name)] = str(value).strip()
    values = {name: value for name, value in values.items() if value}
    for name, value in values.items():
        if any("\ud800" <= character <= "\udfff" for character in name + value):
            return RawRow(number, fault=f"{name.encode(errors='replace').decode()}: this holds half a character.")
    geometry = feature.get("geometry")
    shape: Shape = ()
    if geometry is not None:
        try:
            shape = _shape(geometry)
            longitude, latitude = representative_point(shape) if shape else _point(geometry.get("coordinates"))
        except ValueError as error:
            return RawRow(number, values, fault=str(error))
        values |= {"longitude": repr(longitude), "latitude": repr(latitude)}
    return RawRow(number, values, shape=shape)


def _shape(geometry: Any) -> Shape:
    """The polygons of the geometry; none of a point."""
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Point", "Polygon", "MultiPolygon"):
        raise ValueError("The geometry must be a Point, a Polygon or a MultiPolygon.")
    if kind == "Point":
        return ()
    coordinates = geometry.get("coordinates")
    polygons = [coordinates] if kind == "Polygon" else coordinates
    if not isinstance(polygons, list):
        raise ValueError("The polygon has no coordinates.")
    shape = tuple(_polygon(polygon) for polygon in polygons)
    if sum(len(ring) for polygon in shape for ring in polygon) > MOST_CORNERS:
        raise ValueError(f"The polygon has more than {MOST_CORNERS:,} corners; simplify it.")
    return shape or _no_area()


def _no_area() -> Shape:
    raise ValueError("The polygon has no area; draw its outline with three corners or more.")


def _polygon(rings: Any) -> tuple[tuple[Point, ...], ...]:
    if not isinstance(rings, list) or not rings or not all(isinstance(ring, list) and len(ring) > 2 for ring in rings):
        raise ValueError("The polygon has no area; draw its outline with three corners or more.")
    return tuple(tuple(_point(point) for point in ring) for ring in rings)


def _point(found: Any) -> Point:
    numbers = found[:2] if isinstance(found, list) else []
    if len(numbers) != 2 or not all(type(n) in (int, float) and abs(n) <= 1e6 and math.isfinite(n) for n in numbers):
        raise ValueError("A coordinate is not [longitude, latitude] in degrees.")
    return float(numbers[0]), float(numbers[1])


def _no_constant(text: str) -> None:
    raise ValueError(text)
