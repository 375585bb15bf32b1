"""`python -m kentongan_broker`: render a broker's folder, run a broker there, or be the embedded one."""

import asyncio
import json
import logging
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from kentongan_broker.config import render
from kentongan_broker.enrolment import enrol
from kentongan_broker.errors import BrokerError
from kentongan_broker.process import BUSY, Kind, start

app = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__)

City = Annotated[Path, typer.Argument(help="The city file: its regions and their nodes.", exists=True)]
Folder = Annotated[Path, typer.Argument(help="Where the broker's files go; readable by you alone.")]
Host = Annotated[str, typer.Option(help="The address to listen on.")]
Port = Annotated[int, typer.Option(help="The port to listen on.")]


@app.command(name="render")
def render_command(city: City, folder: Folder, host: Host = "127.0.0.1", port: Port = 1883) -> None:
    """Write mosquitto.conf, acl and passwords for a city; logins.json keeps every password for the devices."""
    enrolment = enrol(json.loads(city.read_text(encoding="utf-8")), folder / "logins.json")
    typer.echo(render(folder, enrolment, port, host))


@app.command()
def run(
    city: City,
    folder: Folder,
    host: Host = "127.0.0.1",
    port: Port = 1883,
    kind: Annotated[str, typer.Option(help="mosquitto or amqtt; else the best there is.")] = "",
) -> None:
    """Render the folder and run a broker there until Ctrl-C."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))
    enrolment = enrol(json.loads(city.read_text(encoding="utf-8")), folder / "logins.json")
    chosen: Kind | None = "mosquitto" if kind == "mosquitto" else "amqtt" if kind == "amqtt" else None
    with start(folder, enrolment, port=port, host=host, kind=chosen) as broker:
        typer.echo(f"{broker.label} on {broker.host}:{broker.port}, log {broker.log}")
        raise BrokerError(f"{broker.label} ended by itself with code {broker.wait()}; see {broker.log}")


@app.command()
def amqtt(
    folder: Folder,
    host: Host = "127.0.0.1",
    port: Port = 1883,
    websocket_port: Annotated[int | None, typer.Option(help="A second port, for MQTT over WebSocket.")] = None,
) -> None:
    """Be the embedded broker of a rendered folder (demo only)."""
    from kentongan_broker.amqtt_broker import serve  # amqtt takes half a second to import

    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    try:
        asyncio.run(serve(folder, host, port, websocket_port))
    except OSError as problem:
        raise BrokerError(f"{BUSY}: {host}:{port}") from problem


if __name__ == "__main__":
    try:
        app(standalone_mode=True)
    except BrokerError as problem:
        sys.exit(str(problem))
