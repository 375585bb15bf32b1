"""Every press is kept until the server's sealed receipt names it, across power cuts, and said again and again till then.

The siren comes first, then the wire, then the flash, which may take its time: `keep` writes down what `add` and `forget`
changed. The broker's PUBACK proves nothing, so it is not asked. A report's age is known within the boot that took it; after a
reboot it is None and the server marks the time as uncertain.
"""

from kentongan_contract.messages import NOTICES, Report, report_id

from .pace import around

REPEAT_MS = (500, 1000, 2000, 4000, 5000)  # the last one for ever
LONGEST_QUEUE = 32
COMPACT_AT = 64
EXPIRES_MS = 7 * 24 * 3_600_000


class Pending:
    """One report that the server has not confirmed."""

    def __init__(self, id: str, kind: str, purpose: str, boot: int, seq: int, pressed_ms: "int | None", of=None):
        self.id = id
        self.kind = kind
        self.purpose = purpose
        self.boot = boot
        self.seq = seq
        self.pressed_ms = pressed_ms
        self.of = of  # the report that a cancel takes back
        self.sends = 0
        self.due_ms = 0


class Outbox:
    """`latest` is the newest report this node is known to have made, confirmed or not."""

    def __init__(self, journal, node: str, boot: int, random):
        self._journal = journal
        self._node = node
        self._boot = boot
        self._random = random
        self._seq = 0
        self._pending = []
        self._records = 0
        self._unwritten = []
        self._refused = False  # the medium refused a record: all must be written anew
        self.latest = None
        self.dropped = 0
        self.write_errors = 0
        self._load()

    def next_id(self) -> str:
        """The id that the next press will have; costs no flash write."""
        return report_id(self._node, self._boot, self._seq)

    def add(self, kind: str, purpose: str, now_ms: int, of: "str | None" = None) -> str:
        """Take a press or a notice; it is due at once."""
        pending = Pending(self.next_id(), kind, purpose, self._boot, self._seq, now_ms, of)
        self._seq += 1
        pending.due_ms = now_ms
        self._pending.append(pending)
        if kind not in NOTICES:
            self.latest = pending.id
        self._unwritten.append(_added(pending))
        if len(self._pending) > LONGEST_QUEUE:
            self._drop(self._least().id)
        return pending.id

    def expire(self, now_ms: int) -> None:
        """Let go of what nobody confirmed in a week of this boot: the flash is for what can still help."""
        for pending in self._pending:
            if pending.pressed_ms is not None and now_ms - pending.pressed_ms >= EXPIRES_MS:
                self._drop(pending.id)

    def due(self, now_ms: int) -> list:
        """The reports to say now, oldest first."""
        return [self._report(pending, now_ms) for pending in self._ready() if pending.due_ms <= now_ms]

    def sent(self, id: str, now_ms: int) -> None:
        """The report went out; when it is due again follows."""
        for pending in self._pending:
            if pending.id == id:
                wait = REPEAT_MS[min(pending.sends, len(REPEAT_MS) - 1)]
                pending.sends += 1
                pending.due_ms = now_ms + around(self._random, wait, 20)

    def hurry(self, now_ms: int) -> None:
        """A new session: say everything at once and begin the repeats anew."""
        for pending in self._pending:
            pending.sends = 0
            pending.due_ms = now_ms

    def next_due_ms(self) -> "int | None":
        """When something is due, None while nothing is pending."""
        ready = self._ready()
        return min([pending.due_ms for pending in ready]) if ready else None

    def forget(self, id: str) -> bool:
        """The server has it; True when it was pending."""
        left = [pending for pending in self._pending if pending.id != id]
        if len(left) == len(self._pending):
            return False
        self._pending = left
        self._unwritten.append({"done": id})
        return True

    def keep(self) -> list:
        """Write down what changed; the ids of the reports that are now safe from a power cut.

        A medium that refuses is counted and tried again; the report is said all the same while the power lasts.
        """
        pending = self.pending()
        kept = [record["id"] for record in self._unwritten if record.get("id") in pending]
        if self.is_kept():
            return []
        try:
            if self._refused or self._records + len(self._unwritten) > COMPACT_AT:
                self._rewrite()
            else:
                for record in self._unwritten:
                    self._journal.append(record)
                    self._records += 1
            self._refused = False
        except OSError:
            self.write_errors += 1
            self._refused = True
            kept = []
        self._unwritten = []
        return kept

    def is_kept(self) -> bool:
        """True when the flash says what we know."""
        return not self._unwritten and not self._refused

    def pending(self) -> list:
        """The ids not yet confirmed, oldest first."""
        return [pending.id for pending in self._pending]

    def _report(self, pending: Pending, now_ms: int) -> Report:
        age = None if pending.pressed_ms is None else now_ms - pending.pressed_ms
        return Report(pending.id, pending.kind, pending.purpose, pending.boot, pending.seq, age, pending.of)

    def _ready(self) -> list:
        """What may be said: a press is taken back only once the server has it, or it would take back nothing."""
        waiting = self.pending()
        return [pending for pending in self._pending if pending.of not in waiting]

    def _least(self) -> Pending:
        """What may go first: an opened lid before a press, an old press before a new one, which says the same."""
        for pending in self._pending:
            if pending.kind == "tamper":
                return pending
        return self._pending[0]

    def _drop(self, id: str) -> None:
        self.dropped += 1
        self.forget(id)

    def _load(self) -> None:
        for record in self._journal.load():
            self._records += 1
            if "done" in record:
                left = [pending for pending in self._pending if pending.id != record["done"]]
                if len(left) == len(self._pending):  # its own record went with a compaction: it was the latest then
                    self.latest = record["done"]
                self._pending = left
                continue
            try:
                pending = Pending(
                    record["id"],
                    record["kind"],
                    record["purpose"],
                    record["boot"],
                    record["seq"],
                    None,
                    record.get("of"),
                )
                self._report(pending, 0)
            except (KeyError, ValueError):
                continue  # written by a firmware that knew more; it stays out of what we send
            self._pending.append(pending)
            if pending.kind not in NOTICES:
                self.latest = pending.id

    def _rewrite(self) -> None:
        records = [_added(pending) for pending in self._pending]
        if self.latest is not None and self.latest not in self.pending():
            records.append({"done": self.latest})
        self._journal.rewrite(records)
        self._records = len(records)


def _added(pending: Pending) -> dict:
    record = {
        "id": pending.id,
        "kind": pending.kind,
        "purpose": pending.purpose,
        "boot": pending.boot,
        "seq": pending.seq,
    }
    if pending.of is not None:
        record["of"] = pending.of
    return record
