"""A rhythm in time: pure. `beats` is [on, off, on, off, …] in ms; one run through it is a round."""


class BeatPlayer:
    """Tells for any moment whether the siren strikes; it ends after `rounds` or `duration_ms`, whichever is first.

    Asked by elapsed time and not stepped, so a late caller falls into the right stroke and the rhythm never drifts.
    """

    def __init__(self, beats: list, rounds: int, duration_ms: int):
        self._beats = beats
        self._round_ms = sum(beats)
        self.total_ms = min(rounds * self._round_ms, duration_ms)

    def is_empty(self) -> bool:
        """True when there is nothing to hear."""
        return self.total_ms <= 0 or sum(self._beats[::2]) == 0

    def at(self, elapsed_ms: int) -> "tuple[bool, int | None]":
        """(strike?, elapsed ms at which this may change); (False, None) once it is over."""
        if elapsed_ms >= self.total_ms:
            return False, None
        start = elapsed_ms - elapsed_ms % self._round_ms
        end = start
        strike = False
        for index, beat in enumerate(self._beats):
            end += beat
            if elapsed_ms < end:
                strike = index % 2 == 0
                break
        return strike, min(end, self.total_ms)
