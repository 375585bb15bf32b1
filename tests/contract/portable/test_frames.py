"""The serial line: whole frames come through noise and cuts; damaged, foreign and forged ones never do."""

# ruff: noqa: RUF005 - MicroPython has no [*some, more]

from refusal import numbers, refused

from kentongan_contract import frames, seal
from kentongan_contract.cbor import cbor_dump, cbor_load
from kentongan_contract.cobs import cobs_decode, cobs_encode
from kentongan_contract.errors import ContractError, FrameError

KEY = seal.Key(bytes(range(32)))
KEYS = {"ktg-0102-1": KEY}
PAYLOAD = seal.seal(KEY, "report", "ktg-0102-1", b'{"id": "ktg-0102-1.1.2"}')
FRAME = frames.Frame("ktg-0102-1", "report", 300, PAYLOAD)
LINE = frames.encode(KEY, FRAME)


def content(frame):
    return frame.node, frame.kind, frame.counter, frame.payload


def accepted(data):
    """The contents of the frames that a gateway would take from these bytes."""
    taken = []
    for piece in frames.FrameReader().feed(data):
        try:
            taken.append(content(frames.decode(KEYS, piece)))
        except FrameError:
            pass
    return taken


def noise(seed, length):
    source = numbers(seed)
    return bytes([next(source) for _ in range(length)])


def test_a_frame_comes_through():
    for kind in ("report", "state", "command", "receipt"):
        for counter in (0, 23, 24, 255, 256, 65535, 65536, 4294967295, 4294967296, 9007199254740991):
            for payload in (b"", b"\0", bytes(300), PAYLOAD, b"x" * 4161):
                frame = frames.Frame("ktg-0102-1", kind, counter, payload)
                line = frames.encode(KEY, frame)
                assert line[-1] == 0
                assert 0 not in line[:-1]
                assert accepted(line) == [content(frame)]


def test_no_flipped_bit_is_accepted():
    for at in range(len(LINE)):
        for bit in range(8):
            flipped = LINE[:at] + bytes([LINE[at] ^ 1 << bit]) + LINE[at + 1 :]
            assert accepted(flipped + b"\0") == [], (at, bit)


def test_no_lost_doubled_or_swapped_byte_is_accepted():
    for at in range(len(LINE) - 1):
        assert accepted(LINE[:at] + LINE[at + 1 :]) == []
        swapped = LINE[:at] + LINE[at + 1 : at + 2] + LINE[at : at + 1] + LINE[at + 2 :]
        assert swapped == LINE or accepted(swapped + b"\0") == []
        doubled = LINE[: at + 1] + LINE[at:]
        assert accepted(doubled) == []


def test_noise_is_never_a_frame():
    for seed in range(20):
        assert accepted(noise(seed, 2000) + b"\0") == []


def test_a_frame_survives_noise_around_it():
    for seed in range(20):
        assert accepted(noise(seed, 200) + b"\0" + LINE + noise(seed + 99, 50) + b"\0" + LINE) == [content(FRAME)] * 2


def test_a_frame_may_be_cut_anywhere():
    for at in range(len(LINE) + 1):
        reader = frames.FrameReader()
        pieces = reader.feed(LINE[:at]) + reader.feed(LINE[at:])
        assert pieces == [LINE[:-1]]


def test_a_frame_may_come_byte_by_byte():
    reader = frames.FrameReader()
    pieces = []
    for at in range(3 * len(LINE)):
        pieces += reader.feed((LINE * 3)[at : at + 1])
    assert pieces == [LINE[:-1]] * 3
    assert reader.dropped == 0


def test_endless_noise_costs_no_memory_and_is_counted_once():
    reader = frames.FrameReader()
    for _ in range(100):
        assert reader.feed(b"\x55" * 1000) == []
        assert len(reader._held) <= frames.LONGEST
    assert reader.dropped == 1
    assert reader.feed(b"\x55\0" + LINE) == [LINE[:-1]]
    assert reader.feed(b"\x55" * 5000 + b"\0" + LINE) == [LINE[:-1]]
    assert reader.dropped == 2
    assert reader.feed(b"\0\0\0") == []


