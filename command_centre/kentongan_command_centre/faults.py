"""An inbox that misbehaves on request, so that the sender's patience can be tested. Off unless the settings allow it."""

from typing import Any, Literal, TypeAlias

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from kentongan_command_centre.document import Refusal

FaultMode: TypeAlias = Literal["none", "http_500", "timeout", "garbage", "refuse"]


class Faults:
    """What the next requests will meet.

    http_500 and refuse (403) keep nothing; timeout and garbage keep the document and spoil the answer, the nastier half:
    the sender must repeat what has already been taken.
    """

    def __init__(self) -> None:
        self.mode: FaultMode = "none"
        self.left: int | None = None

    def set(self, mode: FaultMode, requests: int | None) -> None:
        """Misbehave for so many requests, or until told otherwise."""
        self.mode = mode
        self.left = requests

    def next(self) -> FaultMode:
        """What this request meets."""
        mode = self.mode
        if mode != "none" and self.left is not None:
            self.left -= 1
            if self.left <= 0:
                self.set("none", None)
        return mode


class Failure(BaseModel):
    """How to misbehave: `for` so many requests, or until told otherwise."""

    model_config = ConfigDict(extra="forbid")

    mode: FaultMode
    requests: int | None = Field(default=None, alias="for", ge=1, le=1_000_000)


def fault_routes(faults: Faults, *, allowed: bool) -> APIRouter:
    """POST /api/failures."""
    router = APIRouter(prefix="/api")

    @router.post("/failures")
    async def failures(failure: Failure) -> dict[str, Any]:
        """Misbehave, for tests."""
        if not allowed:
            raise Refusal(403, "Not allowed", "Set KENTONGAN_CENTRE_FAULTS=1 to let this inbox be told to fail.")
        faults.set(failure.mode, failure.requests)
        return {"mode": faults.mode, "for": faults.left}

    return router
