"""The beats of every kind: the city's table once it came down sealed, until then Semarang's practice from the firmware.

It is kept on the flash, replaced in one step, and only ever by a higher revision. What a kind sounds like is asked here by
everything that sounds without a command: our own press, an opened lid, a neighbour's alarm.
"""

_STROKE_MS = 90
_CRIME_MS = 60_000
_CALM_MS = 30_000
_UNENDING = 10_000

# kind: (pattern, rounds, duration_ms, colour); the beats follow from the pattern's name
_BUILT_IN = {
    "panic": ("titir", _UNENDING, _CRIME_MS, "red"),
    "theft": ("5-5", _UNENDING, _CRIME_MS, "red"),
    "robbery": ("2-2", _UNENDING, _CRIME_MS, "red"),
    "killing": ("1-1", _UNENDING, _CRIME_MS, "red"),
    "assault": ("titir", _UNENDING, _CRIME_MS, "red"),
    "fire": ("3-3", _UNENDING, _CRIME_MS, "amber"),
    "disaster": ("4-4", _UNENDING, _CRIME_MS, "amber"),
    "medical": ("4-4", 4, _CRIME_MS, "blue"),
    "community_work": ("sepisan", 6, _CALM_MS, "green"),
    "gathering": ("sepisan", 6, _CALM_MS, "green"),
    "death_notice": ("roll", 2, _CALM_MS, "white"),
    "house_watch": ("silent", 0, 0, "green"),
}


class Code:
    """How one kind sounds and shows."""

    def __init__(self, kind: str, pattern: str, beats: list, rounds: int, duration_ms: int, colour: str):
        self.kind = kind
        self.pattern = pattern
        self.beats = beats
        self.rounds = rounds
        self.duration_ms = duration_ms
        self.colour = colour


class Codebook:
    """`revision` 0 is the firmware's own."""

    def __init__(self, journal):
        self._journal = journal
        self._codes = None
        self._unwritten = False
        self.revision = 0
        self.version = "built-in"
        self.write_errors = 0
        self._load()

    def code(self, kind: str) -> "Code | None":
        """How `kind` sounds, None for a kind that nobody told us of."""
        for row in self._codes or []:
            if row[0] == kind:
                return Code(*row)
        if kind not in _BUILT_IN:
            return None
        pattern, rounds, duration_ms, colour = _BUILT_IN[kind]
        return Code(kind, pattern, _beats(pattern), rounds, duration_ms, colour)

    def take(self, message) -> bool:
        """Use a newer table from now on; False for one that is not newer."""
        if message.revision <= self.revision:
            return False
        self.revision, self.version, self._codes = message.revision, message.version, message.codes
        self._unwritten = True
        return True

    def keep(self) -> None:
        """Write it down; a medium that refuses is counted and asked again."""
        if not self._unwritten:
            return
        try:
            self._journal.rewrite([{"revision": self.revision, "version": self.version, "codes": self._codes}])
            self._unwritten = False
        except OSError:
            self.write_errors += 1

    def kinds(self) -> list:
        """Every kind it has a code for."""
        return sorted(set(list(_BUILT_IN) + [row[0] for row in self._codes or []]))

    def _load(self) -> None:
        for record in self._journal.load():
            revision, codes = record.get("revision"), record.get("codes")
            if type(revision) is int and type(codes) is list and all([len(row) == 6 for row in codes]):
                self.revision, self.version, self._codes = revision, record.get("version"), codes


def _beats(pattern: str) -> list:
    if pattern == "titir":
        return [_STROKE_MS, 110]
    if pattern == "sepisan":
        return [_STROKE_MS, 1_400]
    if pattern == "roll":  # one stroke, a pause, then ever faster, and a long pause
        beats = []
        for pause in (1_200, 600, 480, 380, 300, 240, 190, 150, 120, 1_800):
            beats += [_STROKE_MS, pause]
        return beats
    if pattern == "silent":
        return []
    return [_STROKE_MS, 160] * (int(pattern[0]) - 1) + [_STROKE_MS, 900]
