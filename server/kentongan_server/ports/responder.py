"""The way to those who answer a call: police command centre or 112."""

from typing import Protocol

from kentongan_server.domain.forward import Forward


class DeliveryError(Exception):
    """The recipient did not take the document; the text says why, and it is worth trying again."""


class Responder(Protocol):
    """One channel to one recipient."""

    async def deliver(self, forward: Forward) -> None:
        """One attempt. Returns once the recipient said 2xx; DeliveryError otherwise. Repeating a delivery id has no second effect.

        FirewallBreach, before any byte is sent, when the recipient may never hear of this incident.
        """
        ...
