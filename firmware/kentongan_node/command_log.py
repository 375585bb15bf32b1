"""The outcome of each command, so that one id sounds once and a lost message loses no transition."""

from .lifecycle import COMMAND, following

REMEMBERED = 16
REPORTED = 4


class CommandLog:
    """The last 16 commands with their outcomes, newest last; `State.commands` carries the last four."""

    def __init__(self):
        self._entries = []  # [id, outcome]

    def is_known(self, id: str) -> bool:
        """True when this id was obeyed before; one that came too late may come again."""
        return self._outcome(id) not in ("unseen", "expired")

    def move(self, id: str, event: str) -> None:
        """Let `event` happen to the command; IllegalEvent changes nothing."""
        outcome = following(COMMAND, self._outcome(id), event)
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
