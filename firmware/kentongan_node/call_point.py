"""From a bouncing contact to one press: pure, fed with samples.

A change counts once the contact has kept it for `debounce_ms`. `held` comes once per press, when the contact has been
closed for `hold_ms` since it first closed; a shorter touch is no alarm, and its end is a `tap`. A contact that stays closed
for a minute is `stuck`: told, and no second alarm.
"""

SAMPLE_MS = 5
DEBOUNCE_MS = 20
STUCK_MS = 60_000


class CallPoint:
    """One button; `sample` wants the contact every 5 ms, or at every edge and again at `due_ms`."""

    def __init__(self, hold_ms: int, debounce_ms: int = DEBOUNCE_MS):
        self._hold = max(hold_ms, debounce_ms)
        self._debounce = debounce_ms
        self._closed = False  # as debounced
        self._raw = False
        self._changed_at = 0
        self._closed_at = 0
        self._held = False
        self.stuck = False

    def sample(self, now_ms: int, closed: bool) -> "str | None":
        """What this sample brought about: `pressed`, `held`, `stuck`, `tap`, `released` or nothing."""
        if closed != self._raw:
            self._raw = closed
            self._changed_at = now_ms
        if self._raw != self._closed and now_ms - self._changed_at >= self._debounce:
            self._closed = self._raw
            if not self._closed:
                self.stuck = False
                return "released" if self._held else "tap"
            self._closed_at = self._changed_at
            self._held = self._hold <= self._debounce
            return "held" if self._held else "pressed"
        if self._closed and self._raw:
            if not self._held and now_ms - self._closed_at >= self._hold:
                self._held = True
                return "held"
            if not self.stuck and now_ms - self._closed_at >= STUCK_MS:
                self.stuck = True
                return "stuck"
        return None

    def due_ms(self) -> "int | None":
        """When a sample will bring something although the contact rests; None when nothing is under way."""
        if self._raw != self._closed:
            return self._changed_at + self._debounce
        if self._closed and not self._held:
            return self._closed_at + self._hold
        if self._closed and not self.stuck:
            return self._closed_at + STUCK_MS
        return None

    def is_closed(self) -> bool:
        """The contact as debounced."""
        return self._closed
