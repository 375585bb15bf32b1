"""The desk: everything that reads proofs or touches the file, done by one thread in the order it came."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from kentongan_command_centre.case_book import CaseBook
from kentongan_command_centre.database import Database
from kentongan_command_centre.reply_box import ReplyBox

Result = TypeVar("Result")


class Bell:
    """Rings when anything changed. Listeners hear that it rang, not how often."""

    def __init__(self) -> None:
        self._rung = 0
        self._closed = False
        self._next = asyncio.Event()

    @property
    def rung(self) -> int:
        """How often it rang."""
        return self._rung

    def ring(self) -> None:
        """Wake every listener."""
        self._rung += 1
        self._next.set()
        self._next = asyncio.Event()

    def close(self) -> None:
        """Wake every listener for the last time."""
        self._closed = True
        self.ring()

    async def after(self, heard: int, seconds: float | None = None) -> bool:
        """Wait until it has rung more than `heard` times, at most `seconds`; False once it is closed."""
        if self._rung <= heard and not self._closed:
            try:
                async with asyncio.timeout(seconds):
                    await self._next.wait()
            except TimeoutError:
                pass
        return not self._closed


class Desk:
    """The case book and the reply box behind their one thread, and the bells that say when they changed."""

    def __init__(self, file: Path) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="desk")
        self._database = self._thread.submit(_open, file).result()
        self.book = CaseBook(self._database)
        self.replies = ReplyBox(self._database)
        self.changed = Bell()
        self.said = Bell()

    async def do(self, work: Callable[[], Result]) -> Result:
        """Let the desk's thread do it."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def close(self) -> None:
        """Finish what was begun and let go of the file."""
        self._thread.submit(self._database.close).result()
        self._thread.shutdown()


def _open(file: Path) -> Database:
    file.parent.mkdir(parents=True, exist_ok=True)
    return Database(file)
