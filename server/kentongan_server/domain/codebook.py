"""The versioned table of meanings: kind to beats, colour and words.

The city's default is Semarang's attested practice: 1-1 killing, 2-2 robbery, 3-3 fire, 4-4 disaster, 5-5 theft, titir
(fast, even, no pause) for panic, *kentong sepisan* (calm, regular) for gatherings, for a death the *doro muluk* roll,
and 1-7-1 for all clear. Identifiers are the English kind: the traditions' names mean different things in different villages.
Beats are milliseconds, stroke and pause in turn; one run through them is a round.

A version never changes and is never forgotten: what sounded last year can still be read. An RT may choose a codebook of
its own; where it says nothing, the city's is played.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from kentongan_server.domain.errors import InvalidError
from kentongan_server.domain.incident_kind import IncidentClass, IncidentKind

VERSION = "semarang-1"
STROKE_MS = 90
COLOURS = ("red", "amber", "blue", "white", "green")

MOST_BEATS = 64
SHORTEST_STROKE_MS, LONGEST_STROKE_MS = 20, 2_000
LONGEST_PAUSE_MS = 5_000
SHORTEST_ROUND_MS = 100
MOST_ROUNDS = 10_000
LONGEST_MS = {IncidentClass.CRIME: 60_000, IncidentClass.EMERGENCY: 60_000, IncidentClass.COMMUNITY: 30_000}


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What is played and shown."""

    pattern: str
    beats: tuple[int, ...]
    rounds: int
    duration_ms: int
    colour: str


@dataclass(frozen=True, slots=True)
class Code(Rhythm):
    """How one kind sounds, shows and reads."""

    kind: IncidentKind
    indonesian: str
    english: str


@dataclass(frozen=True, slots=True)
class Codebook:
    """One version: a code for every kind, and the rhythm that says all is well. `region` is None for the city's.

    `since` is when the RT that asks went back to the city's: for its kentongan that is the newer word.
    """

    version: str
    region: str | None
    codes: Mapping[IncidentKind, Code]
    all_clear: Rhythm
    adopted_at: datetime | None = None
    adopted_by: str | None = None
    since: datetime | None = None

    @property
    def revision(self) -> int:
        """What orders the versions for a node, which keeps the highest: ours is the first, then the millisecond of change."""
        times = [at for at in (self.adopted_at, self.since) if at is not None]
        return round(max(times).timestamp() * 1000) if times else 1

    def code_of(self, kind: IncidentKind) -> Code:
        """This version's code for `kind`."""
        return self.codes[kind]


def code_of(kind: IncidentKind) -> Code:
    """The code for `kind` as we ship it."""
    return SHIPPED.codes[kind]


def all_codes() -> tuple[Code, ...]:
    """Every code as we ship it."""
    return tuple(SHIPPED.codes.values())


def class_of(code: Code) -> IncidentClass:
    """The class whose limits this code is played under."""
    return code.kind.incident_class


def assert_playable(book: Codebook) -> None:
    """InvalidError, naming the kind and the bound, unless every kentongan can play it and every ear tell it apart."""
    missing = [kind for kind in IncidentKind if kind not in book.codes]
    if missing:
        raise InvalidError(f"A codebook says something for every kind; {missing[0]} is missing.")
    for kind, code in book.codes.items():
        silent = kind is IncidentKind.HOUSE_WATCH
        if silent != (not code.beats):
            raise InvalidError(f"{kind}: {'it never sounds, so leave its beats empty' if silent else 'give it beats'}.")
        if not silent:
            _assert_rhythm(kind, code, LONGEST_MS[kind.incident_class])
    _assert_rhythm("all_clear", book.all_clear, LONGEST_MS[IncidentClass.COMMUNITY])
    _assert_told_apart(book)


