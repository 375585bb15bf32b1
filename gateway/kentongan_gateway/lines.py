"""The serial lines: bytes to whole frames, and which node was last heard on which line.

The readers' threads wait while the event loop is busy with what they already handed over, so that a babbling line can
fill no memory.
"""

import asyncio
import threading
from collections.abc import Callable, Sequence

from kentongan_contract.frames import FrameReader
from kentongan_gateway.serial_port import SerialPort

CHUNKS_AHEAD = 8


class Lines:
    """`frame(data, line)` and `changed(path, is_open, reason)` run in the event loop."""

    def __init__(
        self,
        paths: Sequence[str],
        baud: int,
        loop: asyncio.AbstractEventLoop,
        frame: Callable[[bytes, str], None],
        changed: Callable[[str, bool, str], None],
    ) -> None:
        self._loop = loop
        self._frame = frame
        self._changed = changed
        self._stopping = threading.Event()
        self._home: dict[str, str] = {}
        self._readers: dict[str, FrameReader] = {}
        self._ports = {path: self._port(path, baud) for path in paths}

    def start(self) -> None:
        """Begin to look for the devices."""
        for port in self._ports.values():
            port.start()

    def stop(self) -> None:
        """Close them all."""
        self._stopping.set()
        for port in self._ports.values():
            port.stop()

    def heard(self, node: str, line: str) -> None:
        """The node spoke on this line: its answers go there."""
        self._home[node] = line

    def send(self, node: str, data: bytes) -> bool:
        """To the node's line, or to all of them while it was never heard; False when none is open."""
        home = self._home.get(node)
        ports = [self._ports[home]] if home is not None else list(self._ports.values())
        return sum(port.write(data) for port in ports) > 0

    def open_lines(self) -> dict[str, bool]:
        """Path to whether its device is there."""
        return {path: port.is_open for path, port in self._ports.items()}

    def dropped(self) -> int:
        """Stretches of noise longer than any frame."""
        return sum(reader.dropped for reader in self._readers.values())

    def _port(self, path: str, baud: int) -> SerialPort:
        ahead = threading.Semaphore(CHUNKS_AHEAD)
        self._readers[path] = FrameReader()

        def read(data: bytes) -> None:
            while not ahead.acquire(timeout=0.1):
                if self._stopping.is_set():
                    return
            self._hand_over(lambda: self._take(path, data, ahead))

        def opened() -> None:
            self._hand_over(lambda: self._opened(path))

        def gone(reason: str) -> None:
            self._hand_over(lambda: self._changed(path, False, reason))

        return SerialPort(path, baud, read, opened, gone)

    def _opened(self, path: str) -> None:
        dropped = self._readers[path].dropped
        self._readers[path] = FrameReader()
        self._readers[path].dropped = dropped
        self._changed(path, True, "")

    def _take(self, path: str, data: bytes, ahead: threading.Semaphore) -> None:
        try:
            for piece in self._readers[path].feed(data):
                self._frame(piece, path)
        finally:
            ahead.release()

    def _hand_over(self, action: Callable[[], None]) -> None:
        try:
            self._loop.call_soon_threadsafe(action)
        except RuntimeError:
            return  # the loop has ended: the program is stopping
