"""A server that runs, whose disk fills up: it says that it is not ready, and is again once there is room."""

import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.integration.cli.test_commands import typed
from tests.integration.database.furnished import rows

pytestmark = pytest.mark.real
NO_ROOM = "the database takes no writes"


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple["subprocess.Popen[bytes]", str]]:
    """A server as it is installed, without a broker; its process and its address."""
    assert typed(tmp_path, "make-keys").returncode == 0
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {
        "KENTONGAN_DATABASE_URL": f"sqlite:///{tmp_path / 'town.sqlite3'}",
        "KENTONGAN_TELEMETRY_URL": f"sqlite:///{tmp_path / 'telemetry.sqlite3'}",
        "KENTONGAN_MASTER_KEY_FILE": str(tmp_path / "keys" / "master.key"),
        "KENTONGAN_RECORD_KEY_FILE": str(tmp_path / "keys" / "record.key"),
        "KENTONGAN_CHECKPOINT_FILE": str(tmp_path / "checkpoints.jsonl"),
        "KENTONGAN_BROKER_PORT": "1",
        "KENTONGAN_HTTP_PORT": str(port),
    }
    command = [sys.executable, "-m", "kentongan_server", "run"]
    nowhere = subprocess.DEVNULL  # a log in a file would find no room either
    server = subprocess.Popen(command, cwd=tmp_path, env=os.environ | settings, stdout=nowhere, stderr=nowhere)
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 60
    try:
        while not _answers(address):
            assert server.poll() is None, "the server ended"
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.1)
        yield server, address
    finally:
        server.terminate()
        server.wait(30)


def missing(address: str) -> str:
    """What /readyz says is missing."""
    return str(httpx.get(f"{address}/readyz", timeout=20, trust_env=False).json()["detail"])


def test_a_full_disk_is_said_and_forgotten_when_there_is_room(
    running: tuple["subprocess.Popen[bytes]", str],
) -> None:
    server, address = running
    assert NO_ROOM not in missing(address)
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (1024, resource.RLIM_INFINITY))  # as good as a full disk
    assert NO_ROOM in missing(address)
    assert _answers(address), "it lives"
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert NO_ROOM not in missing(address)


def test_what_it_did_is_signed_without_being_asked(
    running: tuple["subprocess.Popen[bytes]", str], tmp_path: Path
) -> None:
    server, _ = running
    assert typed(tmp_path, "people", "make-admin", "Bu Lurah", "lurah@city.example").returncode == 0
    server.terminate()
    server.wait(30)
    assert rows(tmp_path / "town.sqlite3", "SELECT count(*) FROM checkpoints")[0][0] > 0
    whole = typed(tmp_path, "audit", "verify", CHECKPOINT_FILE=str(tmp_path / "checkpoints.jsonl"))
    assert whole.returncode == 0, whole.stderr


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/healthz", timeout=20, trust_env=False).status_code == 200
    except httpx.TransportError:
        return False
