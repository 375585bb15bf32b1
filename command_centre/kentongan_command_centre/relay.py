"""Brings the operator's replies to the server, again and again until it says 2xx."""

import asyncio
import json

import httpx
import structlog

from kentongan_command_centre.clock import Clock
from kentongan_command_centre.desk import Desk
from kentongan_command_centre.faults import Faults
from kentongan_command_centre.reply_box import Reply
from kentongan_command_centre.signature import sign

_ATTEMPT_SECONDS = 5.0
_LOOK_AGAIN_SECONDS = 0.5
_AT_ONCE = 8
_STALE_SECONDS = 600
_HUGE_BYTES = 1024 * 1024


class Relay:
    """Posts to `{server_url}/api/v1/police/replies`, signed as the server signs what it tells us."""

    def __init__(self, desk: Desk, clock: Clock, faults: Faults, *, server_url: str, secret: bytes) -> None:
        self._desk = desk
        self._clock = clock
        self._faults = faults
        self._url = f"{server_url.rstrip('/')}/api/v1/police/replies"
        self._secret = secret
        self._log = structlog.get_logger("kentongan.centre.relay")

    async def run(self) -> None:
        """Until cancelled. What cannot be sent now stays written down and leaves after the next start."""
        async with httpx.AsyncClient(timeout=_ATTEMPT_SECONDS, follow_redirects=False) as connections:
            heard = -1
            while await self._desk.said.after(heard, _LOOK_AGAIN_SECONDS):
                heard = self._desk.said.rung
                if self._faults.reply_mode == "backwards":
                    await self._carry_backwards(connections)
                    continue
                due = await self._desk.do(lambda: self._desk.replies.due(self._clock(), _AT_ONCE))
                await asyncio.gather(*(self._attempt(connections, reply) for reply in due))
                if due:
                    heard = -1  # the next reply of the same incident may be due at once
                    self._desk.changed.ring()

    async def _carry_backwards(self, connections: httpx.AsyncClient) -> None:
        """The fault of that name: wait until enough has been said, then carry the newest word first."""
        waiting = await self._desk.do(self._desk.replies.unsent_newest_first)
        if len(waiting) >= (self._faults.replies_left or 2):
            self._faults.set_replies("none", None)
            for reply in waiting:
                await self._attempt(connections, reply)
            self._desk.changed.ring()

    async def _attempt(self, connections: httpx.AsyncClient, reply: Reply) -> None:
        error = await self._post(connections, reply)
        if error is None:
            await self._desk.do(lambda: self._desk.replies.sent(reply))
            return
        self._log.warning("reply_failed", incident=reply.incident, attempts=reply.attempts + 1, error=error)
        await self._desk.do(lambda: self._desk.replies.failed(reply, error, self._clock()))

    async def _post(self, connections: httpx.AsyncClient, reply: Reply) -> str | None:
        """None when the server took it, else the reason."""
        said = {
            "delivery": reply.delivery,
            "incident": reply.incident,
            "reply": reply.reply,
            "operator": reply.operator,
            "at": reply.at,
        }
        if reply.disposition is not None:
            said["disposition"] = reply.disposition
        fault = self._faults.next_reply()
        if fault == "huge":
            said["operator"] = "x" * _HUGE_BYTES
        body = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
        if fault == "malformed":
            body = body[: len(body) // 2]
        timestamp = int(self._clock().timestamp()) - (_STALE_SECONDS if fault == "stale" else 0)
        secret = b"a secret of nobody's" if fault == "forged" else self._secret
        headers = {
            "Content-Type": "application/json",
            "X-Kentongan-Event": "police.replied",
            "X-Kentongan-Delivery": reply.delivery,
            "X-Kentongan-Timestamp": str(timestamp),
            "X-Kentongan-Signature": sign(secret, timestamp, body),
        }
        try:
            async with asyncio.timeout(_ATTEMPT_SECONDS):
                answer = await connections.post(self._url, content=body, headers=headers)
                if fault == "twice":
                    answer = await connections.post(self._url, content=body, headers=headers)
        except TimeoutError:
            return f"The server did not answer within {_ATTEMPT_SECONDS:g} seconds."
        except httpx.HTTPError as error:
            return f"The server could not be reached ({type(error).__name__})."
        return None if answer.is_success else f"The server answered {answer.status_code}."
