"""What the lamp tells the one who pressed: is help coming? Pure: stage and time in, colour out.

calling          red, fast         we say it until the server has it
stored           amber, slow       the server has it
neighbours_called amber            the neighbours hear it
not_delivered    red and amber     call 110 or 112 yourself
police_saw       blue, slow        a named officer took it
on_the_way       blue              help is coming
resolved         green             over; dark after a minute
taken back       white             the PIN was understood; dark after three seconds
"""

FAST_MS = 250
SLOW_MS = 1_000
SHOWN_MS = 60_000
TAKEN_BACK_MS = 3_000

# stages in the order of good news; a late or repeated receipt never takes news back
ORDER = ("calling", "stored", "neighbours_called", "not_delivered", "police_saw", "on_the_way", "resolved")
LIGHTS = {
    "calling": ("red", None, FAST_MS),
    "stored": ("amber", None, SLOW_MS),
    "neighbours_called": ("amber", "amber", SLOW_MS),
    "not_delivered": ("red", "amber", FAST_MS),
    "police_saw": ("blue", None, SLOW_MS),
    "on_the_way": ("blue", "blue", SLOW_MS),
    "resolved": ("green", "green", SLOW_MS),
}


class Indicator:
    """The lamp of one call point."""

    def __init__(self):
        self.report = None
        self.stage = None  # as in the receipts; None while there is none
        self._taken_back_at = None
        self._since = 0

    def press(self, report: str, now_ms: int) -> None:
        """A new press: all earlier news is about something else."""
        self.report = report
        self.stage = None
        self._since = now_ms
        self._taken_back_at = None

    def take_back(self, now_ms: int) -> None:
        """The PIN or its twin under duress: one short answer, then darkness, whatever the receipts say.

        A lamp that went on to show how the police come would betray the one who was forced.
        """
        self.report = self.stage = None
        self._taken_back_at = now_ms

    def receipt(self, report: str, stage: str, now_ms: int) -> bool:
        """True when this receipt is news about the report shown."""
        if report != self.report or ORDER.index(stage) <= ORDER.index(self.stage or "calling"):
            return False
        self.stage = stage
        self._since = now_ms
        return True

    def light(self, now_ms: int, sounding: "str | None" = None) -> "str | None":
        """The colour of this moment; while nothing of our own is open, the colour of what sounds."""
        if self._taken_back_at is not None and now_ms - self._taken_back_at < TAKEN_BACK_MS:
            return "white"
        if self.report is None or (self.stage == "resolved" and now_ms - self._since >= SHOWN_MS):
            return sounding
        first, second, period = LIGHTS[self.stage or "calling"]
        return first if (now_ms - self._since) % (2 * period) < period else second
