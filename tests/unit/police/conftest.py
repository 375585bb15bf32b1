"""A key and a certificate for the documents these tests make."""

from pathlib import Path

import pytest

from kentongan_server.outbound.clock.system_clock import SystemClock
from kentongan_server.outbound.police.cap import CapSeal
from kentongan_server.outbound.police.credentials import ensure_cap_credentials


@pytest.fixture(scope="session")
def credentials(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Key file and certificate file."""
    folder = tmp_path_factory.mktemp("credentials")
    ensure_cap_credentials(folder / "cap.key", folder / "cap.crt", name="kentongan.test", now=SystemClock().now())
    return folder / "cap.key", folder / "cap.crt"


@pytest.fixture(scope="session")
def seal(credentials: tuple[Path, Path]) -> CapSeal:
    """What signs."""
    key, certificate = credentials
    return CapSeal(key.read_bytes(), certificate.read_bytes())
