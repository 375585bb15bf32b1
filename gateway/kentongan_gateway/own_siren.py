"""What this siren sounds now, and for whom: one sounding at a time, within the limits.

Only an equal or greater matter takes over what sounds: the server's command takes over the local alarm that it answers,
a drill or a community notice never quietens an alarm.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from kentongan_gateway.limits import SilenceKey, SoundingLimits
from kentongan_gateway.local_alarm import BEATS, DURATION_MS, ROUNDS

ALARM = 2
COMMUNITY = 1
EXERCISE = 0

COMPLETED = "completed"
SILENCED = "silenced"
FAILED = "failed"


class Player(Protocol):
    """Plays beats; BeatPlayer in the house, a twin in tests."""

    def play(self, beats: Sequence[int], rounds: int, duration_ms: int, ended: Callable[[bool], None]) -> None:
        """Replace what sounds now; `ended(well)` may come from another thread."""
        ...

    def stop(self) -> None:
        """Silence, before this returns."""
        ...


@dataclass(frozen=True, slots=True)
class Cause:
    """Why it sounds: a command, or (command None) a hand on a button of this RT."""

    command: str | None
    report: str | None
    incident: str | None
    rank: int


class OwnSiren:
    """`told(cause, outcome)` hears every beginning (outcome None) and every end.

    `hand_over` brings the player's ends back to the caller's thread; everything else here runs in that one thread.
    """

    def __init__(
        self,
        player: Player,
        clock_ms: Callable[[], int],
        hand_over: Callable[[Callable[[], None]], None],
        told: Callable[[Cause, str | None], None],
    ) -> None:
        self._player = player
        self._clock_ms = clock_ms
        self._hand_over = hand_over
        self._told = told
        self._limits = SoundingLimits()
        self._key = SilenceKey()
        self._turn = 0
        self.cause: Cause | None = None
        self.soundings = 0
        self.local_soundings = 0

    @property
    def sounding(self) -> bool:
        """True between a beginning and its end."""
        return self.cause is not None

    def sound_locally(self, report: str) -> None:
        """A hand on a button: sound the panic pattern, unless a real alarm is heard already."""
        if self.cause is not None and self.cause.command is not None and self.cause.rank == ALARM:
            return
        if self._begin(Cause(None, report, None, ALARM), BEATS, ROUNDS, DURATION_MS):
            self.local_soundings += 1

    def sound(self, cause: Cause, beats: Sequence[int], rounds: int, duration_ms: int) -> str | None:
        """Begin for a command and give None, or the outcome that it has instead."""
        if self._key.holds(cause.incident, self._clock_ms()):
            return SILENCED
        if self.cause is not None and cause.rank < self.cause.rank:
            return FAILED
        if not self._begin(cause, beats, rounds, duration_ms):
            return FAILED
        if cause.rank > EXERCISE:
            self.soundings += 1
        return None

    def stop(self) -> bool:
        """Silence now; True when something was sounding."""
        self._turn += 1
        try:
            self._player.stop()
        except Exception:  # noqa: BLE001 -- whatever the pin library raises, the siren is broken and its outcome says so
            return self._end(FAILED)
        return self._end(SILENCED)

    def turn_key(self) -> bool:
        """The silence key: this noise ends, and stays ended here for what it was about."""
        if self.cause is not None:
            self._key.turn(self.cause.incident, self._clock_ms())
            self._key.turn(self.cause.report, self._clock_ms())
        return self.stop()

    def name_incident(self, report: str, incident: str) -> None:
        """The server told which incident a report became."""
        if self.cause is not None and self.cause.report == report and self.cause.incident is None:
            self.cause = replace(self.cause, incident=incident)
        self._key.also(incident, report, self._clock_ms())

    def concerns(self, incident: str | None) -> bool:
        """True when ending `incident` (None: whatever there is) ends what sounds now."""
        if self.cause is None:
            return False
        return incident is None or incident == self.cause.incident or self.cause.command is self.cause.incident is None

    def _begin(self, cause: Cause, beats: Sequence[int], rounds: int, duration_ms: int) -> bool:
        now_ms = self._clock_ms()
        duration_ms = min(duration_ms, self._limits.allowed_ms(now_ms, by_hand=cause.command is None))
        if duration_ms <= 0 or not any(beats[::2]):
            return False
        self._turn += 1
        turn = self._turn
        try:
            self._player.play(beats, rounds, duration_ms, lambda well: self._hand_over(lambda: self._ended(turn, well)))
        except Exception:  # noqa: BLE001 -- whatever the pin library raises, the siren is broken and its outcome says so
            self._end(FAILED)
            return False
        self._limits.started(now_ms)
        replaced, self.cause = self.cause, cause
        if replaced is not None:
            self._told(replaced, SILENCED)
        self._told(cause, None)
        return True

    def _ended(self, turn: int, well: bool) -> None:
        if turn == self._turn:
            self._end(COMPLETED if well else FAILED)

    def _end(self, outcome: str) -> bool:
        self._limits.stopped(self._clock_ms())
        ended, self.cause = self.cause, None
        if ended is not None:
            self._told(ended, outcome)
        return ended is not None
