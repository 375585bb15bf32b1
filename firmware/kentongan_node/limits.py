"""What no command may override: how long, how much, when, and the neighbour's own key.

One sounding lasts at most 180 s, and soundings less than 5 s apart are one; a rolling hour holds at most 15 minutes.
Community soundings keep out of the quiet hours. The silence key keeps the incident it silenced
silent for 10 minutes. A press of our own button is bounded in length, never refused: its noise counts for the others.
"""

LONGEST_MS = 180_000
PAUSE_MS = 5_000
HOUR_MS = 3_600_000
HOURLY_MS = 900_000
SILENCE_MS = 600_000
REMEMBERED = 8


class Limits:
    """The noise ledger; `quiet` is (from, to) in minutes of the local day, or None."""

    def __init__(self, quiet: "tuple[int, int] | None" = None):
        self._quiet = quiet
        self._past = []  # [begun_ms, ended_ms], oldest first
        self._begun = None
        self._episode = 0  # when the sounding began that this one continues
        self._silenced = []  # [incident or report id, until_ms]

    def begin(self, now_ms: int) -> None:
        """The siren starts; harmless while it sounds."""
        if self._begun is not None:
            return
        if not self._is_pause(now_ms):
            self._episode = now_ms
        self._begun = now_ms

    def end(self, now_ms: int) -> None:
        """The siren stops; harmless while it is silent."""
        if self._begun is None:
            return
        self._past.append([self._begun, now_ms])
        self._begun = None
        while self._past[0][1] <= now_ms - HOUR_MS:
            self._past.pop(0)
        while len(self._past) > 64:  # bounded memory: join the two closest in time, which can only overstate the noise
            self._join_closest()

    def allowance_ms(self, now_ms: int) -> int:
        """For how long the siren may still sound from now; 0 when it may not."""
        return max(0, min(self.sounding_ms(now_ms), HOURLY_MS - self._noise_ms(now_ms)))

    def sounding_ms(self, now_ms: int) -> int:
        """What is left of the longest sounding, the hour's sum aside."""
        if self._begun is None and not self._is_pause(now_ms):
            return LONGEST_MS
        return max(0, LONGEST_MS - (now_ms - self._episode))

    def is_quiet_hour(self, minute: "int | None") -> bool:
        """True when the local minute of the day lies in the quiet hours, or nobody has told us the time: a limit that an
        unknown hour opens would be none, and the server tells the time at the beginning of each session."""
        if self._quiet is None:
            return False
        if minute is None:
            return True
        start, end = self._quiet
        return start <= minute < end if start <= end else minute >= start or minute < end

    def silence(self, what: str, now_ms: int) -> None:
        """The key was turned while `what` (an incident or a report) sounded."""
        self._silenced = [entry for entry in self._silenced if entry[0] != what][1 - REMEMBERED :]
        self._silenced.append([what, now_ms + SILENCE_MS])

    def is_silenced(self, what: "str | None", now_ms: int) -> bool:
        """True while the key's word holds for `what`."""
        return any(entry[0] == what and now_ms < entry[1] for entry in self._silenced)

    def _is_pause(self, now_ms: int) -> bool:
        return len(self._past) > 0 and now_ms - self._past[-1][1] < PAUSE_MS

    def _noise_ms(self, now_ms: int) -> int:
        since = now_ms - HOUR_MS
        noise = sum([ended - max(begun, since) for begun, ended in self._past if ended > since])
        return noise + (0 if self._begun is None else now_ms - self._begun)

    def _join_closest(self) -> None:
        gaps = [self._past[i + 1][0] - self._past[i][1] for i in range(len(self._past) - 1)]
        at = gaps.index(min(gaps))
        self._past[at : at + 2] = [[self._past[at][0], self._past[at + 1][1]]]
