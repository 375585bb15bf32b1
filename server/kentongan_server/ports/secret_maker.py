"""Where secrets come from that nobody may guess, and how the second factor is read."""

from datetime import datetime
from typing import Protocol


class SecretMaker(Protocol):
    """Makes tokens and codes."""

    def token(self) -> str:
        """256 bits, fit for a header, a cookie or an address."""
        ...

    def code(self) -> str:
        """A code that a person can copy from paper, 50 bits."""
        ...

    def fingerprint(self, secret: str) -> str:
        """What is kept of a token or code: SHA-256, hex. They are long and random, so a fast hash is enough."""
        ...


class OneTimeCodes(Protocol):
    """TOTP (RFC 6238). Secrets leave it sealed, except once, to be shown to their owner."""

    def begin(self) -> tuple[str, str]:
        """A new secret: sealed, and as its owner's app wants it."""
        ...

    def address(self, sealed: str, account: str) -> str:
        """The otpauth address that an app scans."""
        ...

    def step(self, sealed: str, code: str, at: datetime) -> int | None:
        """The thirty-second step whose code this is, the neighbouring ones included; None when it is none's."""
        ...
