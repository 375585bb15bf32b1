"""A serial device or pty as a serial link's port, under MicroPython's unix port and under CPython."""

import select

from kentongan_node.clock import MICROPYTHON, sleep_ms

_LOOK_MS = 2
_PIECE = 64
_LONGEST_READ = 256


class UnixSerialPort:
    """Raw mode, never blocking: read what is there, write a piece at a time while the line takes it."""

    def __init__(self, path: str):
        self._file = open(path, "r+b", buffering=0) if not MICROPYTHON else open(path, "r+b")
        _set_raw(self._file)
        self._readable = select.poll()
        self._readable.register(self._file, select.POLLIN)
        self._writable = select.poll()
        self._writable.register(self._file, select.POLLOUT)

    async def read(self) -> bytes:
        """At least one byte; b"" when the other end is gone."""
        data = b""
        while len(data) < _LONGEST_READ:
            flags = _flags(self._readable)
            if flags & select.POLLIN:
                byte = self._file.read(1)  # one at a time: MicroPython's read(n) waits for all n
                if not byte:
                    break
                data += byte
            elif data or flags:
                break
            else:
                await sleep_ms(_LOOK_MS)
        return data

    def write(self, data: bytes) -> None:
        """All of it, or OSError when the line stops taking it."""
        for at in range(0, len(data), _PIECE):
            if not _flags(self._writable) & select.POLLOUT:
                raise OSError("the line takes no more")
            self._file.write(data[at : at + _PIECE])

    def close(self) -> None:
        """Give the device back."""
        self._file.close()


def _flags(poller) -> int:
    for _, flags in poller.poll(0):
        return flags
    return 0


def _set_raw(file) -> None:
    if MICROPYTHON:
        import termios  # MicroPython's own: setraw lives here

        termios.setraw(file.fileno())
    else:
        import tty  # absent on MicroPython

        tty.setraw(file.fileno())
