"""The server's commands: run it, install a city, make its keys."""

import gc
import logging
import os
import secrets
import sys
from pathlib import Path
from typing import Annotated

import structlog
import typer

from kentongan_server import node_commands, people_commands, privacy_commands, record_commands
from kentongan_server.command_setup import database, give_up, settings
from kentongan_server.domain.errors import KentonganError
from kentongan_server.inbound.cli.city_file import CityFileError, read_city
from kentongan_server.inbound.cli.keys import keys_command
from kentongan_server.outbound.clock.system_clock import SystemClock
from kentongan_server.outbound.police.credentials import ensure_cap_credentials
from kentongan_server.outbound.police.key_ring import KeyRing, KeyRingError
from kentongan_server.outbound.record.seal import ensure_record_key
from kentongan_server.use_cases.governing.import_rows import Verdict, What
from kentongan_server.use_cases.governing.install_city import install_city

app = typer.Typer(help="The Kentongan server.", no_args_is_help=True, pretty_exceptions_enable=False)


@app.command()
def run(
    city: Annotated[Path | None, typer.Option(help="Install this city first, as install-city does")] = None,
) -> None:
    """Serve, with the settings of the environment (KENTONGAN_*)."""
    gc.disable()  # until all of that is made and frozen
    import uvicorn  # with all that follows half a second that the other commands need not wait

    from kentongan_server.bootstrap import create_app
    from kentongan_server.key_files import SettingsError

    found = settings()
    if city is not None:
        install_city_command(city)
    _log_as_json()
    try:
        server = create_app(found)
    except (SettingsError, OSError, ValueError) as error:
        give_up(str(error))
    config = uvicorn.Config(
        server,
        host=found.http_host,
        port=found.http_port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=2,
        server_header=False,
    )
    gc.freeze()  # the application's objects live as long as it: no collection need look at them again, and not now either
    gc.enable()
    gc.set_threshold(50_000, 20, 20)  # else a city's commands and answers set off one long stop after the other
    uvicorn.Server(config).run()


@app.command("install-city")
def install_city_command(city_file: Annotated[Path, typer.Argument(help="The city as JSON")]) -> None:
    """Make regions, nodes and people be as the file says; repeating it changes nothing."""
    import asyncio

    try:
        city = read_city(city_file.read_bytes())
    except OSError as error:
        give_up(f"The city file {city_file} cannot be read: {error.strerror}.")
    except CityFileError as error:
        give_up(f"The city file {city_file} cannot be used: {error}")
    with database() as transactions:
        try:
            asyncio.run(transactions.run(lambda uow: install_city(uow, city)))
        except KentonganError as error:
            give_up(f"The city file {city_file} cannot be used: {error}")
    typer.echo(f"{len(city.regions)} regions, {len(city.nodes)} nodes and {len(city.people)} people are installed.")


