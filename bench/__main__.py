"""`./kentongan bench ingress`, `latency`, `allclear`, `start-up` and `node`: our figures and the peers' from the same run."""

import asyncio
import json
import os
import resource
import signal
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import typer
import uvloop
from rich.console import Console

from bench import allclear as allclear_run
from bench import ingress as ingress_run
from bench import latency as latency_run
from bench import node as node_run
from bench import start_up as start_up_run
from bench import tables
from bench.ingress import LostReport
from bench.load import LoadError
from bench.machine import MachineError, assert_on_disk, facts
from bench.node_stand import give_way_to
from bench.stand import ROOT, StandError, Subject
from bench.subjects import Echo, Kentongan, PythonPeer, node_red
from kentongan_broker.errors import BrokerError
from kentongan_demo.processes import DemoError

Result = TypeVar("Result")
DEFAULT_FOLDER = ROOT / ".cache" / "bench"

app = typer.Typer(help="What Kentongan does, beside peers in the same run.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else")]
Rounds = Annotated[int, typer.Option(min=1, max=20, help="How often everything is measured; medians are shown")]
Folder = Annotated[Path, typer.Option(help="Where databases are put: on a real disk")]


@app.command()
def ingress(
    *,
    as_json: Json = False,
    seconds: Annotated[float, typer.Option(min=0.5, max=60, help="For each subject and number of clients")] = 3.0,
    clients: Annotated[str, typer.Option(help="Numbers of clients")] = "1,4,64",
    rounds: Rounds = 3,
    fresh: Annotated[bool, typer.Option("--fresh", help="Every report opens an incident and sounds an RT")] = False,
    folder: Folder = DEFAULT_FOLDER,
) -> None:
    """Reports a second, answered durably, with 1, 4 and 64 clients."""
    numbers = [int(each) for each in _numbers(clients, "--clients")]
    kinds = ("crime", "emergency") if fresh else ("crime",)
    ours: list[Subject] = [Kentongan(kinds), Kentongan(kinds, centre=True)]
    subjects, notes = _with_peers(ours)
    disk = _prepare(folder)
    found = _run(ingress_run.measure(subjects, numbers, seconds, rounds, fresh=fresh, folder=folder))
    report: dict[str, Any] = {
        "machine": facts() | tables.disk(disk, found.fdatasync_ms),
        "fresh": fresh,
        "notes": notes,
        "figures": ingress_run.summary(found),
        "goals": [goal.as_json() for goal in ingress_run.goals(found)],
    }
    _print(report, tables.ingress, as_json=as_json)


@app.command()
def latency(
    *,
    as_json: Json = False,
    rates: Annotated[str, typer.Option(help="Presses a second")] = "1,100",
    rounds: Rounds = 3,
    folder: Folder = DEFAULT_FOLDER,
) -> None:
    """Press → receipt → last kentongan of the RT; POST → answer → device."""
    numbers = _numbers(rates, "--rates")
    ours: list[Subject] = [Kentongan(("emergency",)), Kentongan(("emergency",), centre=True)]
    posted, notes = _with_peers(ours)
    disk = _prepare(folder)
    found = _run(latency_run.measure([Echo(), *ours], posted, numbers, rounds, folder))
    report: dict[str, Any] = {
        "machine": facts() | tables.disk(disk, found.fdatasync_ms),
        "notes": notes,
        "figures": latency_run.summary(found),
        "goals": [goal.as_json() for goal in latency_run.goals(found, numbers)],
    }
    _print(report, tables.latency, as_json=as_json)


@app.command()
def allclear(
    *,
    as_json: Json = False,
    nodes: Annotated[int, typer.Option(min=500, max=20_000, help="Kentongan, one in each RT")] = 10_628,
    rounds: Rounds = 1,
    heartbeat: Annotated[float, typer.Option(min=5, max=20, help="Seconds between two of a kentongan")] = 10.0,
    folder: Folder = DEFAULT_FOLDER,
) -> None:
    """The whole city told at once: two-person alarm and all clear, until the last kentongan has its command."""
    disk = _prepare(folder)
    profile = os.environ.get("BENCH_PROFILE")
    found = _run(allclear_run.measure(nodes, rounds, folder, heartbeat, Path(profile) if profile else None))
    report: dict[str, Any] = {
        "machine": facts() | tables.disk(disk, found.fdatasync_ms),
        "notes": [tables.SHARED_CORES],
        "figures": allclear_run.summary(found),
        "goals": [goal.as_json() for goal in allclear_run.goals(found)],
    }
    _print(report, tables.allclear, as_json=as_json)


