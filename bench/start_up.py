"""From the start of the server's process to the first sealed command, with a long record behind it and beside a short one.

Each start is one after a power cut: the server before it was killed in the middle of its work, and the database's pages are
not in memory (so far as one may ask that of the kernel). The kentongan stay connected to the broker, as they do in the
field; one presses as soon as the server calls itself ready.
"""

import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import create_engine, make_url

from bench.city import make_city
from bench.figures import Goal, number
from bench.fill_record import fill
from bench.fleet import HEARTBEAT_S, until
from bench.machine import fdatasync_ms
from bench.stand import Stand, StandError, set_up
from bench.subjects import Kentongan

FIRST_COMMAND_MS = 2_000.0
AS_SHORT = 1.25
SHORT = 1_000
LONGEST_S = 120.0
LOOK_EVERY_S = 0.01


@dataclass(frozen=True, slots=True)
class Start:
    """One start: milliseconds from the process's start, of the server's first `ready` and of the RT's first and last command.

    `cpu` is the processor time until ready: on a shared machine it says more than the clock.
    """

    cpu: float
    ready: float
    first: float
    last: float


@dataclass(frozen=True, slots=True)
class StartUp:
    """What all rounds gave, in order, by how many incidents lie behind."""

    starts: dict[int, list[Start]]
    megabytes: dict[int, float]
    filled_s: dict[int, float]
    fdatasync_ms: list[float]


async def measure(
    incidents: int, rounds: int, folder: Path, database: str | None, say: Callable[[str], None], *, profile: Path | None
) -> StartUp:
    """Fill both records, then start the server on each in turn, round after round."""
    city = make_city(2 * rounds + 2, residents=0)
    starts: dict[int, list[Start]] = {SHORT: [], incidents: []}
    megabytes, filled, synced = {}, {}, []
    async with (
        set_up(city, folder, sealed=True, heartbeat_s=HEARTBEAT_S) as stand,
        _records(stand, database, list(starts)) as records,
    ):
        # an installed server finds its bytecode beside it, whatever the shell that begins this benchmark says
        environment = Kentongan().environment(stand) | {"PYTHONDONTWRITEBYTECODE": ""}
        for many, address in records.items():
            begun = time.monotonic()
            await asyncio.to_thread(_fill, address, many, say)
            await asyncio.to_thread(_install, environment | {"KENTONGAN_DATABASE_URL": address}, stand)
            filled[many], megabytes[many] = time.monotonic() - begun, _megabytes(address)
        await stand.fleet.open(stand.broker.host, stand.broker.port)
        places = iter(city.rts)
        for turn in range(rounds + 1):
            synced.append(fdatasync_ms(folder))
            for many, address in records.items():
                _forget(address)
                settings = environment | {"KENTONGAN_DATABASE_URL": address}
                start = await _start(stand, settings, next(places), profile if turn and many == incidents else None)
                if turn:  # before the first round the short one had to read the program itself from the disk
                    starts[many].append(start)
    return StartUp(starts, megabytes, filled, synced)


async def _start(stand: Stand, environment: dict[str, str], place: Any, profile: Path | None) -> Start:
    ears = stand.fleet.ears
    server = ["-m", "kentongan_server"]
    if profile is not None:
        server, environment = ["-m", "bench.profiled_server"], environment | {"BENCH_PROFILE": str(profile)}
    begun = time.perf_counter()
    process = stand.python("server", [*server, "run"], environment)
    try:
        await _until_ready(stand, process)
        ready = time.perf_counter()
        stand.measured = process
        cpu = stand.cpu_seconds() * 1000
        report, _ = stand.fleet.nodes[place.nodes[0]].press()

        def heard() -> dict[str, float]:
            return ears.commands.get(ears.receipts.get(report, ("", 0.0))[0], {})

        if not await until(lambda: len(heard()) == len(place.nodes), LONGEST_S):
            raise StandError(
                f"A press after the start sounded {len(heard())} of {len(place.nodes)} kentongan in two minutes."
            )
        times = [ready, min(heard().values()), max(heard().values())]
    finally:
        if profile is not None:
            process.terminate()  # a profile is written at the end
            process.wait()
        process.kill()
        process.wait()
    return Start(cpu, *((at - begun) * 1000 for at in times))


