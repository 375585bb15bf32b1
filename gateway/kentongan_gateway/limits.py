"""How long this siren may sound, whoever asks; no command can override it.

One sounding lasts at most three minutes and all soundings of any hour at most fifteen. A hand on a button is heard even
when the hour is used up, for a short while: a button that stays silent is worse than a neighbour who is annoyed. What
the silence key has silenced here stays silent here for ten minutes, under every name it is known by.
"""

from collections import deque

LONGEST_MS = 180_000
PER_HOUR_MS = 900_000
HAND_MS = 20_000
HOUR_MS = 3_600_000
PAUSE_MS = 5_000
KEY_MS = 600_000
KEY_REMEMBERED = 16


class SoundingLimits:
    """Remembers the last hour's soundings; times are milliseconds of any steady clock.

    Soundings less than five seconds apart count as one, so that a row of commands is no way around the longest one.
    """

    def __init__(self) -> None:
        self._spans: deque[tuple[int, int]] = deque()
        self._since: int | None = None
        self._episode = 0

    def allowed_ms(self, now_ms: int, *, by_hand: bool) -> int:
        """How long a sounding that starts now may last; 0 refuses it."""
        of_episode = LONGEST_MS - (now_ms - self._episode) if self._goes_on(now_ms) else LONGEST_MS
        left = max(0, min(of_episode, PER_HOUR_MS - self._used_ms(now_ms)))
        return max(left, HAND_MS) if by_hand else left

    def started(self, now_ms: int) -> None:
        """The siren is on; a sounding that replaces another goes on counting."""
        if self._since is None:
            if not self._goes_on(now_ms):
                self._episode = now_ms
            self._since = now_ms

    def stopped(self, now_ms: int) -> None:
        """The siren is off."""
        if self._since is not None:
            self._spans.append((self._since, now_ms))
            self._since = None

    def _goes_on(self, now_ms: int) -> bool:
        return self._since is not None or (bool(self._spans) and now_ms - self._spans[-1][1] < PAUSE_MS)

    def _used_ms(self, now_ms: int) -> int:
        edge = now_ms - HOUR_MS
        while self._spans and self._spans[0][1] <= edge:
            self._spans.popleft()
        used = sum(end - max(begin, edge) for begin, end in self._spans)
        if self._since is not None:
            used += now_ms - max(self._since, edge)
        return used


class SilenceKey:
    """What the key has silenced: incidents and reports by name."""

    def __init__(self) -> None:
        self._until: dict[str, int] = {}

    def turn(self, name: str | None, now_ms: int) -> None:
        """The key was turned while `name` sounded."""
        if name is not None:
            self._until.pop(name, None)
            self._until[name] = now_ms + KEY_MS
            while len(self._until) > KEY_REMEMBERED:
                del self._until[next(iter(self._until))]

    def holds(self, name: str | None, now_ms: int) -> bool:
        """True while the key's word is good for `name`."""
        return name is not None and now_ms < self._until.get(name, now_ms)

    def also(self, name: str, known: str, now_ms: int) -> None:
        """`name` turned out to be the same matter as `known`."""
        if self.holds(known, now_ms) and name not in self._until:
            self._until[name] = self._until[known]
