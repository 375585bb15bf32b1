"""The command centre as one ASGI application: who is made of what."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib.resources import files

import structlog
from fastapi import FastAPI
from fastapi.responses import FileResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kentongan_command_centre.cap import CapReader
from kentongan_command_centre.clock import Clock
from kentongan_command_centre.desk import Desk
from kentongan_command_centre.door import Door
from kentongan_command_centre.faults import Faults, fault_routes
from kentongan_command_centre.intake import intake_routes
from kentongan_command_centre.operator_desk import operator_routes
from kentongan_command_centre.problems import answer_with_problems
from kentongan_command_centre.relay import Relay
from kentongan_command_centre.settings import Settings

_STATIC = str(files(__package__ or __name__).joinpath("static"))
# The demo shows this page inside its own; nobody else may.
_CONTENT_SECURITY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self' http://127.0.0.1:* http://localhost:*"
)
_HEADERS = (
    (b"content-security-policy", _CONTENT_SECURITY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-cache"),
)


def create_app(settings: Settings, desk: Desk, clock: Clock, door: Door) -> FastAPI:
    """The application around an open desk and behind a door; the caller closes the desk when the application has ended."""
    secrets = settings.secrets
    faults = Faults()
    relay = Relay(desk, clock, faults, server_url=str(settings.server_url), secret=secrets[0])
    log = structlog.get_logger("kentongan.centre")
    relaying: list[asyncio.Task[None]] = []

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(relay.run(), name="relay")
        relaying.append(task)
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    app = FastAPI(title="Kentongan command centre (reference)", lifespan=lifespan, redoc_url=None)
    answer_with_problems(app)
    cap = CapReader(settings.cap_cert_file.read_bytes())
    app.include_router(intake_routes(desk, clock, faults, door, secrets=secrets, cap=cap))
    app.include_router(operator_routes(desk, clock))
    app.include_router(fault_routes(faults, door, allowed=settings.faults))
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    app.add_middleware(_WithHeaders)

    @app.get("/", include_in_schema=False)
    async def page() -> FileResponse:
        return FileResponse(f"{_STATIC}/inbox.html")

    @app.get("/healthz")
    async def healthz() -> JSONResponse:
        """200 while documents are taken and replies are carried."""
        await desk.do(lambda: desk.book.cases(1))
        if relaying and relaying[0].done():
            log.critical("relay_ended")
            return JSONResponse({"status": "replies are not carried any more"}, 503)
        return JSONResponse({"status": "ok"})

    return app


class _WithHeaders:
    """Adds the house's headers to every answer, without touching streams."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name for name, _value in message["headers"]}
                message["headers"] = [*message["headers"], *(pair for pair in _HEADERS if pair[0] not in given)]
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)
