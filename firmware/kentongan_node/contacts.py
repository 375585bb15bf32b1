"""Everything a hand can move: call point, silence key, lid. Samples in, named events out; the same on every board.

`alarm` (held), `cancel`, `duress` and `wrong` (rhythms), `silence` at the key's touch and `test` when it is held on,
`tamper` when the lid or its wire opens, `trouble` when a fault came or went.
"""

from .call_point import CallPoint
from .pin_pattern import PinPattern
from .supervised_loop import LoopWatch

TEST_HOLD_MS = 3_000
_LID_MS = 100


class Contacts:
    """`board` is asked panic_loop(), tamper_loop(), silence_closed(), test_closed(), and panic_edges(now_ms) for what its
    interrupt latched since the last look: a press that came and went while the loop was held up counts by its own times."""

    def __init__(self, board, settings):
        self._board = board
        self._call_point = CallPoint(settings.hold_ms)
        self._wire = LoopWatch()
        self._pin = PinPattern(settings.cancel_pattern, settings.duress_pattern)
        self._key = CallPoint(0)
        self._key_held = CallPoint(TEST_HOLD_MS)
        self._test = CallPoint(0)  # inside the box: no hand comes there by accident, so it need not be held
        self._lid = CallPoint(0, _LID_MS)
        self._inputs = (self._call_point, self._wire, self._pin, self._key, self._key_held, self._test, self._lid)

    def sample(self, now_ms: int) -> list:
        """What this look at the contacts brought about, the alarm first."""
        events = []
        self._replay(now_ms, events)
        reading = self._board.panic_loop()
        said = self._call_point.sample(now_ms, reading == "pressed")
        if said is not None:
            self._pressed(said, now_ms, events)
        rhythm = self._pin.step(now_ms)
        if rhythm is not None:
            events.append(rhythm)
        if self._wire.sample(now_ms, reading):
            events.append("trouble")
        self._look_at_keys(now_ms, events)
        said = self._lid.sample(now_ms, self._board.tamper_loop() != "normal")
        if said == "held":
            events.append("tamper")
        if said == "released":
            events.append("trouble")
        return events

    def _replay(self, now_ms: int, events: list) -> None:
        for at_ms, closed in self._board.panic_edges(now_ms):
            for state in (not closed, closed):  # the state until this edge, and the one after it
                said = self._call_point.sample(at_ms, state)
                if said is not None:
                    self._pressed(said, at_ms, events)

    def _look_at_keys(self, now_ms: int, events: list) -> None:
        closed = self._board.silence_closed()
        said = self._key.sample(now_ms, closed)
        if said == "held":
            events.append("silence")
        if self._key_held.sample(now_ms, closed) == "held":
            events.append("test")
        if said == "stuck" or said == "released":
            events.append("trouble")
        if self._test.sample(now_ms, self._board.test_closed()) == "held":
            events.append("test")

    def due_ms(self) -> "int | None":
        """When the next look brings something although nothing moves."""
        dues = [due for due in [each.due_ms() for each in self._inputs] if due is not None]
        return min(dues) if dues else None

    def troubles(self) -> list:
        """The faults that stand."""
        found = []
        if self._wire.fault is not None:
            found.append("panic_" + self._wire.fault)
        if self._call_point.stuck:
            found.append("panic_stuck")
        if self._key.stuck:
            found.append("silence_stuck")
        if self._lid.is_closed():
            found.append("tamper_open")
        return found

    def is_touched(self) -> bool:
        """A finger is on the call point."""
        return self._call_point.is_closed()

    def _pressed(self, said: str, now_ms: int, events: list) -> None:
        if said == "held":
            self._pin.interrupt()
            events.append("alarm")
        elif said == "tap":
            self._pin.tap(now_ms)
        elif said == "stuck" or said == "released":
            events.append("trouble")
