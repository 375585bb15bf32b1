"""`python -m kentongan_command_centre run`."""

from pathlib import Path

import typer
from pydantic import ValidationError

from kentongan_command_centre.settings import Settings

program = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Pusat Komando (acuan) - reference command centre."
)


@program.callback()
def about() -> None:
    """Pusat Komando (acuan) - the reference police inbox of Kentongan."""


@program.command()
def run() -> None:
    """Take incidents and answer them until stopped. Settings come from KENTONGAN_CENTRE_* in the environment."""
    try:
        settings = Settings()
    except ValidationError as error:
        for problem in error.errors(include_input=False, include_url=False):
            name = "_".join(str(part) for part in problem["loc"]).upper()
            typer.echo(f"KENTONGAN_CENTRE_{name}: {problem['msg']}", err=True)
        raise typer.Exit(2) from None
    from kentongan_command_centre.process import StartError, serve  # the web stack is slow to import

    try:
        serve(settings)
    except StartError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


if __name__ == "__main__":
    program(prog_name=f"python -m {Path(__file__).parent.name}")
