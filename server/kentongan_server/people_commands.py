"""The commands of whoever owns the machine: the first administrator, roles, a lost second factor or password."""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, TypeVar

import typer

from kentongan_server.command_setup import database, give_up, settings
from kentongan_server.domain.errors import KentonganError, UnknownError
from kentongan_server.domain.events import Noted
from kentongan_server.domain.granting import Grant, assert_fits_level
from kentongan_server.domain.people import Membership, Role
from kentongan_server.ports.secret_hasher import SecretHasher
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.governing.reset_access import THE_MACHINE, reset_password, reset_second_factor
from kentongan_server.use_cases.governing.sign_in import login_name, set_login

Result = TypeVar("Result")

people = typer.Typer(help="The first administrator, roles, lost second factors and passwords.", no_args_is_help=True)


@people.command("make-admin")
def make_admin(
    name: Annotated[str, typer.Argument(help="The person's name")],
    email: Annotated[str, typer.Argument(help="The address to sign in with")],
    region: Annotated[str | None, typer.Option(help="Without it the whole city")] = None,
) -> None:
    """Make an administrator with a password that is shown once; the second factor is enrolled at the first sign-in."""
    hasher, password = _hasher(), _a_password()

    def make(uow: UnitOfWork) -> str:
        if uow.access.login_by_name(login_name(email)) is not None:
            raise UnknownError(f"{email} is somebody's already; give them the role with: server people grant.")
        person = uow.new_id()
        uow.people.add_person(person, name)
        _give(uow, person, Role.CITY_ADMIN, region)
        return person

    person = _do(make)
    with database() as transactions:
        asyncio.run(set_login(transactions, hasher, person, None, email, password, one_time=True))
    typer.echo(f"{name} is {person}. Sign in as {email} with this password, then choose another:\n{password}")


@people.command("grant")
def grant(
    person: Annotated[str, typer.Argument(help="The person's id")],
    role: Annotated[Role, typer.Argument(help="The role")],
    region: Annotated[str | None, typer.Argument(help="The region's code; without it the whole city")] = None,
) -> None:
    """Give somebody a role, as the machine's owner; the record says so."""
    made = _do(lambda uow: _give(uow, person, role, region))
    typer.echo(f"{person} is {role} now. To take it back: ./kentongan server people revoke {made.id}")


@people.command("revoke")
def revoke(grant_id: Annotated[str, typer.Argument(help="The grant's id")]) -> None:
    """Take a role back at once."""
    _do(lambda uow: _take_back(uow, grant_id))
    typer.echo("It is taken back.")


@people.command("reset-second-factor")
def reset(person: Annotated[str, typer.Argument(help="The person's id, or what they sign in with")]) -> None:
    """For a lost phone: they are signed out everywhere, told of it, and enrol anew at the next sign-in."""

    def job(uow: UnitOfWork) -> None:
        login = uow.access.login_by_name(login_name(person))
        found = uow.people.person(login.person if login else person, uow.now())
        if found is None:
            raise UnknownError(f"{person} is nobody here.")
        reset_second_factor(uow, found.id, THE_MACHINE)

    _do(job)
    typer.echo("They are signed out, and enrol anew at the next sign-in.")


@people.command("reset-password")
def reset_their_password(
    person: Annotated[str, typer.Argument(help="What they sign in with, or the person's id")],
) -> None:
    """For a forgotten password: they are signed out everywhere, told of it, and come in once with one that is shown here."""
    hasher, password = _hasher(), _a_password()
    with database() as transactions:
        try:
            asyncio.run(reset_password(transactions, hasher, person, password, THE_MACHINE))
        except KentonganError as error:
            give_up(str(error))
    typer.echo(f"They are signed out, and come in once with this password, then choose another:\n{password}")


def _hasher() -> SecretHasher:
    from kentongan_server.key_files import SettingsError, password_hasher  # slow to import, and few need it

    try:
        return password_hasher(settings())
    except SettingsError as error:
        give_up(str(error))


def _a_password() -> str:
    return "-".join(secrets.token_hex(3) for _ in range(4))


def _do(job: Callable[[UnitOfWork], Result]) -> Result:
    """One unit of work; what it refuses is said in its own sentence."""
    with database() as transactions:
        try:
            return asyncio.run(transactions.run(job))
        except KentonganError as error:
            give_up(str(error))


def _give(uow: UnitOfWork, person: str, role: Role, region: str | None) -> Grant:
    """Nobody in the city gave this role, so nobody is named as its grantor; the record names the command line."""
    now = uow.now()
    assert_fits_level(role, region)
    if uow.people.person(person, now) is None:
        raise UnknownError(f"{person} is nobody here.")
    if region is not None and uow.places.region(region) is None:
        raise UnknownError(f"{region} is no region of the city; install it first.")
    made = Grant(uow.new_id(), person, Membership(role, region, True, now), None, now)
    uow.people.add_grant(made)
    facts = {"grant": made.id, "person": person, "role": role, "region": region}
    uow.happened(Noted(actor=THE_MACHINE, what="role_granted", data=facts))
    return made


def _take_back(uow: UnitOfWork, grant_id: str) -> None:
    held = uow.people.grant(grant_id)
    if held is None:
        raise UnknownError(f"There is no grant {grant_id}.")
    uow.people.set_grant(replace(held, revoked_at=uow.now()))
    uow.happened(Noted(actor=THE_MACHINE, what="role_revoked", data={"grant": grant_id, "person": held.person}))
