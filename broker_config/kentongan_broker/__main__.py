"""`python -m kentongan_broker`: render a broker's folder, run a broker there, or be the embedded one."""

import asyncio
import json
import logging
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from kentongan_broker.authority import (
    REVOKED,
    certify_broker,
    certify_node,
    make_authority,
    open_authority,
    revoke_node,
)
from kentongan_broker.config import Tls, render
from kentongan_broker.enrolment import enrol
from kentongan_broker.errors import BrokerError
from kentongan_broker.process import BUSY, Kind, start

app = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__)

City = Annotated[Path, typer.Argument(help="The city file: its regions and their nodes.", exists=True)]
Folder = Annotated[Path, typer.Argument(help="Where the broker's files go; readable by you alone.")]
AuthorityFolder = Annotated[Path, typer.Argument(help="The authority's folder; readable by you alone.")]
Host = Annotated[str, typer.Option(help="The address to listen on.")]
Port = Annotated[int, typer.Option(help="The port to listen on.")]


@app.command(name="render")
def render_command(
    city: City,
    folder: Folder,
    host: Host = "127.0.0.1",
    port: Port = 1883,
    certificates: Annotated[Path | None, typer.Option(help="Listen on 8883 with these too, made by certify.")] = None,
    tls_port: Annotated[int, typer.Option(help="The port of mutual TLS.")] = 8883,
) -> None:
    """Write mosquitto.conf, acl and passwords for a city; logins.json keeps every password for the devices."""
    enrolment = enrol(json.loads(city.read_text(encoding="utf-8")), folder / "logins.json")
    tls = None if certificates is None else Tls(certificates, tls_port)
    typer.echo(render(folder, enrolment, port, host, tls=tls))


@app.command(name="make-authority")
def make_authority_command(authority: AuthorityFolder) -> None:
    """Make the city's certificate authority, once. Keep a copy of the folder, off line."""
    make_authority(authority)
    typer.echo(f"{authority} can certify the broker and nodes now.")


@app.command()
def certify(
    folder: Annotated[Path, typer.Argument(help="Where the files go; for a node, to be copied to its board.")],
    authority: Annotated[Path, typer.Option(help="The authority's folder.")],
    node: Annotated[str, typer.Option(help="The node's name; without it, the broker is certified.")] = "",
    host: Annotated[list[str] | None, typer.Option(help="A name or address of the broker; may be repeated.")] = None,
) -> None:
    """Write the broker's pair (with --host), or a node's three files (with --node)."""
    found = open_authority(authority)
    if node:
        certify_node(found, node, folder)
        typer.echo(f"To the board: mpremote cp {folder}/ca.der {folder}/node.crt.der {folder}/node.key.der :/")
    else:
        certify_broker(found, folder, host or [])
        typer.echo(f"Now: ./kentongan broker render CITY FOLDER --certificates {folder}")


@app.command()
def revoke(
    node: Annotated[str, typer.Argument(help="The node whose certificate is lost.")],
    authority: Annotated[Path, typer.Option(help="The authority's folder.")],
) -> None:
    """Let a lost node's certificate open nothing any more."""
    revoke_node(open_authority(authority), node)
    typer.echo(f"Copy {authority}/{REVOKED} to the broker's certificates and restart the broker.")


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
