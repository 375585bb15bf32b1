"""Who calls: a bearer token or a session's cookie becomes a person with what they hold now.

A found caller is remembered for five seconds, so a revoked token dies soon; a session that is ended here dies at once.
A cookie comes by itself, so a changing request with one must also come from our own pages: browsers say where from.
"""

import asyncio
import hashlib
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Request, Response, Security
from fastapi.openapi.models import HTTPBearer as HTTPBearerModel
from fastapi.security.base import SecurityBase

from kentongan_server.domain.access import READ, WRITE
from kentongan_server.domain.access import Caller as Calling
from kentongan_server.domain.people import Person
from kentongan_server.inbound.http.problems import Problem
from kentongan_server.ports.unit_of_work import Transactions
from kentongan_server.use_cases.governing.find_caller import caller_by_session, caller_by_token
from kentongan_server.use_cases.governing.open_session import Opened

BEARER, SESSION = "access token", "session"
COOKIE = "kentongan"
REMEMBERED_S = 5.0
REMEMBERED = 10_000
SECURE_COOKIE = "__Host-kentongan"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Callers:
    """Finds the person behind a token."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions
        self._known: dict[tuple[str, bool], tuple[float, Calling]] = {}

    async def calling(self, token: str, *, session: bool = False) -> Calling | None:
        """Who holds `token`, None when it is nobody's."""
        key = (token_hash(token), session)
        now = asyncio.get_running_loop().time()
        known = self._known.get(key)
        if known is not None and known[0] > now:
            return known[1]
        find = caller_by_session if session else caller_by_token
        found = await self._transactions.read(lambda uow: find(uow, key[0]))
        if found is None:
            self._known.pop(key, None)
        else:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[key] = (now + REMEMBERED_S, found)
        return found

    async def of(self, request: Request) -> Calling | None:
        """Who sent this request; Problem 401 when it names nobody."""
        if "authorization" not in request.headers and (cookie := session_cookie(request)):
            return await self.calling(cookie, session=True)
        return await self.calling(bearer_token(request))

    def forget(self, person_id: str) -> None:
        """Let nobody be remembered whose sessions, tokens or roles have just changed."""
        self._known = {key: known for key, known in self._known.items() if known[1].person.id != person_id}


def token_hash(token: str) -> str:
    """What is kept of a token. Tokens are long and random, so a fast hash is enough."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def bearer_token(request: Request) -> str:
    """The access token that came with this request; Problem 401 without one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Problem(401, "Sign in, or send your access token as: Authorization: Bearer <token>.")
    return token.strip()


def session_cookie(request: Request) -> str | None:
    """The session's token, if the request came with one."""
    return request.cookies.get(SECURE_COOKIE if is_secure(request) else COOKIE)


def is_secure(request: Request) -> bool:
    """True over https, be it ours or that of the proxy before us."""
    public_url: str | None = request.app.state.public_url
    return request.url.scheme == "https" or (public_url or "").startswith("https:")


def keep_session(request: Request, response: Response, opened: Opened) -> None:
    """Give the device its session: unreadable to scripts, never sent across sites."""
    secure = is_secure(request)
    response.set_cookie(
        SECURE_COOKIE if secure else COOKIE,
        opened.token,
        expires=opened.session.expires_at,
        secure=secure,
        httponly=True,
        samesite="strict",
    )
    response.headers["Cache-Control"] = "no-store"


def drop_session(request: Request, response: Response) -> None:
    """Take the session from the device."""
    secure = is_secure(request)
    response.delete_cookie(SECURE_COOKIE if secure else COOKIE, secure=secure, httponly=True, samesite="strict")


def assert_from_our_pages(request: Request) -> None:
    """Problem 403 for a changing request that another site's page sent, or may have sent."""
    origin = request.headers.get("origin", "")
    hosts = {request.headers.get("host", ""), urlsplit(request.app.state.public_url or "").netloc}
    if urlsplit(origin).netloc not in hosts - {""}:
        raise Problem(403, "This request did not come from one of our own pages.")


class _Calling(SecurityBase):
    """Who sent a request, and by what. One object, not a chain of dependencies: each link costs every request 50 µs."""

    model = HTTPBearerModel(description="Given with an invitation or by signing in")
    scheme_name = BEARER

    async def __call__(self, request: Request) -> Calling:
        """Problem 401 without a valid token or session, 403 beyond its scopes."""
        return await _calling(request)


class _Caller(_Calling):
    """Like it, for those who need the person only."""

    async def __call__(self, request: Request) -> Person:  # type: ignore[override]
        """Problem 401 without a valid token or session, 403 beyond its scopes."""
        return (await _calling(request)).person


async def _calling(request: Request) -> Calling:
    callers: Callers = request.app.state.callers
    found = await callers.of(request)
    if found is None:
        raise Problem(401, "This access token or session is not known, or has ended; sign in again.")
    if found.session is not None and request.method not in SAFE:
        assert_from_our_pages(request)
    if found.scopes is not None:
        wanted = scope_of(request)
        if wanted not in found.scopes:
            raise Problem(403, f"This access token has no scope {wanted}; make one that has.")
    return found


def scope_of(request: Request) -> str:
    """The scope that a request needs: its room, which is the route's tag, and whether it may change something."""
    tags = request.scope["route"].tags or ["everything"]
    return f"{tags[0]}:{READ if request.method in SAFE else WRITE}"


Caller = Annotated[Person, Security(_Caller())]
CallerDetail = Annotated[Calling, Security(_Calling())]
