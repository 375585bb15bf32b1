"""Samples of a contact in, one press out: debounced, and held long enough to be meant."""

DEBOUNCE_MS = 20


class CallPoint:
    """One button. A press is told once, when the hold is full; a stuck button is told once."""

    def __init__(self, hold_ms: int) -> None:
        self._hold_ms = hold_ms
        self._raw = False
        self._raw_since = 0
        self._down = False
        self._down_since = 0
        self._told = False

    def sample(self, closed: bool, now_ms: int) -> bool:
        """True at the sample that completes a press."""
        if closed != self._raw:
            self._raw, self._raw_since = closed, now_ms
        if self._raw != self._down and now_ms - self._raw_since >= DEBOUNCE_MS:
            self._down, self._down_since = self._raw, now_ms
            self._told = False
        if self._down and not self._told and now_ms - self._down_since >= self._hold_ms:
            self._told = True
            return True
        return False

    @property
    def settled(self) -> bool:
        """True when nothing can happen before the contact changes: no need to sample."""
        return self._raw == self._down and (self._told or not self._down)