@app.command("import")
def import_command(
    what: What,
    file: Annotated[Path, typer.Argument(help="CSV or GeoJSON")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be, and keep nothing")] = False,
    all_or_nothing: Annotated[bool, typer.Option("--all-or-nothing", help="Keep nothing if a row is refused")] = False,
    by: Annotated[str | None, typer.Option(help="Who answers for what the file confirms")] = None,
    report: Annotated[Path | None, typer.Option(help="Write every row's outcome here, as CSV")] = None,
) -> None:
    """Take regions, adjacencies, sites, kentongan or cameras from a file; repeating it changes nothing."""
    import asyncio

    from rich.console import Console

    from kentongan_server.inbound.cli import import_report
    from kentongan_server.inbound.imports.raw import ImportFileError
    from kentongan_server.inbound.imports.rows import read_rows
    from kentongan_server.inbound.imports.run import take_file

    try:
        rows, ignored = read_rows(what, file.read_bytes())
    except OSError as error:
        give_up(f"The file {file} cannot be read: {error.strerror}.")
    except ImportFileError as error:
        give_up(f"The file {file} cannot be used: {error}")
    with database() as transactions, import_report.progress_bar(what, len(rows)) as progress:
        taking = take_file(
            transactions,
            what,
            rows,
            ignored,
            by,
            dry_run=dry_run,
            all_or_nothing=all_or_nothing,
            progress=progress,
        )
        found = asyncio.run(taking)
    import_report.say(found, Console(highlight=False))
    if report is not None:
        try:
            import_report.write(found, report)
        except OSError as error:
            give_up(f"The report {report} cannot be written: {error.strerror}.")
    if found.count(Verdict.REFUSED):
        raise typer.Exit(1)


@app.command("home-assistant")
def home_assistant_command(
    region: Annotated[str, typer.Argument(help="The RT, as 33.74.12.1001/RW03/RT02")],
    bridge: Annotated[str | None, typer.Option(help="Print the household's bridge instead, for this reader")] = None,
) -> None:
    """Print the RT's kentongan as Home Assistant discovers them: one `topic payload` a line, to be retained at home."""
    import asyncio
    import json

    from kentongan_server.inbound.http.home import shown_of
    from kentongan_server.outbound.mqtt.home_assistant import HomeAssistantView

    with database() as transactions:
        try:
            shown = asyncio.run(transactions.read(lambda uow: shown_of(uow, region)))
        except KentonganError as error:
            give_up(str(error))
    view = HomeAssistantView()
    if bridge is not None:
        typer.echo(view.bridge(shown, bridge), nl=False)
        return
    for document in view.documents(shown):
        typer.echo(f"{document.topic} {json.dumps(document.payload, ensure_ascii=False)}")


@app.command("make-city")
def make_city_command(
    folder: Annotated[Path, typer.Argument(help="Where the files go")],
    seed: Annotated[int, typer.Option(help="Another seed makes another city")] = 1,
    rts: Annotated[int, typer.Option(min=1, max=100_000, help="How many RTs")] = 10_628,
) -> None:
    """Write a made-up Semarang as files to import: every kecamatan, and all below it in the real numbers."""
    from kentongan_server.inbound.cli.made_up_city import levels, make_city, write_city

    city = make_city(seed, rts)
    try:
        written = write_city(city, folder)
    except OSError as error:
        give_up(f"The folder {folder} cannot be written: {error.strerror}.")
    counts = ", ".join(f"{count:,} {level}" for level, count in levels(city).items())
    households = sum(row.get("households", 0) for row in city.regions)
    typer.echo(f"{counts}; {households:,} households, {len(city.cameras):,} cameras. Import them in this order:")
    for what, path in written.items():
        typer.echo(f"  ./kentongan server import {what} {path}")


app.add_typer(record_commands.audit, name="audit")
app.command("backup")(record_commands.backup)
app.command("raise-counters")(record_commands.raise_counters)
app.add_typer(privacy_commands.privacy, name="privacy")
app.add_typer(people_commands.people, name="people")
app.command("issue-node")(node_commands.issue_node)


@app.command("make-keys")
def make_keys() -> None:
    """Make the master key, the record's and the CAP key pair where the settings say, unless they are there already."""
    found = settings()
    path = found.master_key_file
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32) + "\n")
    if found.cap_key_file and found.cap_cert_file:
        ensure_cap_credentials(found.cap_key_file, found.cap_cert_file, name="Kentongan", now=SystemClock().now())
    if found.vapid_key_file and not found.vapid_key_file.exists():
        from kentongan_server.outbound.notify.web_push import make_vapid_key  # aiohttp comes with it: slow to import

        make_vapid_key(found.vapid_key_file)
    ensure_record_key(found.record_key_file)
    typer.echo(f"The keys are in {path.parent}.")


def _log_as_json() -> None:
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
    )


def _ring_of(recipient: str) -> KeyRing:
    current = settings()
    file = current.police_keys_file if recipient == "police" else current.emergency_keys_file
    if file is None:
        give_up(f"Name the key file first: KENTONGAN_{recipient.upper()}_KEYS_FILE.")
    return KeyRing(file)


app.add_typer(keys_command(_ring_of, SystemClock().now, KeyRingError, give_up), name="keys")
