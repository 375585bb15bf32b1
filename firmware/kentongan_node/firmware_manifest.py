"""What an update holds, signed once by the project: `<128 hex digits> <JSON>`, and why it is refused.

`sequence` only rises: an old release, however well signed, is no update. Every file has its size and its SHA-256; a path stays
inside its slot. The signature is over the purpose and the bytes as they travel, like every seal.
"""

import binascii
import json

from .p256 import verifying

LONGEST = 16_384
MOST_FILES = 128
LARGEST = 1 << 20
_HEX = 128
HEAD = b"kentongan/1/ota\0"
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789_."


class UpdateError(ValueError):
    """The update is refused; the message is a sentence."""


class NotNowError(UpdateError):
    """Nothing is wrong with it; it goes on later."""


class Manifest:
    """`files` is a list of (path, size, hash)."""

    def __init__(self, version: str, sequence: int, boards: list, files: list):
        self.version = version
        self.sequence = sequence
        self.boards = boards
        self.files = files


def read(data: bytes, public: bytes, board: str, newest: int) -> Manifest:
    """The manifest in `data` if it is signed by `public`, for this board and newer than `newest`; UpdateError otherwise."""
    manifest = None
    for manifest in reading(data, public, board, newest):  # noqa: B007 - the last one
        pass
    return manifest  # pyright: ignore[reportReturnType] - the last thing yielded is the manifest


def reading(data: bytes, public: bytes, board: str, newest: int):
    """The same in steps, for one signature takes a chip a second; the last thing yielded is the manifest."""
    if not _HEX + 1 < len(data) <= LONGEST or data[_HEX : _HEX + 1] != b" ":
        raise UpdateError("not a manifest")
    body = data[_HEX + 1 :]
    try:
        signature = binascii.unhexlify(data[:_HEX])
    except ValueError:
        raise UpdateError("not a manifest")
    fits = False
    for fits in verifying(public, HEAD + body, signature):  # noqa: B007 - the last one
        yield None
    if not fits:
        raise UpdateError("the signature does not fit")
    manifest = _parse(body)
    if board not in manifest.boards:
        raise UpdateError("this update is not for the board " + board)
    if manifest.sequence <= newest:
        raise UpdateError("an older update, or the one that runs: " + str(manifest.sequence) + " after " + str(newest))
    yield manifest


def _parse(body: bytes) -> Manifest:
    manifest, files = Manifest("", 0, [], []), []
    try:
        found = json.loads(body.decode())
        manifest = Manifest(found["version"], found["sequence"], found["boards"], found["files"])
        good = type(manifest.version) is str and type(manifest.sequence) is int and type(manifest.boards) is list
        files = [tuple(file) for file in manifest.files]
        good = good and 0 < len(files) <= MOST_FILES and all([_is_file(file) for file in files])
        good = good and len(set([file[0] for file in files])) == len(files)
    except (ValueError, KeyError, TypeError, RuntimeError, AttributeError):
        good = False
    if not good:
        raise UpdateError("signed, but no manifest of ours")
    manifest.files = files
    return manifest


def _is_file(file: tuple) -> bool:
    if len(file) != 3:
        return False
    path, size, digest = file
    return _is_path(path) and type(size) is int and 0 <= size <= LARGEST and type(digest) is str and len(digest) == 64


def _is_path(path) -> bool:
    if type(path) is not str or not 0 < len(path) <= 64:
        return False
    parts = path.split("/")
    return len(parts) <= 3 and all([part.strip(".") and all([c in _LETTERS for c in part]) for part in parts])