@app.command("start-up")
def start_up(
    *,
    as_json: Json = False,
    incidents: Annotated[
        int, typer.Option(min=2_000, max=10_000_000, help="Behind the server that is started")
    ] = 1_000_000,
    rounds: Annotated[int, typer.Option(min=1, max=20, help="Starts on each record; medians are shown")] = 5,
    database: Annotated[
        str | None, typer.Option(help="A PostgreSQL beside which databases may be made, not SQLite")
    ] = None,
    folder: Folder = DEFAULT_FOLDER,
) -> None:
    """Process start → ready → a press's first sealed command, with a long record behind the server and beside a short one."""
    disk = _prepare(folder)
    profile = os.environ.get("BENCH_PROFILE")
    work = start_up_run.measure(
        incidents, rounds, folder, database, _progress, profile=Path(profile) if profile else None
    )
    found = _run(work)
    report: dict[str, Any] = {
        "machine": facts() | tables.disk(disk, found.fdatasync_ms),
        "notes": [tables.SHARED_CORES],
        "figures": start_up_run.summary(found),
        "goals": [goal.as_json() for goal in start_up_run.goals(found)],
    }
    _print(report, tables.start_up, as_json=as_json)


@app.command()
def node(
    *,
    as_json: Json = False,
    messages: Annotated[int, typer.Option(min=10, max=5_000, help="Published for each kind of wire")] = 500,
    presses: Annotated[int, typer.Option(min=3, max=1_000, help="For each state of the network")] = 100,
) -> None:
    """The node under MicroPython: wire, outages, press → siren in any network state, memory."""
    try:
        found = node_run.measure(messages, presses)
    except StandError as error:
        _give_up(str(error))
    report: dict[str, Any] = {
        "machine": facts() | {"node_before_all_else": give_way_to(os.getpid())},
        "notes": [tables.ANCHOR_ELSEWHERE],
        "figures": node_run.summary(found),
        "goals": [goal.as_json() for goal in node_run.goals(found)],
    }
    _print(report, tables.node, as_json=as_json)


def _with_peers(ours: list[Subject]) -> tuple[list[Subject], list[str]]:
    peers: list[Subject] = [PythonPeer("afternoon"), PythonPeer("group")]
    red, why_not = node_red()
    notes = [tables.SHARED_CORES, tables.NODE_RED_STORES_NOTHING if red else why_not]
    return [*ours, *peers, *([red] if red else [])], notes


def _numbers(text: str, option: str) -> list[float]:
    try:
        found = [float(each) for each in text.split(",")]
    except ValueError:
        found = []
    if not found or not all(0 < each <= 1000 for each in found):
        _give_up(f"{option} takes numbers from 1 to 1000 with commas between them, such as 1,100.")
    return found


def _prepare(folder: Path) -> str:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return assert_on_disk(folder)
    except (OSError, MachineError) as error:
        _give_up(str(error))


def _run(work: Coroutine[Any, Any, Result]) -> Result:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell ignores it for what it runs in the background
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(work)
    except KeyboardInterrupt:
        _give_up("Stopped; every process of the benchmark was ended.", 130)
    except TimeoutError:
        _give_up("A server under load did not answer in time; nothing was measured.")
    except (StandError, LostReport, LoadError, BrokerError, DemoError) as error:
        _give_up(str(error))


def _print(report: dict[str, Any], table: Any, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(report, indent=1, ensure_ascii=False))
    else:
        table(report, Console(width=140))


def _progress(line: str) -> None:
    if sys.stderr.isatty():
        print(f"\r{line}", end="", file=sys.stderr, flush=True)


def _give_up(sentence: str, status: int = 1) -> NoReturn:
    print(sentence, file=sys.stderr)
    raise typer.Exit(status)


if __name__ == "__main__":
    app()
