"""The commands of whoever answers for the record: check it."""

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer

from kentongan_server.command_setup import database, give_up, settings
from kentongan_server.outbound.database.backup import back_up
from kentongan_server.outbound.database.engine import DatabaseError
from kentongan_server.outbound.record.checkpoint_file import CheckpointFile
from kentongan_server.outbound.record.seal import Ed25519Seal, public_file, read_public
from kentongan_server.use_cases.governing.verify_record import check_receipt, verify_record
from kentongan_server.use_cases.supervising.raise_counters import raise_counters as raise_all_counters

audit = typer.Typer(help="Check that nobody has touched the record.", no_args_is_help=True)

KeyFile = Annotated[Path | None, typer.Option("--key", help="The file of public keys, one a line")]


@audit.command("verify")
def verify(
    key: KeyFile = None,
    checkpoints: Annotated[Path | None, typer.Option(help="Another copy of the checkpoint file")] = None,
) -> None:
    """Check every entry and every checkpoint; names the first bad one and ends with status 1."""
    seal = _seal(key)
    file = checkpoints or settings().checkpoint_file
    if not file.exists():
        give_up(f"The checkpoint file {file} is not there; without it a cut end of the record cannot be found.")
    elsewhere = CheckpointFile(file).all()
    with database() as transactions:
        found = asyncio.run(transactions.read(lambda uow: verify_record(uow, seal, elsewhere)))
    typer.echo(f"{found.entries} entries, {found.checkpoints} checkpoints; signed up to entry {found.covered}.")
    if found.first is not None:
        typer.echo(f"Entry {found.first.seq} {found.first.what}. Faults: {len(found.faults)}.", err=True)
        raise typer.Exit(1)
    if found.newest > found.covered:
        typer.echo(f"Entries {found.covered + 1} to {found.newest} are chained, but not yet under a checkpoint.")
    typer.echo("Nobody has touched the record.")


@audit.command("verify-receipt")
def verify_receipt(receipt: Annotated[Path, typer.Argument(help="The receipt as JSON")], key: KeyFile = None) -> None:
    """Check a reporter's receipt; needs the public key, not the server."""
    try:
        text = json.loads(receipt.read_bytes())
    except (OSError, ValueError) as error:
        give_up(f"The receipt {receipt} cannot be read: {error}")
    fault = check_receipt(text, _seal(key))
    if fault is not None:
        typer.echo(f"The receipt is not good: {fault.what}.", err=True)
        raise typer.Exit(1)
    typer.echo(f"Entry {text['entry']['seq']} is in the record as the receipt says.")


def backup(file: Annotated[Path, typer.Argument(help="The copy to write; it must not be there yet")]) -> None:
    """Copy the record while the server runs (SQLite; for PostgreSQL use pg_dump)."""
    try:
        back_up(settings().database_url, file)
    except (DatabaseError, OSError) as error:
        give_up(str(error))
    typer.echo(f"The record is copied to {file}.")


def raise_counters() -> None:
    """After a copy was brought back: make kentongan obey again at once, by counters above all that they have seen."""
    with database() as transactions:
        raised = asyncio.run(transactions.run(raise_all_counters))
    typer.echo(f"The command counters of {raised} nodes are above all that they can have seen.")


def _seal(key: Path | None) -> Ed25519Seal:
    path = key or public_file(settings().record_key_file)
    try:
        return Ed25519Seal(read_public(path))
    except (OSError, ValueError) as error:
        give_up(f"The public keys cannot be used: {error}. Say which to trust: --key, or KENTONGAN_RECORD_KEY_FILE.")
