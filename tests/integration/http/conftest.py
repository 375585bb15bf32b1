"""One server for all these tests, and for each test an RT of its own."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.integration.served import Rt, Served

from kentongan_broker import Enrolment, start

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def served(mosquitto_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The real server, with a broker of its own."""
    folders = [tmp_path_factory.mktemp(name) for name in ("http-broker", "http-server")]
    with start(folders[0], Enrolment({}), kind="mosquitto") as broker, Served(folders[1], broker) as running:
        yield running


@pytest.fixture
def new_rt(served: Served) -> Callable[[], Rt]:
    """Founds an RT."""
    return lambda: Rt(served, next(_numbers))


@pytest.fixture
def rt(new_rt: Callable[[], Rt]) -> Rt:
    return new_rt()
