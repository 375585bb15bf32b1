"""A made-up Semarang of full size, as files to import. The kecamatan and all counts are the real ones; what lies below a
kecamatan (names, positions, who neighbours whom) is made up, the same for the same seed.
"""

import csv
import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

from kentongan_server.domain.place import Region
from kentongan_server.domain.region_code import Level
from kentongan_server.domain.surroundings import suggest

RTS = 10_628
RTS_PER_RW = RTS / 1_518
HOUSEHOLDS_PER_RT = 588_000 / RTS
CAMERAS_PER_RT = 14_000 / RTS
KECAMATAN_FILE = Path(__file__).with_name("semarang.csv")

SOUTH, NORTH, WEST, EAST = -7.115, -6.935, 110.268, 110.505
_METRES = 111_195.0  # in a degree of latitude
_GOLDEN = math.pi * (3 - math.sqrt(5))

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class MadeUpCity:
    """The rows of each file, in the order in which the files are imported."""

    regions: Rows
    sites: Rows
    kentongan: Rows
    cameras: Rows
    adjacency: Rows


def make_city(seed: int, rts: int = RTS) -> MadeUpCity:
    """The whole city, or one as large as `rts` says, with everything in the proportions of the whole."""
    chance = random.Random(seed)  # noqa: S311  # a made-up city needs no secrecy
    with KECAMATAN_FILE.open(newline="", encoding="utf-8") as file:
        kota, *kecamatan = csv.DictReader(file)
    regions: Rows = [_row(kota["code"], kota["name"], float(kota["latitude"]), float(kota["longitude"]))]
    regions += [_row(one["code"], one["name"], float(one["latitude"]), float(one["longitude"])) for one in kecamatan]
    kelurahan = _kelurahan(kecamatan, regions[1:])
    rws_each = _share_out(max(1, round(rts / RTS_PER_RW)), [chance.uniform(0.5, 1.5) for _ in kelurahan])
    rws = [
        (above, _row(f"{above['code']}/RW{number + 1:02d}", f"RW {number + 1:02d} {above['name']}", *place), radius)
        for (above, size), count in zip(kelurahan, rws_each, strict=True)
        for number, (place, radius) in enumerate(_around(above, size, count))
    ]
    rts_each = _share_out(rts, [chance.uniform(0.5, 1.5) for _ in rws])
    found = []
    for (above, rw, radius), count in zip(rws, rts_each, strict=True):
        for number, (place, _) in enumerate(_around(rw, radius, count)):
            code, name = f"{rw['code']}/RT{number + 1:02d}", f"RT {number + 1:02d} {rw['name']}"
            found.append((above, _row(code, name, *_wobbled(place, radius / math.sqrt(count), chance))))
    households = _share_out(round(rts * HOUSEHOLDS_PER_RT), [chance.uniform(0.6, 1.4) for _ in found])
    for (_, row), count in zip(found, households, strict=True):
        row["households"] = count
    homes = [row for _, row in found]
    regions += [above for (above, _), count in zip(kelurahan, rws_each, strict=True) if count]
    regions += [rw for (_, rw, _), count in zip(rws, rts_each, strict=True) if count]
    regions += homes
    return MadeUpCity(
        regions=sorted(regions, key=lambda row: row["code"]),
        sites=[_site(row, chance) for row in homes],
        kentongan=[{"id": _name("ktg", row), "region": row["code"], "site": _name("pos", row)} for row in homes],
        cameras=_cameras(homes, chance),
        adjacency=_adjacency(homes),
    )


def write_city(city: MadeUpCity, folder: Path) -> dict[str, Path]:
    """Write each file as CSV; the paths by what they hold, in the order in which they are imported."""
    folder.mkdir(parents=True, exist_ok=True)
    written = {}
    for what in ("regions", "sites", "kentongan", "cameras", "adjacency"):
        rows = getattr(city, what)
        written[what] = folder / f"{what}.csv"
        columns = dict.fromkeys(column for row in rows for column in row)
        with written[what].open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(columns))
            writer.writeheader()
            writer.writerows(rows)
    return written


def _kelurahan(kecamatan: Sequence[dict[str, str]], above: Rows) -> list[tuple[dict[str, Any], float]]:
    """Every kelurahan, with its radius in metres: half of the way to the next kecamatan is shared by those of one."""
    found = []
    for one, row in zip(kecamatan, above, strict=True):
        radius = 0.6 * min(_apart(row, other) for other in above if other is not row)
        count = int(one["kelurahan"])
        for number, (place, own) in enumerate(_around(row, radius, count)):
            code, name = f"{row['code']}.{1001 + number}", f"{row['name']} {number + 1:02d}"
            found.append((_row(code, name, *place), own))
    return found


