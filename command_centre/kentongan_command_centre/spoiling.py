"""What a sender meets when this inbox was told to fail: a refusal, or a spoilt answer to what was taken all the same."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from kentongan_command_centre.door import Door
from kentongan_command_centre.faults import FaultMode
from kentongan_command_centre.problems import problem

_LONGEST_SILENCE = 120
_HUGE_BYTES = 64 * 1024 * 1024
_PROMISED_BYTES = 4096


def refused(fault: FaultMode, status: int, request: Request) -> Response | None:
    """The answer with which nothing is kept; None where this fault refuses nothing."""
    if fault == "http_500":
        return problem(500, "Told to fail", "This inbox was told to fail.")
    if fault == "refuse":
        return problem(403, "Told to refuse", "This inbox was told to refuse.")
    if fault == "redirect":
        return Response(status_code=307, headers={"Location": f"{request.url.path}/elsewhere"})
    if fault == "status" and status >= 300:
        return problem(status, "Told to fail", f"This inbox was told to answer {status}.")
    return None


async def spoilt(fault: FaultMode, status: int, request: Request, door: Door) -> Response | None:
    """The spoilt answer about a document that is kept, and the sender cannot know it; None where nothing is spoilt."""
    client = request.scope["client"]
    if fault == "status":
        return Response(status_code=status)
    if fault == "garbage":
        return Response(os.urandom(512), headers={"Content-Encoding": "gzip"})
    if fault == "timeout":
        for _second in range(_LONGEST_SILENCE):
            if await request.is_disconnected():
                break
            await asyncio.sleep(1)
        return problem(504, "Told to keep silent", "This inbox was told to keep silent.")
    if fault == "drip":
        return StreamingResponse(_drip(), headers={"Content-Length": str(_PROMISED_BYTES)})
    if fault == "huge":
        return StreamingResponse(_flood())
    if fault == "reset":
        return _BreaksOff(lambda: door.reset(client))
    if fault == "noise":
        return _BreaksOff(lambda: door.say(client, b"\x16\x03\x01\x00\xff nonsense\r\n\r\n"), begun=False)
    return None


async def _drip() -> AsyncIterator[bytes]:
    for _second in range(_LONGEST_SILENCE):
        yield b"x"
        await asyncio.sleep(1)


async def _flood() -> AsyncIterator[bytes]:
    for _piece in range(_HUGE_BYTES // _PROMISED_BYTES):
        yield b"x" * _PROMISED_BYTES


class _BreaksOff(Response):
    """An answer that ends in the middle, or (not `begun`) before its first word."""

    def __init__(self, end: Callable[[], None], *, begun: bool = True) -> None:
        super().__init__()
        self._end = end
        self._begun = begun

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - the framework's
        if self._begun:
            headers = [(b"content-length", str(_PROMISED_BYTES).encode())]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": b"half a", "more_body": True})
            await asyncio.sleep(0.05)  # let the half be on its way: what is not sent yet would be dropped with the rest
        self._end()
        while (await receive())["type"] != "http.disconnect":
            pass
