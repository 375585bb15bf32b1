"""The server's commands: run it, install a city, make its keys."""

import logging
import os
import secrets
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import structlog
import typer
from pydantic import ValidationError

from kentongan_server.domain.errors import KentonganError
from kentongan_server.inbound.cli.city_file import CityFileError, read_city
from kentongan_server.outbound.clock.system_clock import SystemClock, UlidIdentifiers
from kentongan_server.outbound.police.credentials import ensure_cap_credentials
from kentongan_server.settings import Settings
from kentongan_server.use_cases.governing.install_city import install_city

app = typer.Typer(help="The Kentongan server.", no_args_is_help=True, pretty_exceptions_enable=False)


@app.command()
def run(
    city: Annotated[Path | None, typer.Option(help="Install this city first, as install-city does")] = None,
) -> None:
    """Serve, with the settings of the environment (KENTONGAN_*)."""
    import uvicorn  # with all that follows half a second that the other commands need not wait

    from kentongan_server.bootstrap import SettingsError, create_app

    settings = _settings()
    if city is not None:
        install_city_command(city)
    _log_as_json()
    try:
        server = create_app(settings)
    except (SettingsError, OSError, ValueError) as error:
        _give_up(str(error))
    config = uvicorn.Config(
        server,
        host=settings.http_host,
        port=settings.http_port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=2,
        server_header=False,
    )
    uvicorn.Server(config).run()


@app.command("install-city")
def install_city_command(city_file: Annotated[Path, typer.Argument(help="The city as JSON")]) -> None:
    """Make regions, nodes and people be as the file says; repeating it changes nothing."""
    import asyncio

    from kentongan_server.bootstrap import listeners
    from kentongan_server.outbound.database.engine import migrate, open_database
    from kentongan_server.outbound.database.transactions import DatabaseTransactions

    settings = _settings()
    try:
        city = read_city(city_file.read_bytes())
    except OSError as error:
        _give_up(f"The city file {city_file} cannot be read: {error.strerror}.")
    except CityFileError as error:
        _give_up(f"The city file {city_file} cannot be used: {error}")
    engine = open_database(settings.database_url)
    migrate(engine)
    transactions = DatabaseTransactions(engine, SystemClock(), UlidIdentifiers(), listeners())
    try:
        asyncio.run(transactions.run(lambda uow: install_city(uow, city)))
    except KentonganError as error:
        _give_up(f"The city file {city_file} cannot be used: {error}")
    finally:
        transactions.close()
    typer.echo(f"{len(city.regions)} regions, {len(city.nodes)} nodes and {len(city.people)} people are installed.")


@app.command("make-keys")
def make_keys() -> None:
    """Make the master key and the CAP key pair where the settings say, unless they are there already."""
    settings = _settings()
    path = settings.master_key_file
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32) + "\n")
    if settings.cap_key_file and settings.cap_cert_file:
        ensure_cap_credentials(settings.cap_key_file, settings.cap_cert_file, name="Kentongan", now=SystemClock().now())
    typer.echo(f"The keys are in {path.parent}.")


def _settings() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        _give_up("; ".join(f"KENTONGAN_{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors()))


def _give_up(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(2)


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
