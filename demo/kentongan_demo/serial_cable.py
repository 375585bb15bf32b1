"""A serial cable between two programs: two pseudo-terminals and a thread that carries the bytes across."""

import os
import selectors
import threading
import tty
from types import TracebackType
from typing import Self


class SerialCable:
    """`ends` are the two device paths; the bytes written at one come out at the other."""

    def __init__(self) -> None:
        self._masters, slaves = zip(*(os.openpty() for _ in range(2)), strict=True)
        for end in (*self._masters, *slaves):
            tty.setraw(end)
        for master in self._masters:
            os.set_blocking(master, False)
        self._slaves = slaves  # kept open: a terminal without a reader would hang up
        self.ends = tuple(os.ttyname(slave) for slave in slaves)
        self._stop_reader, self._stop_writer = os.pipe()
        self._thread = threading.Thread(target=self._carry, name="serial-cable", daemon=True)
        self._thread.start()

    def unplug(self) -> None:
        """Both programs lose the line."""
        os.write(self._stop_writer, b".")
        self._thread.join()
        for descriptor in (*self._masters, *self._slaves, self._stop_reader, self._stop_writer):
            os.close(descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.unplug()

    def _carry(self) -> None:
        first, second = self._masters
        other = {first: second, second: first}
        with selectors.DefaultSelector() as ready:
            for descriptor in (first, second, self._stop_reader):
                ready.register(descriptor, selectors.EVENT_READ)
            while True:
                for key, _ in ready.select():
                    if key.fd == self._stop_reader:
                        return
                    try:
                        os.write(other[key.fd], os.read(key.fd, 4096))
                    except BlockingIOError:
                        continue  # nobody reads at the other end: the bytes are lost, as on a real line
