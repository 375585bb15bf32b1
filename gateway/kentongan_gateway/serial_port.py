"""One serial line, bytes in and bytes out. The only file that imports `serial`.

An adapter that vanishes is looked for four times a second, for ever; it is back within two seconds of its return. A
device path that starts to name another device (udev moved the link) is reopened as well, even when the old one is
silent instead of gone. Reading and writing have threads of their own: a stuck line holds up nothing but itself.
"""

import os
import threading
from collections import deque
from collections.abc import Callable

import serial

LOOK_S = 0.25
IDLE_S = 0.5
WRITE_S = 2.0
CHUNK = 4096
WAITING_FRAMES = 64


class SerialPort:
    """`read(data)`, `opened()` and `gone(reason)` are called in the reader's thread; `read` may block to slow it down."""

    def __init__(
        self,
        path: str,
        baud: int,
        read: Callable[[bytes], None],
        opened: Callable[[], None],
        gone: Callable[[str], None],
    ) -> None:
        self.path = path
        self._baud = baud
        self._read = read
        self._opened = opened
        self._gone = gone
        self._stopping = threading.Event()
        self._changed = threading.Condition()
        self._frames: deque[bytes] = deque(maxlen=WAITING_FRAMES)
        self._device: serial.Serial | None = None
        self._writing = threading.Lock()
        self.lost_frames = 0
        self._threads = [
            threading.Thread(target=self._run_reader, name=f"read {path}", daemon=True),
            threading.Thread(target=self._run_writer, name=f"write {path}", daemon=True),
        ]

    def start(self) -> None:
        """Begin to look for the device."""
        for thread in self._threads:
            thread.start()

    @property
    def is_open(self) -> bool:
        """True while the device is there."""
        return self._device is not None

    def write(self, line: bytes) -> bool:
        """Hand over one frame; False while the device is away. Of too many waiting frames the oldest is dropped."""
        with self._changed:
            if self._device is None:
                self.lost_frames += 1
                return False
            if len(self._frames) == WAITING_FRAMES:
                self.lost_frames += 1
            self._frames.append(line)
            self._changed.notify()
            return True

    def stop(self) -> None:
        """Close the device and end both threads."""
        self._stopping.set()
        with self._changed:
            if self._device is not None:
                self._device.cancel_read()
                self._device.cancel_write()
            self._changed.notify()
        for thread in self._threads:
            thread.join()

    def _run_reader(self) -> None:
        while not self._stopping.is_set():
            reason = "the device is gone"
            device = self._open()
            if device is None:
                self._stopping.wait(LOOK_S)
                continue
            try:
                self._serve(device)
            except Exception as error:  # noqa: BLE001 -- drivers raise OSError, termios.error, TypeError …: always look again
                reason = f"{type(error).__name__}: {error}"
            self._let_go(device)
            if not self._stopping.is_set():
                self._gone(reason)

    def _open(self) -> "serial.Serial | None":
        try:
            device = serial.Serial(self.path, self._baud, timeout=IDLE_S, write_timeout=WRITE_S, exclusive=True)
        except Exception:  # noqa: BLE001 -- not there yet, or not ready yet: the next look is in a quarter of a second
            return None
        with self._changed:
            self._frames.clear()
            self._device = device
        return device

    def _serve(self, device: serial.Serial) -> None:
        self._opened()
        while not self._stopping.is_set():
            data = device.read(1)
            if data:
                waiting = min(CHUNK, device.in_waiting)
                self._read(data + device.read(waiting) if waiting else data)
            elif os.stat(self.path).st_rdev != os.fstat(device.fileno()).st_rdev:  # noqa: PTH116 -- beside fstat
                raise OSError(f"{self.path} names another device now")

    def _let_go(self, device: serial.Serial) -> None:
        with self._changed:
            self._device = None
            self._changed.notify()
        try:
            device.cancel_write()
            with self._writing:  # closing under a write could let it hit whatever gets the file number next
                device.close()
        except Exception as error:  # noqa: BLE001 -- it is gone, one way or the other
            self._gone(f"closing: {error}")

    def _run_writer(self) -> None:
        while True:
            with self._changed:
                device = self._device
                if self._stopping.is_set():
                    return
                if device is None or not self._frames:
                    self._changed.wait()
                    continue
                line = self._frames.popleft()
            try:
                with self._writing:
                    device.write(line)
            except Exception:  # noqa: BLE001 -- timeout or a device that just went: the sender repeats, the reader reopens
                self.lost_frames += 1
