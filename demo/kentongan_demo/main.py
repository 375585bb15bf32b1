"""`kentongan demo`: start everything, print one URL, and tidy up at the end."""

import json
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from kentongan_broker.errors import BrokerError
from kentongan_demo.city import make_city
from kentongan_demo.processes import DemoError
from kentongan_demo.stage import Stage, free_port

MARK = ".kentongan-demo"
PORT = 8080

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def demo(
    rts: Annotated[int, typer.Option(min=1, max=2000, help="How many RTs the city has")] = 30,
    headless: Annotated[bool, typer.Option("--headless", help="Do not open a browser")] = False,
    seconds: Annotated[float | None, typer.Option("--for", min=0.0, help="End by itself after so many seconds")] = None,
    data: Annotated[
        Path | None, typer.Option(help="Where to keep the demo's files; else a folder that is removed")
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port of the page; else 8080 or a free one")
    ] = None,
) -> None:
    """A city of virtual kentongan, its server, its broker and its police, on this machine alone."""
    console = Console(highlight=False)
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: over.set())
    try:
        with _folder(data) as folder, Stage(folder, make_city(rts), _port(port, console)) as stage:
            stage.start(console.print)
            _describe(folder, stage)
            _greet(console, stage, rts)
            if not headless:
                _open_browser(console, stage.base_url)
            _wait(stage, over, seconds)
            (folder / "demo.json").unlink(missing_ok=True)
            _summarise(console, stage)
    except (DemoError, BrokerError) as error:
        print(f"The demo stopped: {error}", file=sys.stderr)
        raise typer.Exit(1) from error


@contextmanager
def _folder(data: Path | None) -> Iterator[Path]:
    if data is None:
        with tempfile.TemporaryDirectory(prefix="kentongan-demo-") as name:
            yield Path(name)
        return
    folder = data.resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        strange = [found.name for found in folder.iterdir()] if not (folder / MARK).exists() else []
        if strange:
            raise DemoError(f"{folder} holds other things ({strange[0]}, …); give --data an empty folder.")
        _assert_not_running(folder)
        for found in folder.iterdir():
            shutil.rmtree(found) if found.is_dir() else found.unlink()
        (folder / MARK).write_text("Made by kentongan demo; emptied at its next start.\n")
    except OSError as error:
        raise DemoError(
            f"The folder {folder} cannot be written ({error.strerror}); give --data another one."
        ) from error
    try:
        yield folder
    finally:
        (folder / "demo.json").unlink(missing_ok=True)


def _assert_not_running(folder: Path) -> None:
    try:
        pid = json.loads((folder / "demo.json").read_text())["pid"]
        os.kill(pid, 0)
    except (OSError, ValueError, KeyError):
        return  # no demo, or one that died
    raise DemoError(f"A demo runs in {folder} already (process {pid}); end it or give --data another folder.")


def _port(wanted: int | None, console: Console) -> int:
    if wanted is None and not _is_free(PORT):
        console.print(f"Port {PORT} is in use by another program; taking a free one.")
        return free_port()
    if wanted is not None and not _is_free(wanted):
        raise DemoError(f"Port {wanted} is in use by another program; choose another with --port.")
    return wanted or PORT


def _is_free(port: int) -> bool:
    with socket.socket() as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _describe(folder: Path, stage: Stage) -> None:
    """Write demo.json whole or not at all: scripts wait for it."""
    partial = folder / "demo.json.partial"
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(stage.description(), file, indent=2)
    partial.rename(folder / "demo.json")


def _greet(console: Console, stage: Stage, rts: int) -> None:
    city = stage.city
    console.print(
        f"[bold]{len(city.nodes)} kentongan di {rts} RT siap[/bold] · ready in {stage.took:.1f} s · {stage.broker.label}"
    )
    if stage.micropython is None:
        console.print(
            "MicroPython is not installed: every virtual kentongan runs on CPython (./kentongan test fetches it)."
        )
    else:
        console.print(
            f"{city.micropython_node} is run by a real MicroPython; {city.serial_node} hangs on {city.gateway}'s line."
        )
    console.print(
        f"\n  [bold]{stage.base_url}[/bold]\n  [bold]{stage.twin.url}[/bold]  kentongan di peramban · a kentongan in your browser\n\nTahan tombol merah 1,5 detik · Hold the red button. Ctrl-C ends the demo."
    )


def _open_browser(console: Console, url: str) -> None:
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return
    if not webbrowser.open(url):
        console.print("No browser could be opened; open the address above yourself.")


def _wait(stage: Stage, over: threading.Event, seconds: float | None) -> None:
    end = None if seconds is None else time.monotonic() + seconds
    while not over.wait(0.2):
        if end is not None and time.monotonic() >= end:
            return
        name = stage.processes.ended()
        if name is not None:
            raise DemoError(f"The {name} ended by itself: {stage.processes.why(name)}")


def _summarise(console: Console, stage: Stage) -> None:
    counts = stage.tally.counts
    table = Table(title="Ringkasan · Summary", title_justify="left", show_header=False)
    table.add_column("")
    table.add_column("", justify="right")
    for label, number in (
        ("Laporan · reports", counts["report_taken"]),
        ("Kejadian · incidents", counts["incident_opened"]),
        ("Kentongan berbunyi · soundings", stage.tally.soundings),
        ("Diteruskan ke polisi · police forwards", stage.police_forwards()),
        ("Ditahan tembok kategori · held by the firewall", counts["forward_held"]),
    ):
        table.add_row(label, str(number))
    console.print(table)
