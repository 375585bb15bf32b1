"""An inbox that misbehaves on request, so that the sender's patience can be tested. Off unless the settings allow it.

There are two ends to spoil: what a sender meets here, and the replies that go back to it.
"""

from typing import Any, Literal, TypeAlias

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from kentongan_command_centre.document import Refusal
from kentongan_command_centre.door import Door

# Nothing is kept of what meets the first line, nor by a `status` that is no 2xx. The others keep the document and spoil
# the answer, the nastier half: the sender must repeat what has already been taken.
FaultMode: TypeAlias = Literal[
    "none", "http_500", "refuse", "status", "redirect", "closed", "stranger",
    "timeout", "garbage", "noise", "drip", "reset", "huge",
]  # fmt: skip
ReplyFault: TypeAlias = Literal["none", "forged", "stale", "malformed", "huge", "twice", "backwards"]


class Faults:
    """What the next requests will meet, and how the next replies will be spoilt."""

    def __init__(self) -> None:
        self.mode: FaultMode = "none"
        self.left: int | None = None
        self.status = 500
        self.reply_mode: ReplyFault = "none"
        self.replies_left: int | None = None

    def set(self, mode: FaultMode, requests: int | None, status: int = 500) -> None:
        """Misbehave for so many requests, or until told otherwise."""
        self.mode = mode
        self.left = requests
        self.status = status

    def set_replies(self, mode: ReplyFault, replies: int | None) -> None:
        """Spoil so many replies, or until told otherwise."""
        self.reply_mode = mode
        self.replies_left = replies

    def next(self) -> FaultMode:
        """What this request meets."""
        mode = self.mode
        if mode != "none" and self.left is not None:
            self.left -= 1
            if self.left <= 0:
                self.set("none", None, self.status)
        return mode

    def next_reply(self) -> ReplyFault:
        """How this reply is spoilt."""
        mode = self.reply_mode
        if mode != "none" and self.replies_left is not None:
            self.replies_left -= 1
            if self.replies_left <= 0:
                self.set_replies("none", None)
        return mode


class Failure(BaseModel):
    """How to misbehave: `for` so many requests, or until told otherwise. `closed` ends by itself, after `seconds`."""

    model_config = ConfigDict(extra="forbid")

    mode: FaultMode
    requests: int | None = Field(default=None, alias="for", ge=1, le=1_000_000)
    status: int = Field(default=500, ge=200, le=599)
    seconds: float = Field(default=5, gt=0, le=3600)


class ReplyFailure(BaseModel):
    """How to spoil replies: `for` so many attempts, or until told otherwise."""

    model_config = ConfigDict(extra="forbid")

    mode: ReplyFault
    replies: int | None = Field(default=None, alias="for", ge=1, le=1_000_000)


def fault_routes(faults: Faults, door: Door, *, allowed: bool) -> APIRouter:
    """POST /api/failures and /api/failures/replies."""
    router = APIRouter(prefix="/api")

    def assert_allowed() -> None:
        if not allowed:
            raise Refusal(403, "Not allowed", "Set KENTONGAN_CENTRE_FAULTS=1 to let this inbox be told to fail.")

    @router.post("/failures")
    async def failures(failure: Failure) -> dict[str, Any]:
        """Misbehave, for tests."""
        assert_allowed()
        if failure.mode == "stranger" and not door.has_lock:
            raise Refusal(422, "Not possible", "Only an inbox that speaks TLS can show a stranger's certificate.")
        door.be_a_stranger(failure.mode == "stranger")
        if failure.mode == "closed":
            door.close_for(failure.seconds)
            faults.set("none", None)
        else:
            faults.set(failure.mode, failure.requests, failure.status)
        return {"mode": failure.mode, "for": faults.left}

    @router.post("/failures/replies")
    async def reply_failures(failure: ReplyFailure) -> dict[str, Any]:
        """Spoil what goes back, for tests."""
        assert_allowed()
        faults.set_replies(failure.mode, failure.replies)
        return {"mode": faults.reply_mode, "for": faults.replies_left}

    return router
