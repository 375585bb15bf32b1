"""A reader that stalls costs lines, never the writer's time."""

import os
import time

from kentongan_gateway.line_writer import WAITING_LINES, LineWriter


def test_lines_leave_in_order_and_close_flushes(tmp_path):
    with (tmp_path / "out").open("w") as stream:
        lines = LineWriter(stream)
        for number in range(1000):
            lines.write(f"{number}\n")
        lines.close(10)
        assert (tmp_path / "out").read_text().split() == [str(number) for number in range(1000)]
        assert lines.dropped == 0


def test_a_full_pipe_never_blocks_and_the_newest_lines_stay():
    reader, writer = os.pipe()
    lines = LineWriter(os.fdopen(writer, "w"))
    began = time.monotonic()
    for number in range(50_000):
        lines.write(f"{number:099}\n")
    assert time.monotonic() - began < 5
    assert lines.dropped > 0
    assert int(lines._lines[-1]) == 49_999
    assert len(lines._lines) <= WAITING_LINES
    os.close(reader)


def test_a_reader_that_left_is_no_error():
    reader, writer = os.pipe()
    os.close(reader)
    lines = LineWriter(os.fdopen(writer, "w"))
    lines.write("nobody hears this\n")
    lines.close(10)
    assert not lines._thread.is_alive()
