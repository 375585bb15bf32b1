"""The keys shared with those who answer, one file for each recipient, changed while everything runs.

A key is *accepted* (replies signed with it are believed) and one of them is *active* (we sign with it). To rotate: add
the new key here and there, activate it here, activate it there, retire the old one on both sides. At every moment
between, each side believes what the other signs, and what waited in the outbox is signed anew at each attempt; so an
outage in the middle loses nothing.
"""

import json
import os
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

_NAME = re.compile(r"[A-Za-z0-9._-]{1,40}")


class KeyRingError(ValueError):
    """The ring cannot be read, or what was asked would leave somebody without a key; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Key:
    """One shared secret with a name that both sides know it by."""

    name: str
    secret: bytes
    added_at: str


class KeyRing:
    """The keys of the file over those of the environment; read again whenever the file has changed."""

    def __init__(self, file: Path | None, active: bytes | None = None, accepted: tuple[bytes, ...] = ()) -> None:
        self._file = file
        self._given = ([Key("environment", active, "")] if active else []) + [
            Key(f"environment-{number}", secret, "") for number, secret in enumerate(accepted, 1)
        ]
        self._stamp: tuple[int, int] | None = None
        self._keys: list[Key] = []
        self._active: str | None = None

    @property
    def active(self) -> Key:
        """The key we sign with; KeyRingError when there is none."""
        self._look()
        for key in self._keys:
            if key.name == self._active:
                return key
        if self._given:
            return self._given[0]
        raise KeyRingError("There is no active key; make one with: kentongan server keys add, then keys activate.")

    @property
    def secrets(self) -> list[bytes]:
        """Every secret that is believed."""
        self._look()
        return [key.secret for key in (*self._keys, *self._given)]

    @property
    def keys(self) -> list[tuple[Key, bool]]:
        """Every key of the file, and whether it is the active one."""
        self._look()
        return [(key, key.name == self._active) for key in self._keys]

    def add(self, name: str, now: datetime, secret: str | None = None) -> str:
        """Accept a new key; its secret, to be brought to the other side by a safe way."""
        self._look()
        if not _NAME.fullmatch(name):
            raise KeyRingError("A key's name is 1 to 40 letters, digits and . _ -")
        if any(key.name == name for key in self._keys):
            raise KeyRingError(f"There is a key {name} already; choose another name.")
        secret = secret or secrets.token_urlsafe(32)
        if len(secret.encode()) < 16:
            raise KeyRingError("A secret must hold at least 16 bytes.")
        self._write([*self._keys, Key(name, secret.encode(), now.isoformat(timespec="seconds"))], self._active)
        return secret

    def activate(self, name: str) -> None:
        """Sign with this key from now on; the other side must accept it already."""
        self._look()
        if all(key.name != name for key in self._keys):
            raise KeyRingError(f"There is no key {name}; add it first.")
        self._write(self._keys, name)

    def retire(self, name: str) -> None:
        """Believe this key no longer. The active one cannot be retired."""
        self._look()
        if all(key.name != name for key in self._keys):
            raise KeyRingError(f"There is no key {name}.")
        if name == self._active:
            raise KeyRingError(f"{name} is the key we sign with; activate another one first.")
        self._write([key for key in self._keys if key.name != name], self._active)

    def _look(self) -> None:
        if self._file is None:
            return
        try:
            status = self._file.stat()
        except FileNotFoundError:
            self._keys, self._active, self._stamp = [], None, None
            return
        except OSError as error:
            if self._stamp is not None:
                return  # what we knew before still holds
            raise KeyRingError(f"The key file {self._file} cannot be reached: {error.strerror}.") from error
        stamp = (status.st_mtime_ns, status.st_ino)
        if stamp == self._stamp:
            return
        try:
            found = json.loads(self._file.read_text("utf-8"))
            self._keys = [Key(str(k["name"]), str(k["secret"]).encode(), str(k["added_at"])) for k in found["keys"]]
            self._active = found["active"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            if self._stamp is None:
                raise KeyRingError(f"The key file {self._file} cannot be read; bring it back from a backup.") from error
            return  # what we knew before still holds
        self._stamp = stamp

    def _write(self, keys: list[Key], active: str | None) -> None:
        if self._file is None:
            raise KeyRingError("Name the key file in the settings first (KENTONGAN_POLICE_KEYS_FILE).")
        content: dict[str, Any] = {
            "active": active,
            "keys": [{"name": k.name, "secret": k.secret.decode(), "added_at": k.added_at} for k in keys],
        }
        try:
            _write_whole(self._file, content)
        except OSError as error:
            raise KeyRingError(
                f"The key file {self._file} cannot be written: {error.strerror}; nothing was changed."
            ) from error
        self._stamp = None
        self._look()


def _write_whole(file: Path, content: dict[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    growing = file.with_name(f".{file.name}.{os.getpid()}")
    growing.unlink(missing_ok=True)
    with os.fdopen(os.open(growing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        json.dump(content, out, indent=1)
        out.flush()
        os.fsync(out.fileno())
    growing.rename(file)
