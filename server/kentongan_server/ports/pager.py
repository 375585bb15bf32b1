"""The way to wake a human when the machine alone can no longer keep its promise."""

from typing import Protocol


class PagingError(Exception):
    """Nobody could be woken; the text says why, and another way must be tried."""


class Pager(Protocol):
    """One way to the person on duty."""

    async def page(self, reason: str, incident: str | None) -> None:
        """Return once the call is on its way to a human; PagingError otherwise. `reason` is one sentence without names."""
        ...
