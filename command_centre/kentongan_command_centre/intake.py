"""Where the server's documents come in: prove, check, keep, answer. Nothing is answered 2xx before it is on disk."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeAlias

import structlog
from fastapi import APIRouter
from fastapi.responses import JSONResponse
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response

from kentongan_command_centre.cap import CapReader
from kentongan_command_centre.clock import Clock
from kentongan_command_centre.desk import Desk
from kentongan_command_centre.document import Breach, Document, Refusal
from kentongan_command_centre.door import Door
from kentongan_command_centre.faults import Faults
from kentongan_command_centre.firewall import refuse_breach
from kentongan_command_centre.spoiling import refused, spoilt
from kentongan_command_centre.webhook import read_webhook

_MOST_BYTES = 512 * 1024

Reader: TypeAlias = Callable[[Headers, bytes, datetime], Document]


def intake_routes(
    desk: Desk, clock: Clock, faults: Faults, door: Door, *, secrets: Sequence[bytes], cap: CapReader
) -> APIRouter:
    """POST /webhook and POST /cap."""
    router = APIRouter()
    log = structlog.get_logger("kentongan.centre.intake")

    async def take(request: Request, media_type: str, read: Reader) -> Response:
        fault = faults.next()
        turned_away = refused(fault, status := faults.status, request)
        if turned_away is not None:
            return turned_away
        body = await _body(request, media_type)
        now = clock()
        headers = request.headers

        def keep() -> dict[str, object]:
            document = read(headers, body, now)
            try:
                refuse_breach(document)
            except Breach as breach:
                desk.book.keep_breach(breach, now)
                raise
            return desk.book.keep(document, now)

        try:
            answer = await desk.do(keep)
        except Breach as breach:
            document = breach.document
            log.critical("firewall_breach", delivery=document.delivery, kind=document.kind, reason=breach.detail)
            desk.changed.ring()
            raise
        except Refusal as refusal:
            log.warning("document_refused", path=request.url.path, status=refusal.status, reason=refusal.detail)
            raise
        desk.changed.ring()
        return await spoilt(fault, status, request, door) or JSONResponse(answer)

    @router.post("/webhook")
    async def webhook(request: Request) -> Response:
        return await take(
            request, "application/json", lambda headers, body, now: read_webhook(secrets, headers, body, now)
        )

    @router.post("/cap")
    async def cap_alert(request: Request) -> Response:
        return await take(request, "application/cap+xml", cap.read)

    return router


async def _body(request: Request, media_type: str) -> bytes:
    said = request.headers.get("Content-Type", "").split(";")[0].strip().lower()
    if said != media_type:
        raise Refusal(415, "Wrong media type", f"This address takes {media_type}.")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _MOST_BYTES:
            raise Refusal(413, "Too large", f"A document may hold {_MOST_BYTES} bytes.")
    return bytes(body)
