"""The seal: HMAC-SHA256 over the bytes as they travel, so that nobody but the holder of a node's key is obeyed.

What is signed is the purpose, the node's name and the body, each ended by a zero byte, so a seal made for one purpose
or one node never serves another. The body is never re-encoded to be checked: two interpreters write the same JSON
differently. On MQTT a sealed message reads `<64 hex digits> <body>`; a serial frame carries the first 8 bytes of a tag.

RFC 2104 is written out here because MicroPython has no `hmac`; the padded blocks are kept per key, which makes a seal
thirty times cheaper there. The tests hold it against CPython's `hmac`.
"""

import binascii
import hashlib

from .errors import SealError

TAG_HEX = 64
FRAME_TAG = 8
PURPOSES = (
    "report", "state", "command", "receipt", "codebook", "time", "ota", "drill", "link", "node-key", "link-key",
    "peer", "group-key", "offer", "fetch", "piece",
)  # fmt: skip

_BLOCK = 64


class Key:
    """One secret of 32 bytes, ready to seal."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != 32:
            raise SealError("a key has 32 bytes")
        padded = secret + bytes(_BLOCK - len(secret))
        self._inner = bytes([byte ^ 0x36 for byte in padded])
        self._outer = bytes([byte ^ 0x5C for byte in padded])

    def tag(self, purpose: str, node: str, body: bytes) -> bytes:
        """The 32 bytes that bind `body` to this key, this purpose and this node."""
        if purpose not in PURPOSES:
            raise SealError("no such purpose")
        if "\0" in node:
            raise SealError("a name with a zero byte could stand for another name and body")
        inner = hashlib.sha256(self._inner)
        inner.update(b"kentongan/1/" + purpose.encode() + b"\0" + node.encode() + b"\0")
        inner.update(body)  # piece by piece: joined first, a long body would stand on a small heap twice
        return hashlib.sha256(self._outer + inner.digest()).digest()


def same(left: bytes, right: bytes) -> bool:
    """Compare in a time that does not tell where the difference is."""
    if len(left) != len(right):
        return False
    difference = 0
    for a, b in zip(left, right):
        difference |= a ^ b
    return difference == 0


def seal(key: Key, purpose: str, node: str, body: bytes) -> bytes:
    """`body` with its seal in front, as it travels over MQTT."""
    return binascii.hexlify(key.tag(purpose, node, body)) + b" " + body


def unseal(key: Key, purpose: str, node: str, data: bytes) -> bytes:
    """The body of sealed bytes; SealError when it was not sealed with this key for this purpose and node."""
    if len(data) <= TAG_HEX or data[TAG_HEX : TAG_HEX + 1] != b" ":
        raise SealError("not a sealed message")
    body = data[TAG_HEX + 1 :]
    if not same(binascii.hexlify(key.tag(purpose, node, body)), data[:TAG_HEX]):
        raise SealError("the seal does not fit")
    return body


def node_key(master: bytes, epoch: int, node: str) -> bytes:
    """The secret of `node`, derived from the city's master key; for the signer and the enrolment, nobody else."""
    return Key(master).tag("node-key", node, str(epoch).encode())


def link_key(master: bytes, epoch: int, gateway: str, node: str) -> bytes:
    """The secret of the serial line between `gateway` and `node`; it opens no other line and seals no command."""
    return Key(master).tag("link-key", gateway + "/" + node, str(epoch).encode())


def group_key(master: bytes, epoch: int, rt: str) -> bytes:
    """The secret that the kentongan of one RT share for their peer alarm; it seals no command and no report."""
    return Key(master).tag("group-key", rt, str(epoch).encode())
