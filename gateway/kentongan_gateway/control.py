"""Commands on stdin, events on stdout, one JSON object a line: for the demo and the tests, never for the field.

{"do":"press","hold_ms":1500}, {"do":"release"}, {"do":"silence"}, {"do":"status"}; each has its "answer". The button
and the key are moved at the mock pins, so that a press goes the way of a finger. The end of stdin is the end of
the gateway: whoever steered it is gone.
"""

import asyncio
import json
import threading
from collections.abc import Callable
from typing import Any, TextIO

from kentongan_gateway.siren import Panel, PinsError

KEY_MS = 150


class Control:
    """`answer(object)` writes one line; `ended()` runs in the event loop when the commands end."""

    def __init__(
        self,
        panel: Panel,
        status: Callable[[], dict[str, Any]],
        answer: Callable[[dict[str, Any]], None],
        ended: Callable[[], None],
    ) -> None:
        self._panel = panel
        self._status = status
        self._answer = answer
        self._ended = ended
        self._loop = asyncio.get_running_loop()

    def start(self, stream: TextIO) -> None:
        """Read the stream in a daemon thread."""
        threading.Thread(target=self._read, args=(stream,), name="control", daemon=True).start()

    def take(self, line: str) -> None:
        """Do one command and answer it."""
        try:
            request = json.loads(line)
            if type(request) is not dict:
                raise ValueError("a command is a JSON object")
            self._answer({"event": "answer", "do": request.get("do"), "ok": True} | self._do(request))
        except (ValueError, PinsError) as error:
            self._answer({"event": "answer", "ok": False, "error": str(error)})

    def _do(self, request: dict[str, Any]) -> dict[str, Any]:
        match request.get("do"):
            case "press":
                self._press(request.get("hold_ms"))
            case "release":
                self._panel.drive_button(False)
            case "silence":
                self._panel.drive_key(True)
                self._loop.call_later(KEY_MS / 1000, self._panel.drive_key, False)
            case "status":
                return self._status()
            case other:
                raise ValueError(f"there is no command {other!r}")
        return {}

    def _press(self, hold_ms: object) -> None:
        if hold_ms is not None and (type(hold_ms) is not int or not 0 <= hold_ms <= 600_000):
            raise ValueError("hold_ms must be 0 to 600000, or absent to hold until released")
        self._panel.drive_button(True)
        if isinstance(hold_ms, int):
            self._loop.call_later(hold_ms / 1000, self._panel.drive_button, False)

    def _read(self, stream: TextIO) -> None:
        for line in stream:
            if line.strip() and not self._hand_over(self.take, line):
                return
        self._hand_over(self._ended)

    def _hand_over(self, action: Callable[..., None], *arguments: str) -> bool:
        try:
            self._loop.call_soon_threadsafe(action, *arguments)
        except RuntimeError:
            return False  # the loop has ended
        return True
