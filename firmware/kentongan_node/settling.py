"""The conversation in which a kentongan is settled, one JSON line a request and one an answer: over USB or the page's HTTP.

`hello` says who it is, `claim` opens the door with the box's code (or the key of a settled node), `configure` changes the settings, `show` tells them without
secrets; `measure` and `echo` are for the factory's jig (bench.py). Without the code nothing but `hello` is answered. The code is used up with the first settings that can be used: a
power cut before that leaves a box that can still be claimed.
"""

import json

from . import VERSION
from .provisioning import SettingsError

LONGEST_LINE = 8_192
_SHUT = "show the code of the box first (claim)"


class Settling:
    """One conversation; `store` keeps the settings, `claim` knows the code, `bench` measures where there is a cable."""

    def __init__(self, store, claim, bench=None):
        self._store = store
        self._claim = claim
        self._bench = bench
        self._is_open = False
        self.is_settled = False  # there is something new to start with

    def answer(self, line: bytes) -> bytes:
        """The answer to one line; never raises."""
        request = _request(line)
        if request is None:
            return _line({"ok": False, "error": "a request is one JSON object of at most 8192 bytes"})
        try:
            return _line(self.do(request))
        except SettingsError as error:
            return _line({"ok": False, "error": str(error)})

    async def answered(self, line: bytes) -> bytes:
        """The same, and what takes its time: measuring."""
        request = _request(line)
        if request is None or request.get("do") not in ("measure", "echo"):
            return self.answer(line)
        if not self._is_open:
            return _line({"ok": False, "error": _SHUT})
        if self._bench is None:
            return _line({"ok": False, "error": "only the cable measures"})
        try:
            return _line(await self._measure(self._bench, request))
        except Exception as error:  # a part that is not there must not end the conversation
            return _line({"ok": False, "error": type(error).__name__ + ": " + str(error)})

    async def _measure(self, bench, request: dict) -> dict:
        if request["do"] == "echo":
            ms, most = request.get("ms"), request.get("bytes")
            if type(ms) is not int or type(most) is not int or min(ms, most) < 1:
                return {"ok": False, "error": "echo needs ms and bytes, whole numbers above 0"}
            return await bench.echo(ms, most)
        ssid, strike = request.get("ssid"), request.get("strike", False)
        if type(strike) is not bool or (ssid is not None and type(ssid) is not str):
            return {"ok": False, "error": "measure takes ssid (a text) and strike (true or false)"}
        return {"ok": True, "readings": await bench.measure(ssid, strike)}

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
            return {"ok": False, "error": "a kentongan knows hello, claim, configure, show, measure and echo"}
        if not self._is_open:
            return {"ok": False, "error": _SHUT}
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


def _request(line: bytes) -> "dict | None":
    try:
        request = json.loads(line.decode()) if len(line) <= LONGEST_LINE else None
    except (ValueError, RuntimeError, TypeError):
        return None
    return request if type(request) is dict else None


def _line(answer: dict) -> bytes:
    return json.dumps(answer).encode() + b"\n"
