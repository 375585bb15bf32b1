"""What the node says upward: birth, heartbeat, change, and every report until its receipt.

A heartbeat brings a new nonce, a change repeats the newest: commands may name the last three, so a nonce at every change
would make a command stale in seconds. Of several changes only the last is said: the state carries the last four outcomes. Where a whole
city was told something at once, each kentongan says at a moment of its own that it obeyed.
"""

import asyncio

from kentongan_contract import codec, seal

from .clock import wait_ms
from .pace import around, draw

_LONGEST_PAUSE_MS = 1000  # while the way up is closed


class Messenger:
    """`compose(presence, nonce)` gives the State of this moment; `tell` hears which reports are on the flash; `keepers`
    have things of their own to write there."""

    def __init__(self, settings, clock, random, key: seal.Key, outbox, freshness, compose, tell, keepers=()):
        self._node = settings.node
        self._heartbeat = settings.heartbeat_ms
        self._clock = clock
        self._random = random
        self._key = key
        self._outbox = outbox
        self._freshness = freshness
        self._compose = compose
        self._tell = tell
        self._keepers = keepers
        self._wake = asyncio.Event()
        self._changed = False
        self._say_at_ms = 0
        self._nonce = None
        self._next_nonce_ms = 0
        self.uplink = None

    async def run(self) -> None:
        """Serve for ever."""
        while True:
            self._wake.clear()
            pause = self._speak()
            for report in self._outbox.keep():  # after the wire: a flash may take its time
                self._tell("kept", report=report)
            for keeper in self._keepers:
                keeper.keep()
            await wait_ms(self._wake, pause)

    def changed(self, leisure_ms: int = 0) -> None:
        """The state is no longer what was said last: say it now, or at some moment of the next `leisure_ms`."""
        if leisure_ms and self._changed:
            return  # said with what changed before
        self._say_at_ms = self._clock.now_ms() + draw(self._random, leisure_ms) if leisure_ms else 0
        self._changed = True
        self._wake.set()

    def wake(self) -> None:
        """There may be something to say now."""
        self._wake.set()

    def up(self) -> None:
        """A session began: say the birth and every report at once."""
        self._outbox.hurry(self._clock.now_ms())
        self.changed()

    def ask(self, message) -> bool:
        """Say something that is no report and no state, if there is room now."""
        if self.uplink is None or not self.uplink.connected:
            return False
        return self.uplink.send(message.KIND, self._sealed(message.KIND, message))

    def will(self) -> bytes:
        """The sealed state that the broker says when we are cut off."""
        return self._sealed("state", self._compose("offline", None))

    def _speak(self) -> "int | None":
        """Say what is due; the wait until the next is, in ms, or None while the way up is closed."""
        if self.uplink is None or not self.uplink.connected:
            return None
        now = self._clock.now_ms()
        self._outbox.expire(now)
        for report in self._outbox.due(now):
            if not self.uplink.send("report", self._sealed("report", report)):
                return _LONGEST_PAUSE_MS
            self._outbox.sent(report.id, now)
        if now >= self._next_nonce_ms:
            self._nonce = self._freshness.issue(self._random(8), now)
            self._next_nonce_ms = now + around(self._random, self._heartbeat, 10)
            self.changed()
        if self._changed and now >= self._say_at_ms:
            if not self.uplink.send("state", self._sealed("state", self._compose("online", self._nonce))):
                return _LONGEST_PAUSE_MS
            self._changed = False
        due = self._outbox.next_due_ms()
        soonest = self._next_nonce_ms if due is None else min(due, self._next_nonce_ms)
        if self._changed:
            soonest = min(soonest, self._say_at_ms)
        return max(1, soonest - now)

    def _sealed(self, kind: str, message) -> bytes:
        return seal.seal(self._key, kind, self._node, codec.encode(message))
