"""The outcome of each command, so that one id sounds once and a lost message loses no transition.

What is over is written to the flash, once a command: after a reset its id is a repeat still, and the server still hears how
it ended. What the power cut off in the middle is not: sent afresh, it sounds again, for its alarm goes on.
"""

from .lifecycle import COMMAND, following

REMEMBERED = 16
REPORTED = 4
COMPACT_AT = 64
_OVER = ("completed", "silenced", "failed")


class CommandLog:
    """The last 16 commands with their outcomes, newest last; `State.commands` carries the last four."""

    def __init__(self, journal=None):
        self._entries = []  # [id, outcome]
        self._journal = journal
        self._records = 0
        self._unwritten = []
        self.write_errors = 0
        for record in [] if journal is None else journal.load():
            self._recall(record)
        self._entries = self._entries[-REMEMBERED:]

    def is_known(self, id: str) -> bool:
        """True when this id was obeyed before; one that came too late may come again."""
        return self._outcome(id) not in ("unseen", "expired")

    def move(self, id: str, event: str) -> None:
        """Let `event` happen to the command; IllegalEvent changes nothing."""
        outcome = following(COMMAND, self._outcome(id), event)
        if outcome in _OVER and self._journal is not None:
            self._unwritten.append({"id": id, "outcome": outcome})
        for entry in self._entries:
            if entry[0] == id:
                entry[1] = outcome
                return
        if outcome == "expired":  # at most one: a flood of stale commands must not push out the others
            self._entries = [entry for entry in self._entries if entry[1] != "expired"]
        self._entries.append([id, outcome])
        if len(self._entries) > REMEMBERED:
            self._forget_oldest_finished()

    def recent(self) -> list:
        """The last four as [id, outcome], for the state message."""
        return [list(entry) for entry in self._entries[-REPORTED:]]

    def keep(self) -> None:
        """Write down what ended; a medium that refuses is counted, and asked again with the next ending."""
        if not self._unwritten or self._journal is None:
            return
        try:
            if self._records + len(self._unwritten) > COMPACT_AT:
                over = [{"id": id, "outcome": outcome} for id, outcome in self._entries if outcome in _OVER]
                self._journal.rewrite(over)
                self._records = len(over)
            else:
                for record in self._unwritten:
                    self._journal.append(record)
                    self._records += 1
            self._unwritten = []
        except OSError:
            self.write_errors += 1
            self._unwritten = self._unwritten[-REMEMBERED:]

    def is_sounding(self, id: str) -> bool:
        """True while nothing final is known of it."""
        return self._outcome(id) == "sounding"

    def _recall(self, record: dict) -> None:
        self._records += 1
        id, outcome = record.get("id"), record.get("outcome")
        if type(id) is str and outcome in _OVER:  # else written by a firmware that knew more
            self._entries = [entry for entry in self._entries if entry[0] != id]
            self._entries.append([id, outcome])

    def _outcome(self, id: str) -> str:
        for entry in self._entries:
            if entry[0] == id:
                return entry[1]
        return "unseen"

    def _forget_oldest_finished(self) -> None:
        for at, entry in enumerate(self._entries):
            if entry[1] not in ("device_acked", "sounding"):
                self._entries.pop(at)
                return
