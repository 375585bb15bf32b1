"""Bring a new program into the spare slot, check every byte, and put it on trial. Never while something sounds.

What was fetched before a power cut and still has its hash is not fetched again. The record of the slots changes last, and only
when every file lies there as it was signed.
"""

import binascii
import hashlib
import os

from .clock import sleep_ms
from .firmware_manifest import NotNowError, UpdateError

PIECE = 512  # of a file, in RAM at once: the contract's updates.PIECE


class Update:
    """`fetch(path, offset, size)` awaits bytes of a file; `is_calm()` is the node's: no finger, no siren."""

    def __init__(self, slots, is_calm):
        self._slots = slots
        self._is_calm = is_calm

    async def install(self, manifest, fetch) -> None:
        """Leave the slot on trial; UpdateError says why not, and the running program is untouched."""
        if self._slots.is_trial():
            raise UpdateError("a new program is on trial already")
        slot = self._slots.spare()
        root = self._slots.path(slot)
        wanted = [path for path, _, _ in manifest.files]
        try:
            _make_folder(root)
            for path in _files(root, ""):
                if path not in wanted:
                    os.remove(root + "/" + path)
            for path, size, digest in manifest.files:
                if await _digest(root + "/" + path) != digest:
                    await self._bring(root, path, size, digest, fetch)
            for path, _, digest in manifest.files:  # once more, from the flash: this is what will run
                if await _digest(root + "/" + path) != digest:
                    raise UpdateError(path + " was not kept as it came")
            self._assert_calm()
            self._slots.begin_trial(slot, manifest.sequence)
        except OSError as error:
            raise UpdateError("the flash refuses: " + str(error))

    async def _bring(self, root: str, path: str, size: int, digest: str, fetch) -> None:
        folder = root
        for part in path.split("/")[:-1]:
            folder += "/" + part
            _make_folder(folder)
        check = hashlib.sha256()
        with open(root + "/" + path, "wb") as file:
            at = 0
            while at < size:
                self._assert_calm()
                piece = await fetch(path, at, min(PIECE, size - at))
                if not piece or len(piece) > size - at:
                    raise UpdateError(path + " came with another length than signed")
                check.update(piece)
                file.write(piece)
                at += len(piece)
            file.flush()
        if binascii.hexlify(check.digest()).decode() != digest:
            raise UpdateError(path + " is not what was signed")

    def _assert_calm(self) -> None:
        if not self._is_calm():
            raise NotNowError("not now: a finger is on the button or the siren sounds")


def _make_folder(path: str) -> None:
    try:
        os.mkdir(path)
    except OSError as error:
        if error.errno != 17:  # it is there
            raise


def _files(root: str, below: str) -> list:
    """Every file's path under `root`."""
    found = []
    for name in os.listdir(root + ("/" + below if below else "")):
        path = below + "/" + name if below else name
        if os.stat(root + "/" + path)[0] & 0x4000:
            found += _files(root, path)
        else:
            found.append(path)
    return found


async def _digest(path: str) -> "str | None":
    """A piece at a time: between two of them the contacts are looked at."""
    check = hashlib.sha256()
    try:
        with open(path, "rb") as file:
            while True:
                piece = file.read(PIECE)
                if not piece:
                    return binascii.hexlify(check.digest()).decode()
                check.update(piece)
                await sleep_ms(0)
    except OSError:
        return None
