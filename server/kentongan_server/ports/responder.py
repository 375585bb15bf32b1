"""The way to those who answer a call: police command centre or 112."""

from typing import Protocol

from kentongan_server.domain.forward import Forward


class DeliveryFailed(Exception):
    """The recipient did not take the document; the text says why, and it is worth trying again."""


class Responder(Protocol):
    """One channel to one recipient."""

    async def deliver(self, forward: Forward) -> None:
        """Return once the recipient said 2xx; DeliveryFailed otherwise. Repeating a delivery id has no second effect."""
        ...
