"""A fresh town for each test."""

import pytest
from tests.unit.server.town import Town


@pytest.fixture
def town() -> Town:
    return Town()


@pytest.fixture
def asleep() -> Town:
    """A town whose kentongan have never been heard of."""
    return Town(asleep=True)
