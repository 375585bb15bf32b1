"""Whether a neighbour's word is new, known or stale: pure, with no clock and one flash record an alarm.

A word names its sender's boot and uptime. The first one heard ties the sender's uptime to our own clock; from then on a
recorded word dies `WINDOW_MS` after it was said, whether we heard the original or not. Of each sender the flash keeps the
boot and the number of its last alarm, so that no reset makes an old alarm new. What remains to whoever records the air: after
our own reset, an alarm that this kentongan missed may be played to it once, until its sender is heard.

Who holds the group key can pretend to be any member and so make this ledger refuse a neighbour, as a radio jammer would;
a new group key empties the ledger.
"""

import binascii
import hashlib

WINDOW_MS = 10_000
HEARD_MS = 180_000  # a neighbour silent for longer is not there
MOST_SENDERS = 32
_DRIFT = 12  # two crystals part by less than one part in 2**12


class _Sender:
    def __init__(self, boot: int):
        self.boot = boot
        self.alarm = (-1, -1)  # boot and number of the last alarm that was new
        self.uptime = None  # None: this boot was read from the flash and not heard yet
        self.heard = None


class PeerLedger:
    """`journal` keeps what must outlive a reset; `key` is the group's newest secret: another one begins anew."""

    def __init__(self, journal, node: str, key: bytes):
        self._journal = journal
        self._node = node
        self._mark = binascii.hexlify(hashlib.sha256(b"ledger" + key).digest()[:8]).decode()
        self._senders = {}
        for record in journal.load():
            self._read(record)

    def take(self, word, now_ms: int) -> str:
        """`own`, `greeting`, `again`, `new`, or why it is refused: `boot` (an earlier one), `late`."""
        if word.node == self._node:
            return "own"
        sender = self._senders.get(word.node)
        if sender is not None and word.boot < sender.boot:
            return "boot"
        if sender is not None and word.boot == sender.boot and sender.uptime is not None:
            elapsed = now_ms - sender.heard
            expected = sender.uptime + elapsed
            if expected - word.uptime_ms > WINDOW_MS + (elapsed >> _DRIFT):
                return "late"
        self._hear(word, now_ms)
        if word.seq is None:
            return "greeting"
        if (word.boot, word.seq) <= self._senders[word.node].alarm:
            return "again"
        return "new"

    def sounded(self, word) -> bool:
        """Keep that this alarm is known from now on; False when the flash refused (it is known until a reset)."""
        self._senders[word.node].alarm = (word.boot, word.seq)
        try:
            self._journal.rewrite([self._record(name) for name in self._senders if self._senders[name].alarm[0] >= 0])
        except OSError:
            return False
        return True

    def is_known(self, node: str, boot: int, seq: int) -> bool:
        """True when this alarm was new here once."""
        sender = self._senders.get(node)
        return sender is not None and (boot, seq) <= sender.alarm

    def present(self, now_ms: int) -> int:
        """How many neighbours were heard lately."""
        times = [sender.heard for sender in self._senders.values() if sender.heard is not None]
        return len([heard for heard in times if now_ms - heard <= HEARD_MS])

    def _hear(self, word, now_ms: int) -> None:
        sender = self._senders.get(word.node)
        if sender is None:
            if len(self._senders) >= MOST_SENDERS:
                self._forget_one()
            sender = self._senders[word.node] = _Sender(word.boot)
        if word.boot > sender.boot:
            sender.boot = word.boot
            sender.uptime = None
        if sender.uptime is None or word.uptime_ms >= sender.uptime + now_ms - sender.heard:  # never back: a late word
            sender.uptime = word.uptime_ms
            sender.heard = now_ms
        else:  # the same clock, heard now
            sender.uptime += now_ms - sender.heard
            sender.heard = now_ms

    def _forget_one(self) -> None:
        def rank(name):
            sender = self._senders[name]
            return (sender.heard is not None, sender.heard or 0)

        self._senders.pop(min(self._senders, key=rank))

    def _record(self, name: str) -> dict:
        boot, seq = self._senders[name].alarm
        return {"of": self._mark, "node": name, "boot": boot, "seq": seq}

    def _read(self, record: dict) -> None:
        if record.get("of") != self._mark:
            return
        node, boot, seq = record.get("node"), record.get("boot"), record.get("seq")
        if type(node) is str and type(boot) is int and type(seq) is int and len(self._senders) < MOST_SENDERS:
            sender = self._senders[node] = _Sender(boot)
            sender.alarm = (boot, seq)
