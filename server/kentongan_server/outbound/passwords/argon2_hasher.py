"""Argon2id under a pepper: a stolen database alone tells no PIN, however short it is.

Hashing takes memory and time on purpose. It runs beside the event loop, two at once at most, so that a flood of sign-ins
never stands in the way of an alarm.
"""

import asyncio
import hashlib
import hmac
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE = 2
MEMORY_KIB = 19_456  # with two rounds and one lane OWASP's first recommendation
ROUNDS = 2


class Argon2Hasher:
    """The SecretHasher of production. `pepper` is kept outside the database."""

    def __init__(self, pepper: bytes, *, memory_kib: int = MEMORY_KIB) -> None:
        self._pepper = pepper
        self._argon2 = PasswordHasher(time_cost=ROUNDS, memory_cost=memory_kib, parallelism=1)
        self._nobodys = self._argon2.hash(secrets.token_hex(16))
        self._places = asyncio.Semaphore(AT_ONCE)

    async def hash(self, secret: str) -> str:
        """See the port."""
        async with self._places:
            return await asyncio.to_thread(self._argon2.hash, self._peppered(secret))

    async def fits(self, secret: str, hashed: str | None) -> bool:
        """See the port."""
        async with self._places:
            fits = await asyncio.to_thread(self._verify, self._nobodys if hashed is None else hashed, secret)
        return fits and hashed is not None

    def _verify(self, hashed: str, secret: str) -> bool:
        try:
            return self._argon2.verify(hashed, self._peppered(secret))
        except (VerificationError, InvalidHashError):
            return False

    def _peppered(self, secret: str) -> str:
        return hmac.new(self._pepper, secret.encode(errors="replace"), hashlib.sha256).hexdigest()
