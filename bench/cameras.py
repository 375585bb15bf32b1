"""What naming the cameras costs each forward, on the full city: 10,628 RTs and 14,000 cameras, asked for RT by RT.

`python -m bench.cameras [sqlite:///… | postgresql://…]`: an empty database; without one, SQLite in a folder that is removed. The
peer in the same run is the same statement by SQLAlchemy's own execution, and beside both stands the driver's bare cursor.
"""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from bench.stand import ROOT
from kentongan_server.domain.place import Region
from kentongan_server.domain.surroundings import Camera, CameraHealth, telling_cameras
from kentongan_server.inbound.cli.made_up_city import make_city
from kentongan_server.outbound.database.engine import migrate, open_database, reading, writing
from kentongan_server.outbound.database.place_rows import PlaceRows
from kentongan_server.outbound.database.surroundings_rows import _CAMERAS_OF, SurroundingsRows
from kentongan_server.outbound.database.tables import cameras

ASKED, ROUNDS = 2_000, 7


def measure(address: str) -> dict[str, float]:
    """Microseconds for one RT, the median of the rounds; the ways take turns."""
    engine = open_database(address)
    migrate(engine)
    city = make_city(seed=1)
    with writing(engine) as connection, connection.begin():
        PlaceRows(connection).put_regions(
            [Region(r["code"], r["name"], r["latitude"], r["longitude"]) for r in city.regions]
        )
        SurroundingsRows(connection).put_cameras([_camera(row) for row in city.cameras])
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    homes = [(r["code"], r["latitude"], r["longitude"]) for r in city.regions if "/RT" in r["code"]]
    asked = random.Random(1).sample(homes, ASKED)  # noqa: S311  # a choice of RTs needs no secrecy
    with reading(engine) as connection:
        book = SurroundingsRows(connection)
        ways: dict[str, Callable[[str, float, float], Any]] = {
            "the statement and the choice, as a forward does": lambda code, lat, long: telling_cameras(
                book.cameras_of(code), lat, long
            ),
            "the statement alone": lambda code, _lat, _long: _CAMERAS_OF.all(connection, of=code),
            "the same by SQLAlchemy's execution": lambda code, _lat, _long: connection.execute(
                select(cameras).where(cameras.c.region == code).order_by(cameras.c.id)
            ).all(),
            "the driver's bare cursor": _bare(connection),
        }
        took: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(ROUNDS):
            for name, way in ways.items():
                begun = time.perf_counter()
                for place in asked:
                    way(*place)
                took[name].append((time.perf_counter() - begun) / ASKED * 1e6)
    engine.dispose()
    return {name: statistics.median(times) for name, times in took.items()}


def _camera(row: dict[str, Any]) -> Camera:
    known = {name: row[name] for name in ("id", "region", "name", "latitude", "longitude")}
    return Camera(**known, representative=row["representative"] == "ya", health=CameraHealth(row["health"]))


def _bare(connection: Connection) -> Callable[[str, float, float], Any]:
    spoken = _CAMERAS_OF.spoken(connection.dialect)
    cursor = connection.connection.cursor()

    def ask(code: str, _latitude: float, _longitude: float) -> Any:
        cursor.execute(spoken.sql, spoken.bind({"of": code}))
        return cursor.fetchall()

    return ask


if __name__ == "__main__":
    (ROOT / ".cache" / "bench").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / ".cache" / "bench") as folder:
        place = sys.argv[1] if len(sys.argv) > 1 else f"sqlite:///{Path(folder) / 'city.sqlite3'}"
        for name, microseconds in measure(place).items():
            sys.stdout.write(f"{name:<50} {microseconds:6.1f} µs\n")
