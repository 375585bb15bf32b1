"""Which replies from outside were taken already."""

from datetime import datetime
from typing import Protocol


class Replies(Protocol):
    """The inbox of replies within one transaction."""

    def seen(self, delivery: str) -> str | None:
        """The digest of the reply that came with this delivery id."""
        ...

    def keep(self, delivery: str, digest: str, at: datetime) -> None:
        """Remember it; a repeat is answered from it and has no effect."""
        ...
