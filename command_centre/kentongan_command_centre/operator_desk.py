"""What the operator, and a script in his place, sees and says."""

from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Query
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, ConfigDict, StringConstraints

from kentongan_command_centre.clock import Clock
from kentongan_command_centre.desk import Desk

Operator = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")
]


class Word(BaseModel):
    """Who says it, and with what result a case ended."""

    model_config = ConfigDict(extra="forbid")

    operator: Operator
    disposition: str | None = None


def operator_routes(desk: Desk, clock: Clock) -> APIRouter:
    """/api/…"""
    router = APIRouter(prefix="/api")

    @router.get("/messages")
    async def messages(
        incident: str | None = None, limit: Annotated[int, Query(ge=1, le=10_000)] = 1000
    ) -> list[dict[str, Any]]:
        """What came and was taken, in the order it came."""
        return await desk.do(lambda: desk.book.messages(incident, limit))

    @router.get("/cases")
    async def cases(limit: Annotated[int, Query(ge=1, le=1000)] = 100) -> list[dict[str, Any]]:
        """The newest cases, newest first."""
        return await desk.do(lambda: desk.book.cases(limit))

    @router.get("/cases/{incident}")
    async def case(incident: str) -> dict[str, Any]:
        """One case."""
        return await desk.do(lambda: desk.book.case(incident))

    @router.post("/cases/{incident}/{action}")
    async def say(incident: str, action: str, word: Word) -> dict[str, Any]:
        """acknowledge, dispatch, on_scene or resolve; saying it again changes nothing."""
        delivery = f"reply-{uuid4()}"
        is_new = await desk.do(
            lambda: desk.replies.say(incident, action, word.operator, word.disposition, delivery=delivery, now=clock())
        )
        if is_new:
            desk.said.ring()
            desk.changed.ring()
        return await desk.do(lambda: desk.book.case(incident))

    @router.get("/breaches")
    async def breaches() -> list[dict[str, Any]]:
        """What was turned away because the police may never hear of it."""
        return await desk.do(desk.book.breaches)

    @router.get("/changes", response_class=EventSourceResponse)
    async def changes() -> AsyncIterator[ServerSentEvent]:
        """One event at once and one after every change; the listener then reads what it wants to know."""
        heard = desk.changed.rung
        yield ServerSentEvent(event="changed", raw_data=str(heard), retry=1000)
        while await desk.changed.after(heard):
            heard = desk.changed.rung
            yield ServerSentEvent(event="changed", raw_data=str(heard))

    return router
