"""The check of a PIN, for whatever asks one: the cancelling of an alarm before all."""

from typing import Protocol

from kentongan_server.domain.pin import PinVerdict


class PinCheck(Protocol):
    """Counts every try durably before it answers."""

    async def check(self, person_id: str, entered: str) -> PinVerdict:
        """What was entered; it takes the same time whichever PIN fits, or none."""
        ...
