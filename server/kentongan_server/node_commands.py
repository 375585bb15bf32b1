"""`server issue-node`: the files that a kentongan needs before it leaves the workshop."""

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from kentongan_server.command_setup import give_up, settings
from kentongan_server.key_files import SettingsError, master_key
from kentongan_server.outbound.mqtt.credentials import issue


def issue_node(
    node: Annotated[str, typer.Argument(help="The kentongan's name.")],
    rt: Annotated[str, typer.Option(help="The code of its RT.")],
    into: Annotated[Path, typer.Option(help="Where the files go; readable by you alone.")],
    logins: Annotated[Path | None, typer.Option(help="The broker's logins.json, for the node's password.")] = None,
    host: Annotated[str | None, typer.Option(help="The broker's address.")] = None,
    epoch: Annotated[int, typer.Option(min=1, help="The epoch of the keys.")] = 1,
) -> None:
    """Write NODE.json for the technician, NODE.claim.json for the board and NODE.svg, the QR for the box."""
    import segno

    try:
        found = issue(master_key(settings().master_key_file), node, rt, _password(logins, node), epoch)
        wanted = found.settings | ({} if host is None else {"host": host})
        into.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(into / f"{node}.json", json.dumps(wanted, indent=2))
        _write(into / f"{node}.claim.json", json.dumps(found.claim))
        _write(into / f"{node}.svg", segno.make(found.code, error="m").svg_inline(scale=6))
    except OSError as error:
        give_up(f"The files cannot be written to {into}: {error.strerror}.")
    except (SettingsError, ValueError) as error:
        give_up(str(error))
    typer.echo(f"Code of the box: {found.code}\nIts access point: password {found.claim['ap_password']}")
    typer.echo(f"Board: mpremote cp {into / node}.claim.json :claim.json + reset")
    typer.echo(f"Its certificate: ./kentongan broker certify {into / node} --authority AUTHORITY --node {node}")
    typer.echo(f"Then:  ./kentongan node claim --port PORT --settings {into / node}.json")


def _password(logins: Path | None, node: str) -> str | None:
    if logins is None:
        return None
    try:
        password = json.loads(logins.read_text(encoding="utf-8"))[node]
    except OSError as error:
        raise ValueError(f"The file {logins} cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f"The file {logins} has no password for {node}; render the broker with a city that has it."
        ) from error
    return str(password)


def _write(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text + "\n")