def _assert_rhythm(name: str, rhythm: Rhythm, longest_ms: int) -> None:
    strokes, pauses = rhythm.beats[::2], rhythm.beats[1::2]
    wrong = (
        (not rhythm.beats or len(rhythm.beats) % 2 or len(rhythm.beats) > MOST_BEATS,
         f"beats are 2 to {MOST_BEATS} numbers, stroke and pause in turn"),
        (any(not SHORTEST_STROKE_MS <= stroke <= LONGEST_STROKE_MS for stroke in strokes),
         f"a stroke lasts {SHORTEST_STROKE_MS} to {LONGEST_STROKE_MS} ms"),
        (any(not 0 < pause <= LONGEST_PAUSE_MS for pause in pauses), f"a pause lasts 1 to {LONGEST_PAUSE_MS} ms"),
        (sum(rhythm.beats) < SHORTEST_ROUND_MS, f"a round lasts at least {SHORTEST_ROUND_MS} ms"),
        (not 1 <= rhythm.rounds <= MOST_ROUNDS, f"rounds are 1 to {MOST_ROUNDS}"),
        (not 1_000 <= rhythm.duration_ms <= longest_ms, f"it sounds 1000 to {longest_ms} ms"),
        (sum(rhythm.beats) > rhythm.duration_ms, "at least one whole round must fit into its duration"),
        (rhythm.colour not in COLOURS, f"its colour is one of {', '.join(COLOURS)}"),
        (not (0 < len(rhythm.pattern) <= 32 and all("!" <= c <= "~" for c in rhythm.pattern)),
         "the pattern's name is 1 to 32 plain characters without spaces"),
    )  # fmt: skip
    for is_wrong, rule in wrong:
        if is_wrong:
            raise InvalidError(f"{name}: {rule}.")


def _assert_told_apart(book: Codebook) -> None:
    """A siren never lies: no two classes, and not the all clear, may sound alike."""
    heard: dict[tuple[int, ...], tuple[str, str]] = {book.all_clear.beats: ("all_clear", "all_clear")}
    for kind, code in book.codes.items():
        if not code.beats:
            continue
        sounds_like, its_class = heard.setdefault(code.beats, (kind, kind.incident_class))
        if its_class != kind.incident_class:
            raise InvalidError(
                f"{kind} sounds exactly like {sounds_like}; change one, for nobody could tell them apart."
            )


def _titir() -> tuple[int, ...]:
    return (STROKE_MS, 110)


def _grouped(strokes: int) -> tuple[int, ...]:
    return (STROKE_MS, 160) * (strokes - 1) + (STROKE_MS, 900)


def _sepisan() -> tuple[int, ...]:
    return (STROKE_MS, 1400)


def _roll() -> tuple[int, ...]:
    """One stroke, a pause, then ever faster, and a long pause."""
    pauses = (1200, 600, 480, 380, 300, 240, 190, 150, 120, 1800)
    return tuple(value for pause in pauses for value in (STROKE_MS, pause))


def _one_seven_one() -> tuple[int, ...]:
    return (STROKE_MS, 700, *(STROKE_MS, 250) * 6, STROKE_MS, 700, STROKE_MS, 1500)


_CRIME_MS = 60_000
_CALM_MS = 30_000
_UNENDING = 10_000  # more rounds than any duration holds: the duration ends it
_K = IncidentKind

SHIPPED = Codebook(
    version=VERSION,
    region=None,
    codes=MappingProxyType({
        code.kind: code
        for code in (
            Code("titir", _titir(), _UNENDING, _CRIME_MS, "red", _K.PANIC, "Panik", "Panic"),
            Code("5-5", _grouped(5), _UNENDING, _CRIME_MS, "red", _K.THEFT, "Pencurian", "Theft"),
            Code("2-2", _grouped(2), _UNENDING, _CRIME_MS, "red", _K.ROBBERY, "Perampokan", "Robbery"),
            Code("1-1", _grouped(1), _UNENDING, _CRIME_MS, "red", _K.KILLING, "Pembunuhan", "Killing"),
            Code("titir", _titir(), _UNENDING, _CRIME_MS, "red", _K.ASSAULT, "Penganiayaan", "Assault"),
            Code("3-3", _grouped(3), _UNENDING, _CRIME_MS, "amber", _K.FIRE, "Kebakaran", "Fire"),
            Code("4-4", _grouped(4), _UNENDING, _CRIME_MS, "amber", _K.DISASTER, "Bencana", "Disaster"),
            Code("4-4", _grouped(4), 4, _CRIME_MS, "blue", _K.MEDICAL, "Darurat medis", "Medical emergency"),
            Code("sepisan", _sepisan(), 6, _CALM_MS, "green", _K.COMMUNITY_WORK, "Kerja bakti", "Community work"),
            Code("sepisan", _sepisan(), 6, _CALM_MS, "green", _K.GATHERING, "Kumpul warga", "Gathering"),
            Code("roll", _roll(), 2, _CALM_MS, "white", _K.DEATH_NOTICE, "Lelayu", "Death notice"),
            Code("silent", (), 0, 0, "green", _K.HOUSE_WATCH, "Titip rumah", "House watch"),
        )
    }),
    all_clear=Rhythm("1-7-1", _one_seven_one(), 2, 15_000, "green"),
)  # fmt: skip
