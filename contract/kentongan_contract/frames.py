"""The same messages over a serial line: COBS( CBOR [node, kind, counter, sealed bytes] + tag + CRC-32 ) and a zero byte.

The sealed bytes are carried as they are, so the gateway relays what it can neither read nor forge. The frame's own
8-byte tag, made with the key of this one line, lets a gateway sound its siren for a press without any server, and its
counter must rise, so a recorded frame is worth nothing. A listener falls into step at any zero byte.
"""

import binascii

from .cbor import cbor_dump, cbor_load
from .cobs import cobs_decode, cobs_encode
from .errors import FrameError
from .seal import FRAME_TAG, Key, same
from .topics import DOWN_KINDS, UP_KINDS, is_node_name

LONGEST = 4096 + 256
_CRC = 4


class Frame:
    """One message on the line: whose, what kind, which count, and the sealed bytes."""

    def __init__(self, node: str, kind: str, counter: int, payload: bytes) -> None:
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


def decode(keys: dict[str, Key], data: bytes) -> Frame:
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

    def __init__(self) -> None:
        self._held = b""
        self._skipping = False
        self.dropped = 0

    def feed(self, data: bytes) -> list[bytes]:
        """The frames (still encoded, without the zero) that `data` completed."""
        pieces = (self._held + data).split(b"\0")
        self._held = pieces.pop()
        whole: list[bytes] = []
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
