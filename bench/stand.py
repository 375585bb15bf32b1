"""One subject under test on a stand of its own: fresh folder on disk, fresh broker, the subject, a connected fleet."""

import asyncio
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import httpx

from bench.city import BenchCity
from bench.fleet import HEARTBEAT_S, Fleet
from bench.load import Request
from kentongan_broker.enrolment import Enrolment, enrol
from kentongan_broker.process import Broker, mosquitto_program, start
from kentongan_demo.processes import Processes, wait_until

ROOT = Path(__file__).resolve().parents[1]
FIRST_BIRTHS_S = 60.0


class StandError(Exception):
    """The stand cannot be set up; the text is one sentence."""


class Subject(Protocol):
    """Who is measured. `sealed` says whether its commands bear the contract's seal."""

    name: str
    sealed: bool

    def start(self, stand: "Stand") -> "subprocess.Popen[bytes]":
        """Start its processes on the stand; the one that is measured."""
        ...

    def is_ready(self, stand: "Stand") -> bool:
        """True once it may be asked."""
        ...

    def reports(self, city: BenchCity) -> Request:
        """Makes the next report as this subject takes it."""
        ...

    def stored(self, stand: "Stand") -> set[str] | None:
        """The report ids in its database, None when it keeps none."""
        ...


@dataclass(slots=True)
class Stand:
    """Where everything is while one subject stands on it."""

    folder: Path
    city: BenchCity
    enrolment: Enrolment
    broker: Broker
    processes: Processes
    port: int
    master: bytes
    fleet: Fleet
    measured: subprocess.Popen[bytes] | None = None

    def cpu_seconds(self) -> float:
        """What the measured process has used of all cores so far."""
        if self.measured is None:
            raise StandError("Nothing stands here yet.")
        fields = Path(f"/proc/{self.measured.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def python(self, name: str, arguments: list[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
        """Start a Python process of ours."""
        paths = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
        return self.processes.start(name, [sys.executable, *arguments], {"PYTHONPATH": paths, **environment})

    def write(self, name: str, text: str) -> Path:
        """A private file in the folder."""
        path = self.folder / name
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")
        return path


@asynccontextmanager
async def standing(
    subject: Subject, city: BenchCity, parent: Path, heartbeat_s: float = HEARTBEAT_S
) -> AsyncIterator[Stand]:
    """The subject, started and ready, with every kentongan connected; everything is ended and removed afterwards."""
    async with set_up(city, parent, sealed=subject.sealed, heartbeat_s=heartbeat_s) as stand:
        stand.measured = subject.start(stand)
        wait_until(lambda: subject.is_ready(stand), stand.processes, subject.name, 60.0)
        await stand.fleet.open(stand.broker.host, stand.broker.port)
        if subject.sealed:
            await asyncio.to_thread(wait_for_births, stand)
        yield stand


@asynccontextmanager
async def set_up(city: BenchCity, parent: Path, *, sealed: bool, heartbeat_s: float) -> AsyncIterator[Stand]:
    """A stand with its broker, nobody connected and nothing started yet."""
    if mosquitto_program() is None:
        raise StandError("Mosquitto is missing. Type: sudo apt-get install mosquitto")
    folder = Path(tempfile.mkdtemp(prefix="stand-", dir=parent))
    enrolment = enrol(city.description)
    logs = folder / "logs"
    logs.mkdir()
    processes = Processes(logs)
    master = secrets.token_bytes(32)
    broker = start(folder / "broker", enrolment, kind="mosquitto")
    fleet = Fleet(city, master, enrolment.nodes, sealed=sealed, heartbeat_s=heartbeat_s)
    try:
        yield Stand(folder, city, enrolment, broker, processes, free_port(), master, fleet)
    finally:
        await fleet.close()
        processes.stop()
        broker.stop()
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """A port that nobody holds now."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def answers(url: str, token: str | None = None) -> bool:
    """True when a GET of `url` succeeds."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        return httpx.get(url, headers=headers, timeout=2.0).is_success
    except httpx.HTTPError:
        return False


def wait_for_births(stand: Stand) -> None:
    """Wait until the server knows a nonce of every kentongan; StandError when it takes too long."""
    url = f"http://127.0.0.1:{stand.port}/api/v1/regions"
    headers = {"Authorization": f"Bearer {stand.city.operator}"}
    everybody = sum(len(place.nodes) for place in stand.city.rts)
    deadline = time.monotonic() + FIRST_BIRTHS_S + everybody / 50
    while time.monotonic() < deadline:
        found = httpx.get(url, headers=headers, timeout=20.0).json()
        if all(node["presence"] == "online" for region in found for node in region["nodes"]):
            return
        time.sleep(0.2 + everybody / 2000)  # the answer about a whole city costs the server something too
    raise StandError("The server did not hear every kentongan's birth in time.")
