"""Where it is kept what people agreed to, and who asked to be forgotten."""

from datetime import datetime
from typing import Protocol

from kentongan_server.domain.consent import Consent, Erasure


class ConsentBook(Protocol):
    """Consents and wishes to be erased within one transaction."""

    def put(self, consent: Consent) -> None:
        """Keep a consent, new or withdrawn."""
        ...

    def of_person(self, person: str) -> list[Consent]:
        """Everything this person has agreed to, the newest first."""
        ...

    def erasure(self, person: str) -> Erasure | None:
        """This person's wish to be forgotten."""
        ...

    def put_erasure(self, erasure: Erasure) -> None:
        """Keep the wish, new or moved to another time."""
        ...

    def drop_erasure(self, person: str) -> None:
        """They have thought again."""
        ...

    def erasures_due(self, now: datetime, limit: int) -> list[Erasure]:
        """Those whose time to think again is over, the oldest first."""
        ...
