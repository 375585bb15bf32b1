"""What the kentongan of one RT say to each other with nobody in between: one datagram of at most 250 bytes.

A datagram is a 32-byte tag and one JSON object. The tag is an HMAC-SHA256 made with the RT's group key, for the purpose
`peer` and the RT's code, so no other RT is woken and no seal of another kind serves. It is a broadcast, and every
kentongan of the RT holds the same key: it says that a member speaks, not which one. Whoever takes a kentongan off
its wall and reads its flash can therefore make this one RT's kentongan sound, within their own limits, until the group
key is derived anew (a new epoch) and the others are told; and nothing else: no other RT, no command, no report, no police.

Freshness needs no clock. Every word carries the sender's `boot` and `uptime_ms`; who has heard a sender once in its boot can
date everything that it says later. `seq` numbers the sender's reports, so an event is known by its report's id and sounds once.
"""

from .checks import OneOf, Text, Whole
from .codec import decode_as, encode
from .errors import SealError
from .messages import CHECKS, Message, report_id
from .seal import Key, same
from .topics import NODE_LENGTH, is_node_name

LONGEST = 250
TAG = 32
CLASSES = ("crime", "emergency")
CHECKS["node"] = Text(NODE_LENGTH)
CHECKS["loud class"] = OneOf(CLASSES)
CHECKS["age"] = Whole(0, 60_000)


class PeerWord(Message):
    """A neighbour is there (`seq` null), or its button was pressed: report `seq` of this boot, `age_ms` ago."""

    KIND = "peer"
    FIELDS = (
        ("node", "node", False),
        ("boot", "count", False),
        ("uptime_ms", "count", False),
        ("seq", "count", True),
        ("kind", "word", True),
        ("class", "loud class", True),
        ("age_ms", "age", True),
    )

    def __init__(
        self,
        node: str,
        boot: int,
        uptime_ms: int,
        seq: int | None = None,
        kind: str | None = None,
        class_: str | None = None,
        age_ms: int | None = None,
    ) -> None:
        self.node = node
        self.boot = boot
        self.uptime_ms = uptime_ms
        self.seq = seq
        self.kind = kind
        self.class_ = class_
        self.age_ms = age_ms
        self._check()

    def report(self) -> str:
        """The id of the report that this word is about."""
        return report_id(self.node, self.boot, self.seq or 0)

    def is_whole(self) -> bool:
        """True for a greeting without any alarm's field, and for an alarm with all of them, from a possible name."""
        about = (self.seq, self.kind, self.class_, self.age_ms)
        missing = [field for field in about if field is None]
        return is_node_name(self.node) and len(missing) in (0, len(about))


def pack(key: Key, rt: str, word: PeerWord) -> bytes:
    """The datagram for the RT."""
    body = encode(word)
    data = key.tag("peer", rt, body) + body
    if len(data) > LONGEST:
        raise SealError("longer than a datagram may be")
    return data


def unpack(keys: list[Key], rt: str, data: bytes) -> PeerWord:
    """The word in a datagram sealed with one of the RT's keys; ContractError for anything else."""
    if not TAG < len(data) <= LONGEST:
        raise SealError("not a datagram")
    tag, body = data[:TAG], data[TAG:]
    if not any([same(key.tag("peer", rt, body), tag) for key in keys]):
        raise SealError("the seal does not fit")
    word = decode_as(PeerWord, body)
    if not isinstance(word, PeerWord) or not word.is_whole():
        raise SealError("neither a greeting nor an alarm")
    return word
