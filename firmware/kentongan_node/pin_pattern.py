"""The PIN of a call point is a rhythm: groups of taps with a pause between them, such as two, three, one. Pure.

It takes back a press made here. The duress rhythm looks the same to whoever stands beside it, and says the opposite. After
five wrong rhythms none counts for ten minutes: guessing at the button ends nobody's alarm.
"""

NEXT_GROUP_MS = 700  # a longer pause begins the next group
END_MS = 1_800  # a longer one still ends the rhythm
TRIES = 5
LOCKED_MS = 600_000
_MOST_TAPS = 64


class PinPattern:
    """`cancel` and `duress` are lists of group sizes, or None where the node has none."""

    def __init__(self, cancel: "list | None", duress: "list | None"):
        self._cancel = cancel
        self._duress = duress
        self._groups = []
        self._tapped_at = 0
        self._wrong = 0
        self._locked_until = 0

    def tap(self, now_ms: int) -> None:
        """A short press ended."""
        if self._cancel is None and self._duress is None:
            return
        if not self._groups or now_ms - self._tapped_at > NEXT_GROUP_MS:
            self._groups.append(0)
        if sum(self._groups) < _MOST_TAPS:
            self._groups[-1] += 1
        self._tapped_at = now_ms

    def interrupt(self) -> None:
        """A hold came between: that was no rhythm."""
        self._groups = []

    def step(self, now_ms: int) -> "str | None":
        """`cancel`, `duress` or `wrong` once the rhythm has ended; nothing for a single tap."""
        if not self._groups or now_ms - self._tapped_at <= END_MS:
            return None
        groups, self._groups = self._groups, []
        if groups == [1]:
            return None  # somebody leant on it
        if now_ms < self._locked_until:
            return "wrong"
        for name, pattern in (("cancel", self._cancel), ("duress", self._duress)):
            if groups == pattern:
                self._wrong = 0
                return name
        self._wrong += 1
        if self._wrong >= TRIES:
            self._wrong = 0
            self._locked_until = now_ms + LOCKED_MS
        return "wrong"

    def due_ms(self) -> "int | None":
        """When the rhythm under way ends."""
        return self._tapped_at + END_MS + 1 if self._groups else None