async def _until_ready(stand: Stand, process: "subprocess.Popen[bytes]") -> None:
    """Ask /readyz until it says so."""
    deadline = time.perf_counter() + LONGEST_S
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{stand.port}", timeout=LONGEST_S) as api:
        while time.perf_counter() < deadline:
            if process.poll() is not None:
                raise StandError(f"The server ended at once: {stand.processes.why('server')}")
            try:
                if (await api.get("/readyz")).is_success:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(LOOK_EVERY_S)
    raise StandError("The server was not ready within two minutes.")


@asynccontextmanager
async def _records(stand: Stand, database: str | None, sizes: list[int]) -> AsyncIterator[dict[int, str]]:
    """An address for each record: files on the stand, or databases made beside the one named and dropped afterwards."""
    if database is None:
        yield {many: f"sqlite:///{stand.folder}/record-{many}.sqlite3" for many in sizes}
        return
    url = make_url(database).set(drivername="postgresql+psycopg")
    names = {many: f"kentongan_bench_{os.getpid()}_{many}" for many in sizes}
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            for name in names.values():
                connection.exec_driver_sql(f"CREATE DATABASE {name}")
        plain = url.set(drivername="postgresql")
        yield {many: plain.set(database=name).render_as_string(hide_password=False) for many, name in names.items()}
    finally:
        with engine.connect() as connection:
            for name in names.values():
                connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        engine.dispose()


def _fill(address: str, many: int, say: Callable[[str], None]) -> None:
    fill(address, many, lambda done: say(f"{done:,} of {many:,} incidents"))


def _install(environment: dict[str, str], stand: Stand) -> None:
    command = [sys.executable, "-m", "kentongan_server", "install-city", str(stand.folder / "city.json")]
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise StandError(f"The city was not installed: {done.stderr.strip()[-300:]}")


def _files(address: str) -> list[Path]:
    url = make_url(address)
    path = Path(url.database or "")
    return sorted(path.parent.glob(f"{path.name}*")) if url.drivername == "sqlite" else []


def _forget(address: str) -> None:
    """Ask the kernel to hold nothing of the record's files in memory; a database server's own memory is its own."""
    for path in _files(address):
        with path.open("rb") as file:
            os.fdatasync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _megabytes(address: str) -> float:
    if files := _files(address):
        return sum(path.stat().st_size for path in files) / 1e6
    engine = create_engine(make_url(address).set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        size = connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one()
    engine.dispose()
    return float(size) / 1e6


def goals(found: StartUp) -> list[Goal]:
    """To the first command in two seconds, and as quick as with a short record."""
    long = max(found.starts)
    return [
        Goal(
            f"start → first command, {long:,} incidents behind",
            _median(found, long, "first"),
            FIRST_COMMAND_MS,
            at_most=True,
            unit="ms",
        ),
        Goal(
            f"start → first command, {long:,} / {SHORT:,} incidents",
            _ratio(found, long, "first"),
            AS_SHORT,
            at_most=True,
            unit="",
        ),
    ]


def summary(found: StartUp) -> list[dict[str, Any]]:
    """One entry for each record: medians over the rounds, the ratio to the short one taken within a round."""
    return [
        {
            "incidents": many,
            "megabytes": number(found.megabytes[many]),
            "filled_s": number(found.filled_s[many]),
            "starts": len(found.starts[many]),
            "cpu_ms": number(_median(found, many, "cpu")),
            "ready_ms": number(_median(found, many, "ready")),
            "first_command_ms": number(_median(found, many, "first")),
            "last_command_ms": number(_median(found, many, "last")),
            "worst_first_command_ms": number(max(start.first for start in found.starts[many])),
            "against_short": number(_ratio(found, many, "first")),
        }
        for many in found.starts
    ]


def _median(found: StartUp, many: int, what: str) -> float:
    return statistics.median(getattr(start, what) for start in found.starts[many])


def _ratio(found: StartUp, many: int, what: str) -> float:
    pairs = zip(found.starts[many], found.starts[SHORT], strict=True)
    return statistics.median(getattr(one, what) / getattr(short, what) for one, short in pairs)
