"""A neighbourhood of real parts for each journey."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.journeys.neighbourhood import Neighbourhood


@pytest.fixture
def neighbourhood(tmp_path: Path, micropython_path: Path, mosquitto_path: Path) -> Iterator[Neighbourhood]:
    """Two RTs with their broker, server, command centre and MicroPython kentongan, all running."""
    with Neighbourhood(tmp_path, micropython_path) as found:
        yield found
