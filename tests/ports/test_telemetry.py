"""What every Telemetry keeps: a write that returns has been taken, one that was not says so."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

import pytest
from sqlalchemy import select
from tests.fakes.clock import START
from tests.fakes.telemetry import FakeTelemetry
from tests.integration.telemetry.time_series_store import TimeSeriesStore, running_store

from kentongan_server.outbound.database.engine import open_database
from kentongan_server.outbound.telemetry.database import DatabaseTelemetry
from kentongan_server.outbound.telemetry.influx import InfluxTelemetry
from kentongan_server.outbound.telemetry.table import heartbeats
from kentongan_server.ports.telemetry import Heartbeat, Telemetry, TelemetryError

MS = timedelta(milliseconds=1)


def a_heartbeat(node: str = "ktg-1", after_ms: int = 0, **different: Any) -> Heartbeat:
    plain = {"uptime_ms": 5000, "refused": 2, "rssi_dbm": -60, "battery_mv": 3700, "mains": True}
    return Heartbeat(node, "33.74.01.1001/RW01/RT01", START + after_ms * MS, **{**plain, **different})


class Bench(Protocol):
    """A telemetry, and the store at its other end."""

    telemetry: Telemetry

    def kept(self, node: str) -> list[dict[str, int]]:
        """The figures of a node, oldest first: at_ms and every figure that is not None, as whole numbers."""
        ...

    def go_away(self) -> None:
        """Let the store fail."""
        ...


FIGURES = ("uptime_ms", "refused", "rssi_dbm", "battery_mv", "mains")


@dataclass
class MemoryBench:
    telemetry: FakeTelemetry

    def kept(self, node: str) -> list[dict[str, int]]:
        found = [beat for beat in self.telemetry.kept if beat.node == node]
        return [_plain(int(beat.at.timestamp() * 1000), vars_of(beat)) for beat in found]

    def go_away(self) -> None:
        self.telemetry.away = True


@dataclass
class DatabaseBench:
    telemetry: DatabaseTelemetry

    def kept(self, node: str) -> list[dict[str, int]]:
        query = select(heartbeats).where(heartbeats.c.node == node).order_by(heartbeats.c.at)
        with self.telemetry._engine.connect() as connection:
            return [_plain(row.at, row._mapping) for row in connection.execute(query)]

    def go_away(self) -> None:
        with self.telemetry._engine.begin() as connection:
            heartbeats.drop(connection)


@dataclass
class StoreBench:
    telemetry: InfluxTelemetry
    store: TimeSeriesStore

    def kept(self, node: str) -> list[dict[str, int]]:
        rows: dict[int, dict[str, int]] = {}
        for name, points in self.store.series(node).items():
            for at_ms, value in points:
                rows.setdefault(at_ms, {"at_ms": at_ms})[name.removeprefix("heartbeat_")] = int(value)
        return [rows[at_ms] for at_ms in sorted(rows)]

    def go_away(self) -> None:
        self.store.stop()


def vars_of(beat: Heartbeat) -> dict[str, Any]:
    return {name: getattr(beat, name) for name in FIGURES}


def _plain(at_ms: int, row: Any) -> dict[str, int]:
    return {"at_ms": at_ms} | {name: int(row[name]) for name in FIGURES if row[name] is not None}


@pytest.fixture(params=["memory", "database", pytest.param("time series", marks=pytest.mark.real)])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    """Each telemetry with a real store behind it."""
    if request.param == "memory":
        yield MemoryBench(FakeTelemetry())
    elif request.param == "database":
        telemetry = DatabaseTelemetry(open_database(f"sqlite:///{tmp_path / 'telemetry.sqlite3'}"))
        yield DatabaseBench(telemetry)
        telemetry.close()
    else:
        with running_store(tmp_path) as store:
            influx = InfluxTelemetry(store.url, "token", "kentongan", "kentongan")
            yield StoreBench(influx, store)
            influx.close()


async def until_kept(bench: Bench, node: str, count: int) -> list[dict[str, int]]:
    """A time-series store shows what it took a little later."""
    for _ in range(400):
        found = bench.kept(node)
        if len(found) >= count:
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(f"{count} heartbeats of {node} did not appear")


async def test_every_figure_is_kept_as_it_was(bench: Bench) -> None:
    await bench.telemetry.write([a_heartbeat(), a_heartbeat(after_ms=10_001, uptime_ms=15_001, mains=False)])
    at_ms = int(START.timestamp() * 1000)
    first = {"at_ms": at_ms, "uptime_ms": 5000, "refused": 2, "rssi_dbm": -60, "battery_mv": 3700, "mains": 1}
    second = {**first, "at_ms": at_ms + 10_001, "uptime_ms": 15_001, "mains": 0}
    assert await until_kept(bench, "ktg-1", 2) == [first, second]


async def test_a_sensor_that_is_not_there_leaves_no_figure(bench: Bench) -> None:
    await bench.telemetry.write([a_heartbeat(rssi_dbm=None, battery_mv=None, mains=None)])
    (kept,) = await until_kept(bench, "ktg-1", 1)
    assert set(kept) == {"at_ms", "uptime_ms", "refused"}


async def test_nodes_are_kept_apart(bench: Bench) -> None:
    await bench.telemetry.write([a_heartbeat("ktg-1", uptime_ms=1), a_heartbeat("ktg-2", uptime_ms=2)])
    assert [(await until_kept(bench, node, 1))[0]["uptime_ms"] for node in ("ktg-1", "ktg-2")] == [1, 2]


async def test_a_whole_city_at_once(bench: Bench) -> None:
    await bench.telemetry.write([a_heartbeat(f"ktg-{number}", uptime_ms=number) for number in range(10_628)])
    assert (await until_kept(bench, "ktg-10627", 1))[0]["uptime_ms"] == 10_627


async def test_a_store_that_is_away_says_so(bench: Bench) -> None:
    bench.go_away()
    with pytest.raises(TelemetryError):
        await bench.telemetry.write([a_heartbeat()])
