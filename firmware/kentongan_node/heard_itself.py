"""Did the siren really sound? Pure: the current through it, or a microphone's ear, says so stroke by stroke.

One stroke that is heard is enough for `sounded`. Three in a row that are not make it `silent`, or `cut` where no current
flowed at all: a wire that was cut on purpose looks like that. A board that measures nothing says nothing.
"""

_SETTLE_MS = 20  # a siren needs a moment to draw its current
_PATIENCE = 3


class HeardItself:
    """`verdict` is `sounded`, `silent`, `cut`, or None while nothing was measured."""

    def __init__(self, cut_below_ma: int, sounded_from_ma: int):
        self._cut_below = cut_below_ma
        self._sounded_from = sounded_from_ma
        self._most_ma = None
        self._heard = None
        self._misses = 0
        self.verdict = None

    def begin(self) -> None:
        """A new sounding: the last one's verdict stands until this one has its own."""
        self._misses = 0
        self._most_ma = self._heard = None

    def listen(self, struck_ms: int, milliamps: "int | None", heard: "bool | None") -> None:
        """One measurement, `struck_ms` into a stroke; None for what the board does not measure."""
        if struck_ms < _SETTLE_MS:
            return
        if milliamps is not None and (self._most_ma is None or milliamps > self._most_ma):
            self._most_ma = milliamps
        if heard is not None:
            self._heard = heard or bool(self._heard)

    def stroke_ended(self) -> bool:
        """True when this stroke changed the verdict."""
        milliamps, heard = self._most_ma, self._heard
        self._most_ma = self._heard = None
        if milliamps is None and heard is None:
            return False
        if heard is not False and (milliamps is None or milliamps >= self._sounded_from):
            self._misses = 0
            return self._decide("sounded")
        self._misses += 1
        if self._misses < _PATIENCE:
            return False
        return self._decide("cut" if milliamps is not None and milliamps < self._cut_below else "silent")

    def trouble(self) -> "str | None":
        """The fault that stands until a sounding is heard."""
        return "siren_" + self.verdict if self.verdict in ("silent", "cut") else None

    def _decide(self, verdict: str) -> bool:
        # `sounded` is said once; a failure again at each sounding, for each has a command of its own
        changed = verdict != self.verdict or (verdict != "sounded" and self._misses == _PATIENCE)
        self.verdict = verdict
        return changed
