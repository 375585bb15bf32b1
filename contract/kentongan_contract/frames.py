"""The same messages over a serial line: COBS( CBOR [node, kind, counter, sealed bytes] + tag + CRC-32 ) and a zero byte.

The sealed bytes are carried as they are, so the gateway relays what it can neither read nor forge. The frame's own
8-byte tag, made with the key of this one line, lets a gateway sound its siren for a press without any server, and its
counter must rise, so a recorded frame is worth nothing. COBS costs one byte in 254 and lets a listener fall into step
at any zero byte; CRC-32 is built in on both sides.

COBS and the five CBOR shapes used are written here because the node has neither library; the tests hold them against
the `cobs` and `cbor2` packages.
"""

import binascii

from .errors import FrameError
from .seal import FRAME_TAG, Key, same
from .topics import DOWN_KINDS, UP_KINDS, is_node_name

LONGEST = 4096 + 256
_CRC = 4


class Frame:
    """One message on the line: whose, what kind, which count, and the sealed bytes."""

    def __init__(self, node: str, kind: str, counter: int, payload: bytes):
        self.node = node
        self.kind = kind
        self.counter = counter
        self.payload = payload


def encode(key: Key, frame: Frame) -> bytes:
    """The bytes for the line, with the closing zero."""
    body = cbor_dump([frame.node, frame.kind, frame.counter, frame.payload])
    body += key.tag("link", frame.node, body)[:FRAME_TAG]
    body += binascii.crc32(body).to_bytes(_CRC, "little")
    return cobs_encode(body) + b"\0"


def decode(keys: dict, data: bytes) -> Frame:
    """The frame in `data` (without the closing zero); `keys` maps node to line key. FrameError for anything else.

    The counter is checked by the caller, who must remember it.
    """
    body = cobs_decode(data)
    if len(body) <= _CRC + FRAME_TAG:
        raise FrameError("too short")
    if binascii.crc32(body[:-_CRC]).to_bytes(_CRC, "little") != body[-_CRC:]:
        raise FrameError("damaged")
    body, tag = body[: -_CRC - FRAME_TAG], body[-_CRC - FRAME_TAG : -_CRC]
    found = cbor_load(body)
    if type(found) is not list or len(found) != 4:
        raise FrameError("not a frame")
    node, kind, counter, payload = found
    if not is_node_name(node) or kind not in UP_KINDS + DOWN_KINDS:
        raise FrameError("not a frame")
    if type(counter) is not int or type(payload) is not bytes:
        raise FrameError("not a frame")
    key = keys.get(node)
    if key is None:
        raise FrameError("unknown node")
    if not same(key.tag("link", node, body)[:FRAME_TAG], tag):
        raise FrameError("the tag does not fit")
    return Frame(node, kind, counter, payload)


class FrameReader:
    """Bytes in, whole frames' bytes out; noise longer than a frame may be is dropped and counted."""

    def __init__(self):
        self._held = b""
        self._skipping = False
        self.dropped = 0

    def feed(self, data: bytes) -> list:
        """The frames (still encoded, without the zero) that `data` completed."""
        pieces = (self._held + data).split(b"\0")
        self._held = pieces.pop()
        whole = []
        for piece in pieces:
            if self._skipping:
                self._skipping = False
            elif len(piece) > LONGEST:
                self.dropped += 1
            elif piece:
                whole.append(piece)
        if len(self._held) > LONGEST:
            self._held = b""
            if not self._skipping:
                self._skipping = True
                self.dropped += 1
        return whole


def cobs_encode(data: bytes) -> bytes:
    """`data` without any zero byte."""
    out = bytearray()
    for piece in data.split(b"\0"):
        while len(piece) >= 254:
            out.append(255)
            out += piece[:254]
            piece = piece[254:]
        out.append(len(piece) + 1)
        out += piece
    return bytes(out)


def cobs_decode(data: bytes) -> bytes:
    """The bytes that `cobs_encode` was given; FrameError for what it never makes."""
    out = bytearray()
    at = 0
    while at < len(data):
        code = data[at]
        piece = data[at + 1 : at + code]
        if code == 0 or len(piece) != code - 1 or b"\0" in piece:
            raise FrameError("not COBS")
        out += piece
        at += code
        if code < 255 and at < len(data):
            out.append(0)
    return bytes(out)


def cbor_dump(value) -> bytes:
    """CBOR (RFC 8949) of a whole number from 0, a text, bytes, or a list of them."""
    if type(value) is int and value >= 0:
        return _head(0, value)
    if type(value) is bytes:
        return _head(2, len(value)) + value
    if type(value) is str:
        text = value.encode()
        return _head(3, len(text)) + text
    if type(value) is list:
        return _head(4, len(value)) + b"".join([cbor_dump(item) for item in value])
    raise FrameError("no CBOR for this")


def cbor_load(data: bytes):
    """The value that `data` is, whole; FrameError for every other shape."""
    value, at = _load(data, 0, 0)
    if at != len(data):
        raise FrameError("bytes after the CBOR value")
    return value


def _head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes([major << 5 | number])
    for code, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if number < 1 << (8 * size):
            return bytes([major << 5 | code]) + number.to_bytes(size, "big")
    raise FrameError("too large for CBOR")


def _load(data: bytes, at: int, depth: int):
    if at >= len(data) or depth > 2:
        raise FrameError("not CBOR of a frame")
    major, number = data[at] >> 5, data[at] & 31
    at += 1
    if number > 27 or major not in (0, 2, 3, 4):
        raise FrameError("not CBOR of a frame")
    if number >= 24:
        size = 1 << (number - 24)
        if at + size > len(data):
            raise FrameError("not CBOR of a frame")
        number = int.from_bytes(data[at : at + size], "big")
        at += size
    if major == 0:
        return number, at
    if major == 4:
        items = []
        if number > 16:
            raise FrameError("not CBOR of a frame")
        for _ in range(number):
            item, at = _load(data, at, depth + 1)
            items.append(item)
        return items, at
    if at + number > len(data):
        raise FrameError("not CBOR of a frame")
    piece = data[at : at + number]
    if major == 2:
        return bytes(piece), at + number
    try:
        return piece.decode(), at + number
    except ValueError:
        raise FrameError("not UTF-8")
