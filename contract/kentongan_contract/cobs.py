"""COBS: bytes without a zero byte, so that a zero can end every frame. It costs one byte in 254.

Written out because the node has no library for it; the tests hold it against the `cobs` package.
"""

from .errors import FrameError

_FULL = 254


def cobs_encode(data: bytes) -> bytes:
    """`data` without any zero byte."""
    out = bytearray()
    pieces = data.split(b"\0")
    for piece in pieces:
        for at in range(0, len(piece) - _FULL + 1, _FULL):
            out.append(_FULL + 1)
            out += piece[at : at + _FULL]
        rest = piece[len(piece) - len(piece) % _FULL :]
        out.append(len(rest) + 1)
        out += rest
    if pieces[-1] and len(pieces[-1]) % _FULL == 0:
        return bytes(out[:-1])  # a full run at the very end needs no byte after it
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
        if code <= _FULL and at < len(data):
            out.append(0)
    return bytes(out)
