"""Secrets that a test can foresee."""

import hashlib
from datetime import datetime

STEP_S = 30


class FakeSecretMaker:
    """Counts its tokens and codes."""

    def __init__(self) -> None:
        self._made = 0

    def token(self) -> str:
        """See the port, as with everything below."""
        self._made += 1
        return f"token-{self._made:036d}"

    def code(self) -> str:
        self._made += 1
        return f"{self._made:05d}-ABCDE"

    def fingerprint(self, secret: str) -> str:
        return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


class FakeCodes:
    """The code of a step is its number."""

    def begin(self) -> tuple[str, str]:
        """See the port, as with everything below."""
        return "sealed", "SECRET"

    def address(self, sealed: str, account: str) -> str:
        return f"otpauth://totp/{account}?secret={sealed}"

    def step(self, sealed: str, code: str, at: datetime) -> int | None:
        if sealed != "sealed":
            return None
        now = int(at.timestamp()) // STEP_S
        return next((step for step in (now - 1, now, now + 1) if code == code_of(step)), None)


def code_of(step: int) -> str:
    """The six digits of this step."""
    return f"{step % 1_000_000:06d}"
