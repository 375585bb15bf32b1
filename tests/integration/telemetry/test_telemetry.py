"""Figures from a node's heartbeat to the store, and what happens when the store is not there."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from tests.fakes.clock import START
from tests.integration.mqtt.node_talker import NodeTalker, a_state
from tests.integration.served import Rt, Served
from tests.integration.telemetry.time_series_store import TimeSeriesStore, running_store

from kentongan_broker import Broker, Enrolment, start
from kentongan_contract.seal import Key, node_key
from kentongan_server.outbound.database.engine import open_database
from kentongan_server.outbound.telemetry.database import KEEP, DatabaseTelemetry
from kentongan_server.outbound.telemetry.table import heartbeats
from kentongan_server.ports.telemetry import Heartbeat

pytestmark = pytest.mark.real

NODE = "ktg-1-a"


@pytest.fixture
def quiet_line(mosquitto_path: Path, tmp_path: Path) -> Iterator[Broker]:
    with start(tmp_path / "broker", Enrolment({NODE: "a password"}), kind="mosquitto") as broker:
        yield broker


@pytest.fixture
def store(tmp_path: Path) -> Iterator[TimeSeriesStore]:
    with running_store(tmp_path / "store") as running:
        yield running


@pytest.fixture
def served(quiet_line: Broker, store: TimeSeriesStore, tmp_path: Path) -> Iterator[Served]:
    """The server, its heartbeats going to the time-series store."""
    folder = tmp_path / "server"
    folder.mkdir()
    with Served(folder, quiet_line, influx_url=store.url, influx_token="token") as running:
        Rt(running, 1, (NODE, "ktg-1-b"))
        yield running


@pytest.fixture
def node(served: Served, quiet_line: Broker) -> Iterator[NodeTalker]:
    with NodeTalker(quiet_line, NODE, Key(node_key(served.master, 1, NODE))) as talker:
        yield talker


def test_a_heartbeat_arrives_in_the_store(served: Served, store: TimeSeriesStore, node: NodeTalker) -> None:
    node.says(a_state(1, uptime_ms=4321))

    def kept() -> dict[str, list[float]]:
        return {name: [value for _, value in points] for name, points in store.series(NODE).items()}

    served.until(lambda: "heartbeat_uptime_ms" in kept(), "it is kept")
    assert kept() == {
        "heartbeat_uptime_ms": [4321],
        "heartbeat_refused": [0],
        "heartbeat_rssi_dbm": [-60],
        "heartbeat_mains": [1],
    }
    assert served.metric("kentongan_telemetry_dropped_total") == 0


@pytest.mark.slow
def test_without_the_store_alarms_go_on_and_what_is_lost_is_counted(
    served: Served, store: TimeSeriesStore, node: NodeTalker
) -> None:
    store.stop()
    node.says(a_state(1))
    served.until(lambda: served.metric("kentongan_telemetry_dropped_total") == 1, "the loss is counted")
    node.is_receipted(node.presses())
    assert served.get("/readyz").status_code == 200
    store.start()
    node.says(a_state(2, uptime_ms=777))
    served.until(lambda: store.series(NODE).get("heartbeat_uptime_ms"), "it goes on when the store is back")


async def test_figures_are_kept_for_a_week(tmp_path: Path) -> None:
    telemetry = DatabaseTelemetry(open_database(f"sqlite:///{tmp_path / 'telemetry.sqlite3'}"))

    def beat(after: timedelta) -> Heartbeat:
        return Heartbeat(NODE, "33.74", START + after, 1, refused=0, rssi_dbm=None, battery_mv=None, mains=None)

    await telemetry.write([beat(timedelta(0)), beat(timedelta(hours=2))])
    reopened = DatabaseTelemetry(telemetry._engine)  # what it forgets does not depend on how long it has run
    await reopened.write([beat(KEEP + timedelta(hours=1))])
    with telemetry._engine.connect() as connection:
        (oldest, count) = connection.execute(select(func.min(heartbeats.c.at), func.count())).one()
    telemetry.close()
    assert (oldest, count) == (int((START + timedelta(hours=2)).timestamp() * 1000), 2)
