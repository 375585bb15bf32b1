"""Who may settle this kentongan: whoever shows the code of its box, once.

The code has 128 random bits, so nobody guesses it; five wrong ones in a boot lock the door until the power was off, and each
wrong one costs a second. Only its hash lies on the flash. After the first use there is none, and the door stays shut
until the box is opened and the flash wiped, which its old owner sees as a node that is gone; a technician who comes back shows
the node's key.
"""

import json
import os

from kentongan_contract.claim import digest
from kentongan_contract.seal import same

MOST_WRONG = 5
PAUSE_MS = 1_000


class Claim:
    """The claim at `path`: {"hash": 64 hex digits}; no file means that there is nothing to claim, or nothing left."""

    def __init__(self, path: str, clock):
        self._path = path
        self._clock = clock
        self._wrong = 0
        self._open_from = 0

    def is_open(self) -> bool:
        """True while a code waits to be shown."""
        return self._hash() is not None

    def check(self, code) -> "str | None":
        """None when this is the code; else a sentence. Does not use it up."""
        expected = self._hash()
        if expected is None:
            return "this kentongan is claimed already: its technician shows its key instead"
        return self._try(
            digest(code) if _is_short(code) else b"",
            expected,
            "the code does not fit; it stands under the QR on the box",
        )

    def check_key(self, key, kept) -> "str | None":
        """The same for the key of a settled kentongan, which its technician's file holds."""
        if not _is_short(kept):
            return "this kentongan has no key yet: show the code of its box"
        return self._try(
            key.encode() if _is_short(key) else b"",
            kept.encode(),
            "the key does not fit; take the file of this very kentongan",
        )

    def _try(self, shown: bytes, expected: bytes, wrong: str) -> "str | None":
        if self._wrong >= MOST_WRONG:
            return "five wrong tries: take the power away for a moment and try again"
        now = self._clock.now_ms()
        if now < self._open_from:
            return "too fast: wait a second between two tries"
        if same(shown, expected):
            return None
        self._wrong += 1
        self._open_from = now + PAUSE_MS
        return wrong

    def use(self) -> None:
        """The code was shown and the settings are kept: never again."""
        os.remove(self._path)

    def access_point_password(self) -> "str | None":
        """The password of the box's own access point, printed beside the code; None opens it to all."""
        password = self._kept().get("ap_password")
        return password if type(password) is str and 8 <= len(password) <= 63 else None

    def _hash(self) -> "bytes | None":
        digits = self._kept().get("hash")
        return digits.encode() if type(digits) is str and len(digits) == 64 else None

    def _kept(self) -> dict:
        try:
            with open(self._path) as file:
                found = json.load(file)
        except (OSError, ValueError):
            return {}
        return found if type(found) is dict else {}


def _is_short(word) -> bool:
    return type(word) is str and 0 < len(word) <= 64
