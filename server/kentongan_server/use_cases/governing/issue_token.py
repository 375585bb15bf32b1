"""Access tokens for programs: named, with scopes, expiring, revocable; told once."""

from dataclasses import dataclass, replace
from datetime import timedelta

from kentongan_server.domain.access import LONGEST_TOKEN, AccessToken, Caller, scopes_of
from kentongan_server.domain.errors import InvalidError, RefusedError, UnknownError
from kentongan_server.domain.events import Noted
from kentongan_server.ports.secret_maker import SecretMaker
from kentongan_server.ports.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Issued:
    """An access token and its text, which is never seen again."""

    token: AccessToken
    text: str


def issue_token(
    uow: UnitOfWork, maker: SecretMaker, caller: Caller, name: str, scopes: frozenset[str], lasts: timedelta
) -> Issued:
    """A token for the caller's own use; RefusedError for scopes beyond their roles."""
    if caller.session is None:
        raise RefusedError("Only a signed-in person makes access tokens; sign in first.")
    if not scopes or not timedelta(0) < lasts <= LONGEST_TOKEN:
        raise InvalidError(f"A token needs a scope, and lasts from one to {LONGEST_TOKEN.days} days.")
    beyond = scopes - scopes_of(caller.person)
    if beyond:
        raise RefusedError(
            f"Your roles have {', '.join(sorted(scopes_of(caller.person)))}, and not all that you ask for."
        )
    now, text = uow.now(), maker.token()
    token = AccessToken(
        uow.new_id(), caller.person.id, name, maker.fingerprint(text), scopes, now, now + lasts, proven=caller.proven
    )
    uow.access.put_token(token)
    facts = {"token": token.id, "scopes": sorted(scopes)}
    uow.happened(Noted(actor=caller.person.id, what="token_issued", data=facts))
    return Issued(token, text)


def revoke_token(uow: UnitOfWork, person_id: str, token_id: str) -> None:
    """End one of one's own tokens; repeating changes nothing."""
    for token in uow.access.tokens_of(person_id):
        if token.id == token_id:
            if token.revoked_at is None:
                uow.access.put_token(replace(token, revoked_at=uow.now()))
                uow.happened(Noted(actor=person_id, what="token_revoked", data={"token": token_id}))
            return
    raise UnknownError("You have no such token.")
