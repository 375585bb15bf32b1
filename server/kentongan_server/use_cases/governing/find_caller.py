"""Who calls with this token: a session's, an issued one's, or the one installed with the city."""

from dataclasses import replace

from kentongan_server.domain.access import Caller, as_proven
from kentongan_server.ports.unit_of_work import UnitOfWork


def caller_by_session(uow: UnitOfWork, token_hash: str) -> Caller | None:
    """The person whose open session this is."""
    now = uow.now()
    session = uow.access.session(token_hash, now)
    person = None if session is None else uow.people.person(session.person, now)
    if session is None or person is None:
        return None
    login = uow.access.login(person.id)
    if login is not None and login.one_time:
        # Somebody else has seen this password: until it is changed only the panic button works, as for a newcomer.
        person = replace(person, memberships=())
    return Caller(as_proven(person, proven=session.proven), session=session.id, proven=session.proven)


def caller_by_token(uow: UnitOfWork, token_hash: str) -> Caller | None:
    """The person for whom this access token speaks."""
    now = uow.now()
    installed = uow.people.bearer(token_hash, now)
    if installed is not None:
        return Caller(installed)
    token = uow.access.token(token_hash)
    person = None if token is None or not token.opens(now) else uow.people.person(token.person, now)
    if token is None or person is None:
        return None
    return Caller(as_proven(person, proven=token.proven), scopes=token.scopes, proven=token.proven)
