"""`kentongan server keys …`: change the keys shared with the police or 112 while everything runs."""

from collections.abc import Callable
from typing import Annotated, Any, Literal, NoReturn

import typer

Who = Annotated[Literal["police", "emergency"], typer.Option("--recipient", help="Whose keys")]
Name = Annotated[str, typer.Argument(help="The key's name, the same on both sides")]


def keys_command(
    ring_of: Callable[[str], Any], now: Callable[[], Any], refusal: type[Exception], give_up: Callable[[str], NoReturn]
) -> typer.Typer:
    """The verbs over the ring that `ring_of` opens for a recipient."""
    verbs = typer.Typer(help="The keys shared with those who answer: add, activate, retire.", no_args_is_help=True)

    def attempt(what: Callable[[], Any]) -> Any:
        try:
            return what()
        except refusal as error:
            give_up(str(error))

    @verbs.command("list")
    def list_keys(recipient: Who = "police") -> None:
        """Show the keys, never their secrets."""
        for key, active in attempt(lambda: ring_of(recipient).keys):
            typer.echo(f"{'active  ' if active else 'accepted'}  {key.name}  {key.added_at}")

    @verbs.command()
    def add(
        name: Name,
        recipient: Who = "police",
        secret: Annotated[str | None, typer.Option(help="The other side's secret; without it one is made")] = None,
    ) -> None:
        """Accept one more key, and print its secret for the other side."""
        typer.echo(attempt(lambda: ring_of(recipient).add(name, now(), secret)))

    @verbs.command()
    def activate(name: Name, recipient: Who = "police") -> None:
        """Sign with this key from now on. The other side must accept it already."""
        attempt(lambda: ring_of(recipient).activate(name))
        typer.echo(f"{name} is active. When the other side signs with it too, retire the old one.")

    @verbs.command()
    def retire(name: Name, recipient: Who = "police") -> None:
        """Believe this key no longer."""
        attempt(lambda: ring_of(recipient).retire(name))
        typer.echo(f"{name} is retired.")

    return verbs
