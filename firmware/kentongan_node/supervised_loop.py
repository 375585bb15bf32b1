"""What a wire says besides its button: pure. Cutting or shorting the wire to a call point is Trouble, never an alarm.

The resistors of a loop put its four states in bands that never overlap (hardware/README.md shows the tolerances). A plain
contact has two bands, and its fault cannot be told from its rest.
"""

from .analog import LOOP_CLOSED_BELOW_MV, LOOP_NORMAL_BELOW_MV, LOOP_SHORT_BELOW_MV

_BANDS_MV = ((LOOP_SHORT_BELOW_MV, "short"), (LOOP_CLOSED_BELOW_MV, "pressed"), (LOOP_NORMAL_BELOW_MV, "normal"))
FAULT_MS = 300  # a press passes through the other bands


def band(millivolts: int) -> str:
    """`short`, `pressed`, `normal` or `cut`."""
    for below, name in _BANDS_MV:
        if millivolts < below:
            return name
    return "cut"


class LoopWatch:
    """Holds a reading for a fault once it has stood; `fault` is `cut`, `short` or None."""

    def __init__(self):
        self._raw = None
        self._since = 0
        self.fault = None

    def sample(self, now_ms: int, reading: str) -> bool:
        """True when the fault changed."""
        raw = reading if reading in ("cut", "short") else None
        if raw != self._raw:
            self._raw = raw
            self._since = now_ms
        if raw == self.fault or now_ms - self._since < FAULT_MS:
            return False
        self.fault = raw
        return True

    def due_ms(self) -> "int | None":
        """When a sample will bring something although the wire rests."""
        return None if self._raw == self.fault else self._since + FAULT_MS
