"""How passwords and PINs are hashed: slow on purpose, so never inside a unit of work."""

from typing import Protocol


class SecretHasher(Protocol):
    """Hashes and checks beside the event loop."""

    async def hash(self, secret: str) -> str:
        """What may be kept of the secret."""
        ...

    async def fits(self, secret: str, hashed: str | None) -> bool:
        """True when `hashed` was made of `secret`. None fits nothing, and takes as long to say so."""
        ...
