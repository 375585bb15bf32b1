"""The five CBOR (RFC 8949) shapes that a frame uses: whole numbers from 0, texts, bytes, and lists of them.

Written out because the node has no library for it; the tests hold it against the `cbor2` package.
"""

from .errors import FrameError

_NUMBER, _BYTES, _TEXT, _LIST = 0, 2, 3, 4
_LONGEST_LIST = 16
_DEEPEST = 2


def cbor_dump(value: object) -> bytes:
    """The shortest CBOR of the value; FrameError for any other shape."""
    if type(value) is int and value >= 0:
        return _head(_NUMBER, value)
    if type(value) is bytes:
        return _head(_BYTES, len(value)) + value
    if type(value) is str:
        text = value.encode()
        return _head(_TEXT, len(text)) + text
    if type(value) is list:
        return _head(_LIST, len(value)) + b"".join([cbor_dump(item) for item in value])
    raise FrameError("no CBOR for this")


def cbor_load(data: bytes) -> object:
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


def _load(data: bytes, at: int, depth: int) -> tuple[object, int]:
    major, number, at = _load_head(data, at)
    if major == _NUMBER:
        return number, at
    if major == _LIST:
        if number > _LONGEST_LIST or depth == _DEEPEST:
            raise FrameError("a list no frame has")
        items: list[object] = []
        for _ in range(number):
            item, at = _load(data, at, depth + 1)
            items.append(item)
        return items, at
    if at + number > len(data):
        raise FrameError("the CBOR ends too early")
    piece = bytes(data[at : at + number])
    if major == _BYTES:
        return piece, at + number
    try:
        return piece.decode(), at + number
    except ValueError:
        raise FrameError("not UTF-8")


def _load_head(data: bytes, at: int) -> tuple[int, int, int]:
    if at >= len(data):
        raise FrameError("the CBOR ends too early")
    major, number = data[at] >> 5, data[at] & 31
    at += 1
    if number > 27 or major not in (_NUMBER, _BYTES, _TEXT, _LIST):
        raise FrameError("a CBOR shape no frame has")
    if number < 24:
        return major, number, at
    size = 1 << (number - 24)
    if at + size > len(data):
        raise FrameError("the CBOR ends too early")
    return major, int.from_bytes(data[at : at + size], "big"), at + size
