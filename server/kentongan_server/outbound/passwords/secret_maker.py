"""Tokens and codes from the operating system's randomness; TOTP secrets sealed under a key of their own."""

import base64
import hashlib
import secrets
from datetime import datetime

import pyotp
from cryptography.fernet import Fernet, InvalidToken

STEP_S = 30
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # no I, O, 0, 1: they are copied by hand


class OsSecretMaker:
    """The SecretMaker of production."""

    def token(self) -> str:
        """See the port, as with everything below."""
        return secrets.token_urlsafe(32)

    def code(self) -> str:
        return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(2))

    def fingerprint(self, secret: str) -> str:
        return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


class PyotpCodes:
    """The OneTimeCodes of production; `key` has 32 bytes and is kept outside the database."""

    def __init__(self, key: bytes) -> None:
        self._seal = Fernet(base64.urlsafe_b64encode(key))

    def begin(self) -> tuple[str, str]:
        """See the port, as with everything below."""
        secret = pyotp.random_base32()
        return self._seal.encrypt(secret.encode()).decode(), secret

    def address(self, sealed: str, account: str) -> str:
        return self._totp(sealed).provisioning_uri(name=account, issuer_name="Kentongan")

    def step(self, sealed: str, code: str, at: datetime) -> int | None:
        try:
            totp = self._totp(sealed)
        except InvalidToken:  # sealed under another key: whoever it was enrols anew
            return None
        digits = code.replace(" ", "")
        now = int(at.timestamp()) // STEP_S
        fits = [
            step
            for step in (now - 1, now, now + 1)
            if secrets.compare_digest(totp.generate_otp(step), digits.encode("ascii", "replace").decode())
        ]
        return fits[0] if fits else None

    def _totp(self, sealed: str) -> pyotp.TOTP:
        return pyotp.TOTP(self._seal.decrypt(sealed.encode()).decode(), interval=STEP_S)
