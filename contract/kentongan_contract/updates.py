"""The messages of an update, apart from the others because a node needs them once in a season: imported when one comes.

A release is offered, fetched in small pieces and judged by the signature in its manifest; no message here orders anything.
"""

from .checks import Check, Whole
from .messages import CHECKS, Message

PIECE = 512
LONGEST_MANIFEST = 16_384


class Path(Check):
    """A file inside a release, or nothing for its manifest."""

    LONGEST = 64
    LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789_./"
    law = "text, 0 to 64 of a to z, 0 to 9, `_`, `.` and `/`"

    def __call__(self, value: object) -> bool:
        return type(value) is str and len(value) <= self.LONGEST and all(letter in self.LETTERS for letter in value)


class Base64(Check):
    """Bytes as base64 text; the reader decodes it and may still refuse it."""

    LONGEST = 1024
    LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
    law = "base64, 0 to 1024 characters, a multiple of 4"

    def __call__(self, value: object) -> bool:
        if type(value) is not str or len(value) > self.LONGEST or len(value) % 4:
            return False
        return all(letter in self.LETTERS for letter in value)


CHECKS["path"] = Path()
CHECKS["base64"] = Base64()
CHECKS["piece"] = Whole(1, PIECE)
CHECKS["manifest"] = Whole(1, LONGEST_MANIFEST)


class Offer(Message):
    """A release that this node may fetch. It orders nothing: what runs is decided by the manifest's signature and by the node."""

    KIND = "offer"
    FIELDS = (
        ("sequence", "positive", False),
        ("size", "manifest", False),
    )

    def __init__(self, sequence: int, size: int) -> None:
        self.sequence = sequence
        self.size = size
        self._check()


class Fetch(Message):
    """The node asks for at most `size` bytes of one file of an offered release; an empty `path` is the manifest."""

    KIND = "fetch"
    FIELDS = (
        ("sequence", "positive", False),
        ("path", "path", False),
        ("offset", "count", False),
        ("size", "piece", False),
    )

    def __init__(self, sequence: int, path: str, offset: int, size: int) -> None:
        self.sequence = sequence
        self.path = path
        self.offset = offset
        self.size = size
        self._check()


class Piece(Message):
    """The answer to a Fetch: the bytes that lie there, fewer at the end, none behind it."""

    KIND = "piece"
    FIELDS = (
        ("sequence", "positive", False),
        ("path", "path", False),
        ("offset", "count", False),
        ("data", "base64", False),
    )

    def __init__(self, sequence: int, path: str, offset: int, data: str) -> None:
        self.sequence = sequence
        self.path = path
        self.offset = offset
        self.data = data
        self._check()


UPDATES: dict[str, type[Message]] = {Offer.KIND: Offer, Fetch.KIND: Fetch, Piece.KIND: Piece}
