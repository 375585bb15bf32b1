"""What still works when nothing else does: call point and siren. No network, no flash, no settings, as little code as can be.

Entered after a boot loop, or without settings that can be used. The lamp blinks red and white. It ends after ten minutes
without a finger or a noise, so that the caller may try a whole start again.
"""

from .beat_player import BeatPlayer
from .call_point import CallPoint
from .clock import Clock
from .limits import Limits

TITIR = [90, 110]
HOLD_MS = 300
SOUND_MS = 30_000
CALM_MS = 600_000
_ROUNDS = 10_000
_BLINK_MS = 300


class SafeMode:
    """`board` is hardware or twin; `tell(event, **fields)` hears what happens."""

    def __init__(self, board, tell, watched: bool):
        self._board = board
        self._tell = tell
        self._watched = watched  # False leaves the watchdog asleep: a technician is expected at the console
        self._call_point = CallPoint(HOLD_MS)
        self._key = CallPoint(0)
        self._limits = Limits()
        self._player = BeatPlayer(TITIR, _ROUNDS, SOUND_MS)
        self._started = None
        self._calm_since = 0
        self._on = False

    async def run(self, reason: str, is_over=None) -> None:
        """Serve until it has been calm for long, or until `is_over()` says so and nothing sounds."""
        self._tell("safe_mode", reason=reason)
        clock = Clock()
        self._calm_since = clock.now_ms()
        while self.step(clock.now_ms()):
            if is_over is not None and self._started is None and is_over():
                return
            if self._watched:
                self._board.feed()
            await self._board.pause(_BLINK_MS)

    def step(self, now_ms: int) -> bool:
        """One look and one stroke; False when it has been calm for long."""
        if self._call_point.sample(now_ms, self._board.panic_loop() == "pressed") == "held":
            self._started = now_ms
            self._limits.begin(now_ms)
            self._tell("siren", on=True, command=None)
        if self._key.sample(now_ms, self._board.silence_closed()) == "held":
            self._stop(now_ms)
        if self._started is not None:
            self._calm_since = now_ms
            strike, change = self._player.at(now_ms - self._started)
            if change is None or self._limits.sounding_ms(now_ms) == 0:
                self._stop(now_ms)
            else:
                self._strike(strike)
        self._board.light("red" if now_ms % (2 * _BLINK_MS) < _BLINK_MS else "white")
        return now_ms - self._calm_since < CALM_MS

    def _stop(self, now_ms: int) -> None:
        self._strike(False)
        if self._started is not None:
            self._started = None
            self._limits.end(now_ms)
            self._tell("siren", on=False, command=None)

    def _strike(self, on: bool) -> None:
        if on != self._on:
            self._on = on
            self._board.siren(on)
