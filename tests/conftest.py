"""Real neighbours for every test that asks for them; one that cannot be had fails the test with the line to type."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from tests.integration.database.cluster import Cluster, running_cluster

from kentongan_broker import Broker, enrol, start

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "setup"))

import parts

settings.register_profile("house", deadline=None)  # the machine may be busy, and a deadline is a timed test
settings.load_profile("house")

SMALL_CITY = {
    "regions": [
        {
            "code": "33.74.01.1001/RW01/RT01",
            "name": "RT 01 RW 01 Miroto",
            "nodes": [{"id": "ktg-0101-1", "role": "kentongan"}, {"id": "ktg-0101-2", "role": "kentongan"}],
            "gateway": None,
        },
        {
            "code": "33.74.01.1001/RW01/RT02",
            "name": "RT 02 RW 01 Miroto",
            "nodes": [
                {"id": "gw-0102", "role": "gateway"},
                {"id": "ktg-0102-1", "role": "kentongan"},
                {"id": "ktg-0102-2", "role": "kentongan"},
            ],
            "gateway": {"id": "gw-0102", "serial_nodes": ["ktg-0102-1"]},
        },
        {
            "code": "33.74.01.1001/RW01/RT03",
            "name": "RT 03 RW 01 Miroto",
            "nodes": [{"id": "gw-0103", "role": "gateway"}, {"id": "ktg-0103-1", "role": "kentongan"}],
            "gateway": {"id": "gw-0103", "serial_nodes": ["ktg-0103-1"]},
        },
    ]
}


@pytest.fixture(scope="session")
def micropython_path() -> Path:
    """The real MicroPython interpreter, fetched if need be."""
    return _part(parts.micropython)


@pytest.fixture(scope="session")
def mosquitto_path() -> Path:
    """The real Mosquitto."""
    return _part(parts.mosquitto)


@pytest.fixture(scope="session")
def postgresql(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """A real PostgreSQL for this test run alone."""
    with running_cluster(_part(parts.postgresql)) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def broker(mosquitto_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A real Mosquitto for SMALL_CITY; `broker.enrolment` has the passwords."""
    with start(tmp_path_factory.mktemp("broker"), enrol(SMALL_CITY), kind="mosquitto") as running:
        yield running


def _part(find: Callable[[], Path]) -> Path:
    try:
        return find()
    except parts.MissingPartError as problem:
        pytest.fail(str(problem), pytrace=False)
