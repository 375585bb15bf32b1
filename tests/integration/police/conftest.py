"""One command centre for the suites that only send to it, and one key pair that it pinned."""

from collections.abc import Iterator
from pathlib import Path

import parts
import pytest
from playwright.sync_api import Browser, sync_playwright
from tests.integration.police.both_ends import BothEnds, both_ends
from tests.integration.police.centre_process import RunningCentre, running_centre
from tests.integration.police.sending import Keys, make_keys
from tests.unit.police.forwards import SECRET


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return make_keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="session")
def centre(tmp_path_factory: pytest.TempPathFactory, keys: Keys) -> Iterator[RunningCentre]:
    folder = tmp_path_factory.mktemp("centre")
    with running_centre(folder, secret=SECRET.decode(), certificate=keys.certificate) as running:
        yield running


@pytest.fixture(scope="session")
def ends(mosquitto_path: Path, tmp_path_factory: pytest.TempPathFactory, keys: Keys) -> Iterator[BothEnds]:
    """A server and a command centre that know each other."""
    with both_ends(tmp_path_factory.mktemp("ends"), keys) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium."""
    try:
        chromium = parts.chromium()
    except parts.MissingPartError as problem:
        pytest.fail(str(problem), pytrace=False)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=str(chromium), args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        yield running
        running.close()