def _around(middle: dict[str, Any], radius_m: float, count: int) -> Iterable[tuple[tuple[float, float], float]]:
    """`count` positions spread evenly around a middle, like seeds in a sunflower, and the radius that each has."""
    own = radius_m / math.sqrt(max(1, count))
    for number in range(count):
        away, angle = radius_m * math.sqrt((number + 0.5) / count) if count > 1 else 0.0, number * _GOLDEN
        yield _moved(middle["latitude"], middle["longitude"], away * math.sin(angle), away * math.cos(angle)), own


def _moved(latitude: float, longitude: float, north_m: float, east_m: float) -> tuple[float, float]:
    """So many metres away; what would leave the city is reflected at its bounds."""
    across = _METRES * math.cos(math.radians(latitude))
    return _within(latitude + north_m / _METRES, SOUTH, NORTH), _within(longitude + east_m / across, WEST, EAST)


def _within(value: float, low: float, high: float) -> float:
    if value < low:
        value = 2 * low - value
    elif value > high:
        value = 2 * high - value
    return round(min(max(value, low), high), 6)


def _wobbled(place: tuple[float, float], radius_m: float, chance: random.Random) -> tuple[float, float]:
    return _moved(*place, chance.uniform(-0.4, 0.4) * radius_m, chance.uniform(-0.4, 0.4) * radius_m)


def _apart(one: dict[str, Any], other: dict[str, Any]) -> float:
    north = (one["latitude"] - other["latitude"]) * _METRES
    east = (one["longitude"] - other["longitude"]) * _METRES * math.cos(math.radians(one["latitude"]))
    return math.hypot(north, east)


def _share_out(total: int, weights: Sequence[float], least: int = 1) -> list[int]:
    """Whole numbers near these shares with exactly this sum; everybody gets the `least` while there is enough for all."""
    least = least if total >= least * len(weights) else 0
    rest, sum_of_weights = total - least * len(weights), sum(weights) or 1.0
    marks = [round(rest * upto / sum_of_weights) for upto in accumulate(weights)]
    return [least + mark - before for before, mark in zip([0, *marks], marks, strict=False)]


def _row(code: str, name: str, latitude: float, longitude: float) -> dict[str, Any]:
    return {"code": code, "name": name, "latitude": latitude, "longitude": longitude}


def _name(sort: str, row: dict[str, Any]) -> str:
    """A name from the code, which stays unique: ktg-12-1001-03-02."""
    _, _, kecamatan, below = row["code"].split(".")
    return f"{sort}-{kecamatan}-{below.replace('/RW', '-').replace('/RT', '-')}"


def _site(row: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    latitude, longitude = _wobbled((row["latitude"], row["longitude"]), 60, chance)
    place = {"name": f"Pos kamling {row['name']}", "latitude": latitude, "longitude": longitude}
    return {"id": _name("pos", row), "region": row["code"], "kind": "guard_post", **place}


def _cameras(homes: Rows, chance: random.Random) -> Rows:
    """Some RTs have many and some none, as it is."""
    weights = [chance.choice((0.0, 0.7, 1.0, 1.0, 1.5, 3.0)) for _ in homes]
    counts = _share_out(round(len(homes) * CAMERAS_PER_RT), weights, least=0)
    found = []
    for row, count in zip(homes, counts, strict=True):
        for number in range(1, count + 1):
            latitude, longitude = _wobbled((row["latitude"], row["longitude"]), 90, chance)
            found.append(
                {
                    "id": f"{_name('cam', row)}-{number}",
                    "region": row["code"],
                    "name": f"Kamera {number} {row['name']}",
                    "latitude": latitude,
                    "longitude": longitude,
                    "representative": "ya" if number == 1 else "tidak",
                    "health": chance.choices(("working", "blurred", "broken", "never_connected"), (80, 8, 8, 4))[0],
                }
            )
    return found


def _adjacency(homes: Rows) -> Rows:
    rts = [Region(row["code"], row["name"], row["latitude"], row["longitude"]) for row in homes]
    return [{"a": edge.a, "b": edge.b, "basis": edge.basis} for edge in suggest(rts)]


def levels(city: MadeUpCity) -> dict[Level, int]:
    """How many regions of each level."""
    counted = dict.fromkeys(Level, 0)
    for row in city.regions:
        counted[Region(row["code"], "", 0, 0).level] += 1
    return counted
