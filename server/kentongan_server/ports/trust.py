"""Where it is kept whose word is doubted for a while."""

from datetime import datetime
from typing import Protocol

from kentongan_server.domain.trust import Cooldown


class TrustBook(Protocol):
    """Cooldowns within one transaction."""

    def is_cooling(self, person: str, at: datetime) -> bool:
        """True while one of this person's cooldowns counts."""
        ...

    def add(self, cooldown: Cooldown) -> None:
        """Keep a new cooldown."""
        ...

    def put(self, cooldown: Cooldown) -> None:
        """Write what became of a cooldown."""
        ...

    def of_person(self, person: str) -> list[Cooldown]:
        """Every cooldown of this person, newest first."""
        ...
