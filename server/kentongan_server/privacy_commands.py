"""The commands of whoever answers for personal data: tell, erase, retain, and say whom a leak concerns."""

import asyncio
import csv
import sys
from pathlib import Path
from typing import Annotated

import typer

from kentongan_server.command_setup import database, give_up
from kentongan_server.domain.errors import KentonganError
from kentongan_server.inbound.cli.personal_file import CATEGORIES, write_personal_file
from kentongan_server.inbound.clock.nightly import retain
from kentongan_server.use_cases.governing.erase_person import erase_person, tell_person

privacy = typer.Typer(help="Personal data: tell, erase, retain, breach.", no_args_is_help=True)


@privacy.command("export")
def export(
    person: Annotated[str, typer.Argument(help="The person's id")],
    file: Annotated[Path, typer.Argument(help="The zip to write")],
) -> None:
    """Write everything about one person: JSON for a machine, a page in Bahasa Indonesia for them."""
    with database() as transactions:
        try:
            found = asyncio.run(transactions.read(lambda uow: tell_person(uow, person)))
            write_personal_file(found, file)
        except (KentonganError, OSError) as error:
            give_up(str(error))
    typer.echo(f"{sum(len(rows) for rows in found['data'].values())} items are in {file}.")


@privacy.command("erase")
def erase(
    person: Annotated[str, typer.Argument(help="The person's id")],
    by: Annotated[str, typer.Option(help="Who answers for the erasure")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask")] = False,
) -> None:
    """Erase one person. What must stay stays, and is said; the record's chain stays whole."""
    if not yes:
        typer.confirm(f"Erase everything about {person}? This cannot be undone", abort=True)
    with database() as transactions:
        try:
            done = asyncio.run(transactions.run(lambda uow: erase_person(uow, person, by)))
        except KentonganError as error:
            give_up(str(error))
    for category, count in done["removed"].items():
        typer.echo(f"removed: {category} {count}")
    for kept in done["kept"]:
        typer.echo(f"kept: {kept['what']}: {kept['why']}")


@privacy.command("retain")
def retain_command() -> None:
    """Do now what the server does every night: let go of what is older than its rule allows."""
    with database() as transactions:
        done = asyncio.run(retain(transactions))
    typer.echo(", ".join(f"{data} {count}" for data, count in done.items()) or "Nothing is older than it may be.")


@privacy.command("breach")
def breach(
    category: Annotated[list[str], typer.Option(help=f"What leaked: {', '.join(CATEGORIES)}; repeat for several")],
    region: Annotated[str | None, typer.Option(help="Only people of this region or below it")] = None,
) -> None:
    """List who is concerned by a leak, as CSV: persons and which of their data. See docs/security/breach.md."""
    unknown = sorted(set(category) - set(CATEGORIES))
    if unknown:
        give_up(f"There is no category {', '.join(unknown)}; there are {', '.join(CATEGORIES)}.")
    with database() as transactions:
        found = asyncio.run(transactions.read(lambda uow: uow.personal.affected(category, region)))
    rows = csv.writer(sys.stdout)
    rows.writerow(["person", *sorted(set(category))])
    for person, held in sorted(found.items()):
        rows.writerow([person, *("yes" if one in held else "" for one in sorted(set(category)))])