def test_a_foreign_or_forged_frame_is_refused():
    stranger = seal.Key(bytes(32))
    refused(FrameError, frames.decode, {}, LINE[:-1])
    refused(FrameError, frames.decode, {"ktg-0102-2": KEY}, LINE[:-1])
    refused(FrameError, frames.decode, {"ktg-0102-1": stranger}, LINE[:-1])
    renamed = frames.encode(KEY, frames.Frame("ktg-0102-2", "report", 300, PAYLOAD))
    refused(FrameError, frames.decode, {"ktg-0102-1": KEY, "ktg-0102-2": stranger}, renamed[:-1])
    for node, kind in (("KTG", "report"), ("", "report"), ("ktg-0102-1", "ota"), ("ktg-0102-1", "")):
        refused(FrameError, frames.decode, {node: KEY}, frames.encode(KEY, frames.Frame(node, kind, 1, b"x"))[:-1])
    assert issubclass(FrameError, ContractError)


def test_a_lawful_tag_over_another_shape_is_refused():
    shapes = (
        [],
        1,
        b"x",
        ["ktg-0102-1", "report", 1],
        ["ktg-0102-1", "report", 1, b"x", b"y"],
        ["ktg-0102-1", "report", "1", b"x"],
        ["ktg-0102-1", "report", 1, "x"],
        [1, "report", 1, b"x"],
        ["ktg-0102-1", b"report", 1, b"x"],
        [["ktg-0102-1"], "report", 1, b"x"],
        ["ktg-0102-1", "report", [1], b"x"],
    )
    for shape in shapes:
        refused(FrameError, frames.decode, KEYS, on_the_line(cbor_dump(shape)))


def on_the_line(body):
    body += KEY.tag("link", "ktg-0102-1", body)[: seal.FRAME_TAG]
    return cobs_encode(body + frames.binascii.crc32(body).to_bytes(4, "little"))


def test_short_bytes_are_refused():
    for length in range(20):
        refused(FrameError, frames.decode, KEYS, cobs_encode(bytes(length)))
        refused(FrameError, frames.decode, KEYS, b"\x01" * length)


def test_cobs_gives_back_what_it_took():
    for length in (0, 1, 2, 253, 254, 255, 256, 507, 508, 509, 600):
        for data in (bytes(length), b"\x01" * length, b"x" * length, noise(length, length), b"x" * length + b"\0"):
            encoded = cobs_encode(data)
            assert b"\0" not in encoded
            assert len(encoded) <= len(data) + 1 + len(data) // 254
            assert cobs_decode(encoded) == data


def test_cobs_refuses_what_it_never_makes():
    for data in (b"\0", b"\x02", b"\x03a", b"\x02\0", b"\x02a\0", b"\xff" + b"x" * 253, b"\x05ab\0c"):
        refused(FrameError, cobs_decode, data)


def test_cbor_gives_back_what_it_took():
    values = (0, 23, 24, 255, 256, 65535, 65536, 2**32 - 1, 2**32, 2**64 - 1, "", "é", "x" * 300, b"", bytes(300), [])
    for value in values:
        assert cbor_load(cbor_dump(value)) == value
        assert cbor_load(cbor_dump([value, 1])) == [value, 1]
    assert cbor_load(cbor_dump([1, ["a", b"b"]])) == [1, ["a", b"b"]]


def test_cbor_refuses_every_other_shape():
    for value in (-1, None, True, 1.5, {}, 2**64, (1,), bytearray(b"x")):
        refused(FrameError, cbor_dump, value)
    deep = b"\x81\x81\x81\x01"
    shapes = (
        b"",
        b"\x01\x01",
        b"\x20",
        b"\xa0",
        b"\xc0\x01",
        b"\xf4",
        b"\xf6",
        b"\xf9\0\0",
        b"\x1c",
        b"\x1f",
        b"\x5f\xff",
    )
    others = (
        b"\x9f\xff",
        b"\x18",
        b"\x19\x01",
        b"\x42a",
        b"\x61\xff",
        b"\x62\xc3\x28",
        b"\x82\x01",
        b"\x91" + b"\1" * 17,
    )
    huge = (b"\x5b" + b"\xff" * 8, b"\x9b" + b"\xff" * 8, b"\x7a\xff\xff\xff\xff")
    for data in (deep,) + shapes + others + huge:
        refused(FrameError, cbor_load, data)
