"""Writes the spool in a thread of its own, so that a slow SD card never makes the siren wait.

Notes that come while a commit is under way go together in the next one. A commit that fails (disk full, I/O error) is
tried again until it works; nothing is dropped, and `failing` says so meanwhile.
"""

import sqlite3
import threading
from collections.abc import Callable

from kentongan_gateway.spool import Note, Spool

RETRY_S = 1.0


class SpoolWriter:
    """`failed(sentence)` is called in the writer's thread at the first failure of a row, `recovered()` at its end."""

    def __init__(self, spool: Spool, failed: Callable[[str], None], recovered: Callable[[], None]) -> None:
        self._spool = spool
        self._failed = failed
        self._recovered = recovered
        self._changed = threading.Condition()
        self._notes: list[Note] = []
        self._busy = False
        self._closing = False
        self.failing = False
        self._thread = threading.Thread(target=self._run, name="spool", daemon=True)
        self._thread.start()

    def add(self, note: Note) -> None:
        """Have it written soon; returns at once."""
        with self._changed:
            self._notes.append(note)
            self._changed.notify_all()

    @property
    def settled(self) -> bool:
        """True when everything added is on the disk."""
        with self._changed:
            return not self._notes and not self._busy

    def close(self, timeout_s: float) -> bool:
        """Write what is left, then close the spool; False when that took longer than it may."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._notes and not self._closing:
                    self._changed.wait()
                if not self._notes:
                    break
                batch, self._notes = self._notes, []
                self._busy = True
            written = self._write(batch)
            with self._changed:
                self._busy = False
                if not written:
                    self._notes = batch + self._notes
                    self._changed.wait_for(lambda: self._closing, RETRY_S)
                    if self._closing:
                        break
        self._spool.close()

    def _write(self, batch: list[Note]) -> bool:
        try:
            self._spool.write(batch)
        except sqlite3.Error as error:
            if not self.failing:
                self.failing = True
                self._failed(f"{type(error).__name__}: {error}")
            return False
        if self.failing:
            self.failing = False
            self._recovered()
        return True
