"""What every command needs first: the settings, the record, and a way to give up with a sentence."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer
from pydantic import ValidationError

from kentongan_server.outbound.clock.system_clock import SystemClock, UlidIdentifiers
from kentongan_server.ports.unit_of_work import Transactions
from kentongan_server.settings import Settings


@contextmanager
def database() -> Iterator[Transactions]:
    """The record, brought to this version, for one command."""
    from kentongan_server.outbound.database.engine import DatabaseError, migrate, open_database
    from kentongan_server.outbound.database.transactions import DatabaseTransactions
    from kentongan_server.stages import listeners

    try:
        engine = open_database(settings().database_url)
        migrate(engine)
    except DatabaseError as error:
        give_up(str(error))
    transactions = DatabaseTransactions(engine, SystemClock(), UlidIdentifiers(), listeners())
    try:
        yield transactions
    finally:
        transactions.close()


def settings() -> Settings:
    """The settings of the environment, or the end with a sentence."""
    try:
        return Settings()
    except ValidationError as error:
        give_up("; ".join(f"KENTONGAN_{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors()))


def give_up(sentence: str) -> NoReturn:
    """Say why and end with status 2."""
    typer.echo(sentence, err=True)
    raise typer.Exit(2)
