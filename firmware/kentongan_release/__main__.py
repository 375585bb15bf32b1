"""`./kentongan firmware make-key | release`"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from kentongan_release.bundle import ReleaseError, load_key, make_key, public_of
from kentongan_release.bundle import release as make_release

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)

Key = Annotated[Path, typer.Option(help="The private key of the releases; keep it off every server.")]


@app.command("make-key")
def make_key_command(key: Key) -> None:
    """Make the key that signs releases; its public half is the kentongan's setting update_key."""
    try:
        public = make_key(key)
    except FileExistsError as error:
        raise ReleaseError(f"The file {key} is there already; a lost key could never be made again.") from error
    except OSError as error:
        raise ReleaseError(f"The key {key} cannot be written: {error.strerror}.") from error
    typer.echo(f'"update_key": "{public}"')


@app.command()
def release(
    key: Key,
    sequence: Annotated[int, typer.Option(min=1, help="Higher than that of every release before.")],
    version: Annotated[str, typer.Option(help="What people call it.")],
    into: Annotated[Path, typer.Option(help="A new folder; serve it as it is.")],
) -> None:
    """Compile the node for every chip, list every file with its hash, and sign the lists."""
    private = load_key(key)
    for folder in make_release(private, sequence, version, into):
        files = [path for path in (folder / "files").rglob("*") if path.is_file()]
        size = sum(path.stat().st_size for path in files)
        typer.echo(
            f"{folder}: {len(files)} files, {size / 1024:.0f} KiB, sequence {sequence}, signed by {public_of(private)[:16]}…"
        )


if __name__ == "__main__":
    try:
        app()
    except ReleaseError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
