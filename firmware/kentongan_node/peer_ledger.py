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

from kentongan_contract.messages import report_id

WINDOW_MS = 10_000
HEARD_MS = 180_000  # a neighbour silent for longer is not there
MOST_SENDERS = 32
_DRIFT = 12  # two crystals part by less than one part in 2**12


class _Sender:
    alarm: "tuple[int, int]"
    uptime: "int | None"
    heard: "int | None"

    def __init__(self, boot: int):
        self.boot = boot
        self.alarm = (-1, -1)  # boot and number of the last alarm that was new
        self.sounded = False  # it made a noise here
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
        """`own`, `met` (its first greeting in this boot), `greeting`, `again`, `new`, or why it is refused: `boot` (an earlier one), `late`."""
        if word.node == self._node:
            return "own"
        sender = self._senders.get(word.node)
        if sender is not None and word.boot < sender.boot:
            return "boot"
        if sender is not None and word.boot == sender.boot and sender.uptime is not None:
            elapsed = now_ms - (sender.heard or 0)
            expected = sender.uptime + elapsed
            if expected - word.uptime_ms > WINDOW_MS + (elapsed >> _DRIFT):
                return "late"
        is_met = self._hear(word, now_ms)
        if word.seq is None:
            return "met" if is_met else "greeting"
        if (word.boot, word.seq) <= self._senders[word.node].alarm:
            return "again"
        return "new"

    def keep(self, word, sounded: bool) -> bool:
        """This alarm is known from now on, and whether it made a noise; False when the flash refused (then until a reset)."""
        sender = self._senders[word.node]
        sender.alarm = (word.boot, word.seq)
        sender.sounded = sounded
        try:
            self._journal.rewrite([self._record(name) for name in self._senders if self._senders[name].alarm[0] >= 0])
        except OSError:
            return False
        return True

    def has_sounded(self, report: str) -> bool:
        """True when this report is a neighbour's last alarm and made its noise here, before a reset or after."""
        for name, sender in self._senders.items():
            if sender.sounded and report == report_id(name, sender.alarm[0], sender.alarm[1]):
                return True
        return False

    def present(self, now_ms: int) -> int:
        """How many neighbours were heard lately."""
        times = [sender.heard for sender in self._senders.values() if sender.heard is not None]
        return len([heard for heard in times if now_ms - heard <= HEARD_MS])

    def _hear(self, word, now_ms: int) -> bool:
        sender = self._senders.get(word.node)
        if sender is None:
            if len(self._senders) >= MOST_SENDERS:
                self._forget_one()
            sender = self._senders[word.node] = _Sender(word.boot)
        if word.boot > sender.boot:
            sender.boot = word.boot
            sender.uptime = None
        is_met = sender.uptime is None
        # never back: a word that was long on its way leaves the sender's clock where we have it
        expected = 0 if sender.uptime is None else sender.uptime + now_ms - (sender.heard or 0)
        sender.uptime = max(expected, word.uptime_ms)
        sender.heard = now_ms
        return is_met

    def _forget_one(self) -> None:
        def rank(name):
            sender = self._senders[name]
            return (sender.heard is not None, sender.heard or 0)

        self._senders.pop(min(self._senders, key=rank))

    def _record(self, name: str) -> dict:
        sender = self._senders[name]
        boot, seq = sender.alarm
        return {"of": self._mark, "node": name, "boot": boot, "seq": seq, "sounded": sender.sounded}

    def _read(self, record: dict) -> None:
        if record.get("of") != self._mark:
            return
        node, boot, seq = record.get("node"), record.get("boot"), record.get("seq")
        if type(node) is str and type(boot) is int and type(seq) is int and len(self._senders) < MOST_SENDERS:
            sender = self._senders[node] = _Sender(boot)
            sender.alarm = (boot, seq)
            sender.sounded = record.get("sounded") is True
