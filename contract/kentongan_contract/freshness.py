"""Freshness without a clock: a command is obeyed once, soon, and never after a reboot.

The node says a random nonce in every heartbeat and remembers its last three. A command must name one of them, carry a
counter above every counter obeyed since the node started, and arrive within its `ttl_ms` of that nonce being said.
So a queued, retained or replayed command dies within about three heartbeats, with no clock and no flash write.
"""

import binascii

from .errors import StaleError

NONCE_BYTES = 8
REMEMBERED = 3


class Freshness:
    """The node's side of the rule; times are milliseconds of any steady counter that never runs backwards."""

    def __init__(self) -> None:
        self._issued: list[tuple[str, int]] = []
        self._counter = -1

    def issue(self, random: bytes, now_ms: int) -> str:
        """Remember a new nonce of 8 random bytes and give it as the 16 hex digits that the heartbeat says."""
        if len(random) != NONCE_BYTES:
            raise ValueError("a nonce has 8 bytes")
        nonce = binascii.hexlify(random).decode()
        self._issued = [(nonce, now_ms)] + self._issued[: REMEMBERED - 1]
        return nonce

    def is_recent(self, nonce: str) -> bool:
        """True for one of the last three nonces."""
        return nonce in [issued for issued, _ in self._issued]

    def accept(self, nonce: str, counter: int, ttl_ms: int, now_ms: int) -> None:
        """Take the counter, or raise StaleError (`nonce`, `late`, `counter`) and remember nothing."""
        said_ms = [issued_ms for issued, issued_ms in self._issued if issued == nonce]
        if not said_ms:
            raise StaleError("nonce")
        if now_ms - said_ms[0] > ttl_ms:
            raise StaleError("late")
        if counter <= self._counter:
            raise StaleError("counter")
        self._counter = counter
