"""Counts what happened, as anybody could: by following the server's public event stream."""

import json
import threading
from collections import Counter

import httpx

SOUNDED = ("sounding", "completed", "silenced")


class Tally:
    """Follows /api/v1/events in a thread of its own; `counts` maps event names to how often they were seen."""

    def __init__(self, base_url: str, token: str) -> None:
        self.counts: Counter[str] = Counter()
        self._sounded: set[str] = set()
        self._url = f"{base_url}/api/v1/events"
        self._headers = {"Authorization": f"Bearer {token}", "Last-Event-ID": "0"}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="tally", daemon=True)
        self._thread.start()

    @property
    def soundings(self) -> int:
        """How many commands made a kentongan sound."""
        return len(self._sounded)

    def stop(self) -> None:
        """Stop listening."""
        self._over.set()

    def _follow(self) -> None:
        timeout = httpx.Timeout(5.0, read=None)
        while not self._over.is_set():
            try:
                with httpx.stream("GET", self._url, headers=self._headers, timeout=timeout) as answer:
                    for line in answer.iter_lines():
                        self._take(line)
            except httpx.HTTPError:
                self._over.wait(0.5)  # the server is away; the stream resumes where it ended

    def _take(self, line: str) -> None:
        field, _, value = line.partition(":")
        if field == "id":
            self._headers["Last-Event-ID"] = value.strip()
        elif field == "data":
            entry = json.loads(value)
            self.counts[entry["event"]] += 1
            if entry["event"] == "command_state_changed" and entry["data"]["state"] in SOUNDED:
                self._sounded.add(entry["data"]["command"])
