"""Who calls: a bearer token becomes a person. A found person is remembered for five seconds, so a revoked token dies soon."""

import asyncio
import hashlib
from typing import Annotated

from fastapi import Depends, Request

from kentongan_server.domain.people import Person
from kentongan_server.inbound.http.problems import Problem
from kentongan_server.ports.unit_of_work import Transactions

REMEMBERED_S = 5.0
REMEMBERED = 10_000


class Callers:
    """Finds the person behind a token."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions
        self._known: dict[str, tuple[float, Person]] = {}

    async def person(self, token: str) -> Person | None:
        """The holder of `token`, None when it is nobody's."""
        hashed = token_hash(token)
        now = asyncio.get_running_loop().time()
        known = self._known.get(hashed)
        if known is not None and known[0] > now:
            return known[1]
        person = await self._transactions.read(lambda uow: uow.people.bearer(hashed, uow.now()))
        if person is not None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[hashed] = (now + REMEMBERED_S, person)
        return person


def token_hash(token: str) -> str:
    """What is kept of a token. Tokens are long and random, so a fast hash is enough."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def bearer_token(request: Request) -> str:
    """The access token that came with this request; Problem 401 without one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Problem(401, "Send your access token as: Authorization: Bearer <token>.")
    return token.strip()


async def caller(request: Request) -> Person:
    """The person who sent this request; Problem 401 without a valid token."""
    callers: Callers = request.app.state.callers
    person = await callers.person(bearer_token(request))
    if person is None:
        raise Problem(401, "This access token is not known; ask your RT head for a new one.")
    return person


Caller = Annotated[Person, Depends(caller)]
