"""The flashing light over the siren: on while it sounds, and a short flash now and then for ten minutes after, so that
whoever comes finds the house. Pure but for the pin."""

MEMORY_MS = 600_000
FLASH_MS = 250
PAUSE_MS = 1_250


class Beacon:
    """`board.beacon(on)` is the pin."""

    def __init__(self, board):
        self._board = board
        self._ended_at = None
        self._on = False

    def step(self, now_ms: int, sounding: bool, is_real: bool) -> "int | None":
        """Drive the pin for this moment; when it next changes by itself, None when dark. Drill and test leave no memory."""
        if sounding:
            self._ended_at = now_ms if is_real else self._ended_at
            self._switch(True)
            return None
        if self._ended_at is None:
            self._switch(False)
            return None
        since = now_ms - self._ended_at
        if since >= MEMORY_MS:
            self._ended_at = None
            self._switch(False)
            return None
        phase = since % (FLASH_MS + PAUSE_MS)
        self._switch(phase < FLASH_MS)
        return now_ms + (FLASH_MS if phase < FLASH_MS else FLASH_MS + PAUSE_MS) - phase

    def _switch(self, on: bool) -> None:
        if on != self._on:
            self._on = on
            self._board.beacon(on)
