"""What a board measures of itself, told to the factory's jig over the cable: numbers, not verdicts.

Only behind an open door (settling.py): a box is claimed with its code, a settled node with its key. The stroke that the siren's
current needs is shorter than any beat, and it stands beside whatever else sounds: the jig can neither mute nor prolong an alarm.
"""

import asyncio

from .clock import Clock, sleep_ms

STROKE_MS = 150
LONGEST_ECHO_MS = 60_000
_SETTLE_MS = 60  # a siren needs a moment to draw its current
_SAMPLES = 8
_SILENCE_MS = 15
_LONGEST_PIECE = 512


class Bench:
    """`board` is the hardware, `signal(ssid)` gives the radio's dBm or None, `open_line()` the serial line or OSError; a node
    that works on its line has none to give away: `open_line` is None."""

    def __init__(self, board, signal, open_line):
        self._board = board
        self._signal = signal
        self._open_line = open_line

    async def measure(self, ssid: "str | None", strike: bool) -> dict:
        """Every reading by name, None for what this board does not measure; the siren's current only under a stroke."""
        found = self._mean()
        found["siren_ma"] = await self._struck() if strike else None
        found["rssi_dbm"] = self._signal(ssid)
        found["temperature_c"] = self._board.temperature_c()
        return found

    async def echo(self, ms: int, most: int) -> dict:
        """Say on the serial line what is heard there, for `ms` or until `most` bytes went by. The bus has one pair of wires,
        so each answer waits for a silence."""
        if self._open_line is None:
            return {"ok": False, "error": "this kentongan works on its serial line: test the line before it is settled"}
        try:
            line = self._open_line()
        except OSError as error:
            return {"ok": False, "error": str(error)}
        clock, count, held = Clock(), 0, b""
        until = clock.now_ms() + min(ms, LONGEST_ECHO_MS)
        try:
            while clock.now_ms() < until and count < most:
                data = await _within(line, _SILENCE_MS if held else until - clock.now_ms())
                held += data
                if data and len(held) < _LONGEST_PIECE:
                    continue
                line.write(held)
                count += len(held)
                held = b""
            await sleep_ms(_SETTLE_MS)  # the last bytes leave
        finally:
            line.close()
        return {"ok": True, "bytes": count}

    def _mean(self) -> dict:
        """One reading is noise: the mean of eight."""
        every = [self._board.measured() for _ in range(_SAMPLES)]
        return {
            name: None if value is None else sum([one[name] for one in every]) // _SAMPLES
            for name, value in every[0].items()
        }

    async def _struck(self) -> "int | None":
        self._board.probe_siren(True)
        try:
            await sleep_ms(_SETTLE_MS)
            milliamps = self._board.siren_ma()
            await sleep_ms(STROKE_MS - _SETTLE_MS)
        finally:
            self._board.probe_siren(False)
        return milliamps


async def _within(line, ms: int) -> bytes:
    """What came, b"" for silence."""
    try:
        return await asyncio.wait_for(line.read(), ms / 1000)
    except asyncio.TimeoutError:
        return b""
