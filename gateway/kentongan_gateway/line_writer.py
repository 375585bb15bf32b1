"""Lines to stdout or stderr that never block the one who writes: a reader that stalls costs lines, not the alarm."""

import threading
from collections import deque
from typing import TextIO

WAITING_LINES = 2000


class LineWriter:
    """A file-like sink with a thread of its own; of too many waiting lines the oldest are dropped and counted."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._changed = threading.Condition()
        self._lines: deque[str] = deque(maxlen=WAITING_LINES)
        self._closing = False
        self.dropped = 0
        self._thread = threading.Thread(target=self._run, name="lines", daemon=True)
        self._thread.start()

    def write(self, text: str) -> int:
        """Take a text that ends with its newline."""
        with self._changed:
            if len(self._lines) == WAITING_LINES:
                self.dropped += 1
            self._lines.append(text)
            self._changed.notify()
        return len(text)

    def flush(self) -> None:
        """Nothing to do: the thread flushes."""

    def close(self, timeout_s: float) -> None:
        """Give the waiting lines this long to leave."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._lines and not self._closing:
                    self._changed.wait()
                if not self._lines:
                    return
                text = "".join(self._lines)
                self._lines.clear()
            try:
                self._stream.write(text)
                self._stream.flush()
            except (OSError, ValueError):
                return  # nobody reads any more: there is no one left to tell
