"""The conversation in which a kentongan is settled, one JSON line a request and one an answer: over USB or the page's HTTP.

`hello` says who it is, `claim` opens the door with the box's code (or the key of a settled node), `configure` changes the settings, `show` tells them without
secrets. Without the code nothing but `hello` is answered. The code is used up with the first settings that can be used: a
power cut before that leaves a box that can still be claimed.
"""

import json

from . import VERSION
from .provisioning import SettingsError

LONGEST_LINE = 8_192


class Settling:
    """One conversation; `store` keeps the settings, `claim` knows the code."""

    def __init__(self, store, claim):
        self._store = store
        self._claim = claim
        self._is_open = False
        self.is_settled = False  # there is something new to start with

    def answer(self, line: bytes) -> bytes:
        """The answer to one line; never raises."""
        try:
            request = json.loads(line.decode()) if len(line) <= LONGEST_LINE else None
        except (ValueError, RuntimeError, TypeError):
            request = None
        if type(request) is not dict:
            return _line({"ok": False, "error": "a request is one JSON object of at most 8192 bytes"})
        try:
            return _line(self.do(request))
        except SettingsError as error:
            return _line({"ok": False, "error": str(error)})

    def do(self, request: dict) -> dict:
        """Obey one request; SettingsError for settings that cannot be used."""
        verb = request.get("do")
        if verb == "hello":
            node = self._store.read().get("node")
            return {"ok": True, "node": node, "version": self._store.version(), "firmware": VERSION,
                    "claimable": self._claim.is_open()}  # fmt: skip
        if verb == "claim":
            if "key" in request:
                why_not = self._claim.check_key(request["key"], self._store.read().get("key"))
            else:
                why_not = self._claim.check(request.get("code"))
            self._is_open = self._is_open or why_not is None
            return {"ok": True} if why_not is None else {"ok": False, "error": why_not}
        if verb not in ("configure", "show"):
            return {"ok": False, "error": "a kentongan knows hello, claim, configure and show"}
        if not self._is_open:
            return {"ok": False, "error": "show the code of the box first (claim)"}
        if verb == "show":
            return {"ok": True, "version": self._store.version(), "settings": self._store.shown()}
        changes, seen = request.get("settings"), request.get("version")
        if type(changes) is not dict or type(seen) is not int:
            return {"ok": False, "error": "configure needs settings (an object) and the version that was seen"}
        version = self._store.replace(changes, seen)
        if self._claim.is_open():
            self._claim.use()
        self.is_settled = True
        return {"ok": True, "version": version}


def _line(answer: dict) -> bytes:
    return json.dumps(answer).encode() + b"\n"
