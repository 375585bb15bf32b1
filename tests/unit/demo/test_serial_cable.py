"""Bytes go in at one end and come out at the other."""

import os

from kentongan_demo.serial_cable import SerialCable


def test_both_directions_carry_every_byte():
    everything = bytes(range(256))
    with SerialCable() as cable:
        near, far = (os.open(end, os.O_RDWR | os.O_NOCTTY) for end in cable.ends)
        for writer, reader in ((near, far), (far, near)):
            os.write(writer, everything)
            found = b""
            while len(found) < len(everything):
                found += os.read(reader, 512)
            assert found == everything
        os.close(near)
        os.close(far)


def test_an_end_that_nobody_reads_does_not_stop_the_other_direction():
    with SerialCable() as cable:
        near, far = (os.open(end, os.O_RDWR | os.O_NOCTTY) for end in cable.ends)
        os.set_blocking(near, False)
        for _ in range(100):
            try:
                os.write(near, b"x" * 1024)
            except BlockingIOError:
                break
        os.write(far, b"still here")
        found = b""
        while b"still here" not in found:
            os.set_blocking(near, True)
            found += os.read(near, 512)
        os.close(near)
        os.close(far)
