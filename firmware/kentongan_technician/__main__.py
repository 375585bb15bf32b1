"""`./kentongan node claim | configure | show --port …`"""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from kentongan_technician.conversation import Conversation, TechnicianError

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)

Port = Annotated[str, typer.Option(help="The kentongan's port, as /dev/ttyACM0.")]
SettingsFile = Annotated[Path, typer.Option("--settings", help="The settings as JSON, from `server node-credentials`.")]
KeyFile = Annotated[Path, typer.Option("--credentials", help="The file of this very kentongan, for its key.")]


@app.command()
def claim(
    port: Port,
    code: Annotated[str, typer.Option(help="The code on the box.", prompt=True)],
    settings: SettingsFile,
) -> None:
    """Claim a new kentongan with the code of its box and settle it; the code works once."""
    wanted = _json(settings)
    with Conversation(port) as line:
        line.ask("claim", code=code)
        seen = line.ask("hello")["version"]
        version = line.ask("configure", version=seen, settings=wanted)["version"]
    typer.echo(f"Claimed as {wanted.get('node')}; settings version {version}. It restarts by itself.")


@app.command()
def configure(port: Port, settings: SettingsFile, credentials: KeyFile) -> None:
    """Change settings of a settled kentongan; null takes one away, what is not named stays."""
    wanted = _json(settings)
    with Conversation(port) as line:
        line.ask("claim", key=_json(credentials).get("key"))
        seen = line.ask("hello")["version"]
        version = line.ask("configure", version=seen, settings=wanted)["version"]
    typer.echo(f"Settings version {version}. It restarts by itself.")


@app.command()
def show(
    port: Port,
    credentials: Annotated[
        Path | None, typer.Option(help="The file of this kentongan; without it only its name.")
    ] = None,
) -> None:
    """Who hangs on the cable, and with which settings; secrets are never shown."""
    with Conversation(port) as line:
        found = dict(line.ask("hello"))
        if credentials is not None:
            line.ask("claim", key=_json(credentials).get("key"))
            found |= line.ask("show")
    found.pop("ok")
    typer.echo(json.dumps(found, indent=2))


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise TechnicianError(f"The file {path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise TechnicianError(f"The file {path} is not JSON: {error}.") from error
    if not isinstance(found, dict):
        raise TechnicianError(f"The file {path} must hold one JSON object.")
    return found


if __name__ == "__main__":
    try:
        app()
    except TechnicianError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
