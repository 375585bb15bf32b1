"""Both directions of the line, and everything that is refused on it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan_contract import codec, frames, topics
from kentongan_contract.messages import Receipt, Report, report_id
from kentongan_contract.seal import Key, seal
from kentongan_gateway.relay import LONGEST, RefusedError, Relay

NODE = "ktg-0101-2"
OTHER = "ktg-0101-3"
LINE = Key(bytes(range(32)))
OTHER_LINE = Key(bytes(range(1, 33)))
NODE_KEY = Key(bytes(32))


def relay(heard: dict[str, int] | None = None) -> Relay:
    return Relay({NODE: LINE, OTHER: OTHER_LINE}, heard or {}, 1000)


def report_bytes(node: str = NODE, seq: int = 3) -> bytes:
    return seal(NODE_KEY, "report", node, codec.encode(Report(report_id(node, 5, seq), "panic", "actual", 5, seq, 40)))


def receipt_bytes(report: str) -> bytes:
    return seal(NODE_KEY, "receipt", NODE, codec.encode(Receipt(report, "stored", "inc-1")))


def frame(payload: bytes, counter: int = 1, kind: str = "report", node: str = NODE, key: Key = LINE) -> bytes:
    return frames.encode(key, frames.Frame(node, kind, counter, payload)).rstrip(b"\0")


def refused(call) -> str:
    with pytest.raises(RefusedError) as caught:
        call()
    return caught.value.reason


def test_a_report_goes_up_untouched_and_unretained():
    said = relay().up(frame(report_bytes()))
    assert (said.topic, said.retain, said.payload) == (topics.up(NODE, "report"), False, report_bytes())
    assert said.report == Report(report_id(NODE, 5, 3), "panic", "actual", 5, 3, 40)


def test_a_state_goes_up_retained_whatever_it_says():
    said = relay().up(frame(b"anything sealed", kind="state"))
    assert (said.topic, said.retain, said.payload, said.report) == (
        topics.up(NODE, "state"),
        True,
        b"anything sealed",
        None,
    )


def test_counters_must_rise_within_a_node_and_across_a_restart():
    line = relay({NODE: 10})
    assert refused(lambda: line.up(frame(report_bytes(), 10))) == "counter"
    line.up(frame(report_bytes(), 11))
    assert refused(lambda: line.up(frame(report_bytes(), 11))) == "counter"
    line.up(frame(b"x", 1, "state", OTHER, OTHER_LINE))
    assert line.refused["counter"] == 2
    assert line.up_count == 2


def test_a_counter_that_no_disk_could_hold_is_refused():
    line = relay()
    assert refused(lambda: line.up(frame(report_bytes(), 2**63))) == "counter"
    line.up(frame(report_bytes(), 2**63 - 1))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "frame"),
        (b"\x05noise", "frame"),
        (frame(report_bytes(), key=OTHER_LINE), "frame"),
        (frame(report_bytes("ktg-9999-1"), node="ktg-9999-1"), "frame"),
        (frame(report_bytes(), kind="command"), "direction"),
        (frame(receipt_bytes("x.1.1"), kind="receipt"), "direction"),
        (frame(report_bytes(OTHER)), "foreign"),
        (frame(b"short"), "report"),
        (frame(b"a" * 64 + b" not json"), "report"),
        (frame(b"a" * 64 + b" " + b'{"id":"x"}'), "report"),
        (frame(b"a" * 64 + b"_" + codec.encode(Report(report_id(NODE, 5, 3), "panic", "actual", 5, 3, 40))), "report"),
        (frame(b"a" * (LONGEST + 1), kind="state"), "size"),
    ],
)
def test_what_is_refused_upward_says_why_and_moves_no_counter(data, reason):
    line = relay()
    assert refused(lambda: line.up(data)) == reason
    assert line.refused == {reason: 1}
    line.up(frame(report_bytes(), 0))


def test_each_bit_of_a_frame_matters():
    data = bytearray(frame(report_bytes()))
    line = relay()
    for bit in range(len(data) * 8):
        data[bit // 8] ^= 1 << bit % 8
        assert refused(lambda: line.up(bytes(data))) == "frame"
        data[bit // 8] ^= 1 << bit % 8
    line.up(bytes(data))


@given(st.binary(max_size=300))
def test_noise_is_refused_and_nothing_else(data):
    line = relay()
    assert refused(lambda: line.up(data)) in {"frame", "direction", "size", "counter"}


def test_a_command_goes_down_as_a_frame_with_rising_counters():
    line = relay()
    counters = []
    for _ in range(3):
        told = line.down(topics.down(NODE, "command"), b"sealed", retained=False)
        assert told.receipt is None
        assert told.line[0] == 0
        assert told.line[-1] == 0
        back = frames.decode({NODE: LINE}, told.line.strip(b"\0"))
        assert (back.node, back.kind, back.payload) == (NODE, "command", b"sealed")
        counters.append(back.counter)
    assert counters == [1001, 1002, 1003]


def test_a_receipt_is_read_along_the_way():
    told = relay().down(topics.down(NODE, "receipt"), receipt_bytes("ktg-0101-2.5.3"), retained=False)
    assert told.receipt == Receipt("ktg-0101-2.5.3", "stored", "inc-1")
    assert relay().down(topics.down(NODE, "receipt"), b"unreadable", retained=False).receipt is None


@pytest.mark.parametrize(
    ("topic", "payload", "retained", "reason"),
    [
        (topics.down(NODE, "command"), b"sealed", True, "retained"),
        (topics.down(NODE, "receipt"), b"sealed", True, "retained"),
        (topics.down("ktg-9999-1", "command"), b"sealed", False, "topic"),
        (topics.up(NODE, "state"), b"sealed", False, "topic"),
        ("kentongan/v1/ktg-0101-2/down/other", b"sealed", False, "topic"),
        ("", b"sealed", False, "topic"),
        (topics.down(NODE, "command"), b"a" * (LONGEST + 1), False, "size"),
    ],
)
def test_what_is_refused_downward_says_why(topic, payload, retained, reason):
    line = relay()
    assert refused(lambda: line.down(topic, payload, retained=retained)) == reason
    assert line.down_count == 0


def test_the_longest_message_passes_both_ways():
    line = relay()
    payload = b"a" * LONGEST
    assert line.up(frame(payload, kind="state")).payload == payload
    told = line.down(topics.down(NODE, "command"), payload, retained=False)
    reader = frames.FrameReader()
    (piece,) = reader.feed(told.line)
    assert frames.decode({NODE: LINE}, piece).payload == payload
