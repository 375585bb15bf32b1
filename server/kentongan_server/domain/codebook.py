"""The versioned table of meanings: kind to beats, colour and words.

The city's default is Semarang's attested practice: 1-1 killing, 2-2 robbery, 3-3 fire, 4-4 disaster, 5-5 theft, titir
(fast, even, no pause) for panic, *kentong sepisan* (calm, regular) for gatherings, and for a death the *doro muluk*
roll. Identifiers are the English kind: the traditions' names mean different things in different villages.
Beats are milliseconds, stroke and pause in turn; one run through them is a round.
"""

from dataclasses import dataclass

from kentongan_server.domain.incident_kind import IncidentClass, IncidentKind

VERSION = "semarang-1"
STROKE_MS = 90


@dataclass(frozen=True, slots=True)
class Code:
    """How one kind sounds, shows and reads."""

    kind: IncidentKind
    pattern: str
    beats: tuple[int, ...]
    rounds: int
    duration_ms: int
    colour: str
    indonesian: str
    english: str


def code_of(kind: IncidentKind) -> Code:
    """The city's default code for `kind`."""
    return _CODES[kind]


def all_codes() -> tuple[Code, ...]:
    """Every code of this version."""
    return tuple(_CODES.values())


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


_CRIME_MS = 60_000
_CALM_MS = 30_000
_UNENDING = 10_000  # more rounds than any duration holds: the duration ends it

_CODES: dict[IncidentKind, Code] = {
    code.kind: code
    for code in (
        Code(IncidentKind.PANIC, "titir", _titir(), _UNENDING, _CRIME_MS, "red", "Panik", "Panic"),
        Code(IncidentKind.THEFT, "5-5", _grouped(5), _UNENDING, _CRIME_MS, "red", "Pencurian", "Theft"),
        Code(IncidentKind.ROBBERY, "2-2", _grouped(2), _UNENDING, _CRIME_MS, "red", "Perampokan", "Robbery"),
        Code(IncidentKind.KILLING, "1-1", _grouped(1), _UNENDING, _CRIME_MS, "red", "Pembunuhan", "Killing"),
        Code(IncidentKind.ASSAULT, "titir", _titir(), _UNENDING, _CRIME_MS, "red", "Penganiayaan", "Assault"),
        Code(IncidentKind.FIRE, "3-3", _grouped(3), _UNENDING, _CRIME_MS, "amber", "Kebakaran", "Fire"),
        Code(IncidentKind.DISASTER, "4-4", _grouped(4), _UNENDING, _CRIME_MS, "amber", "Bencana", "Disaster"),
        Code(IncidentKind.MEDICAL, "4-4", _grouped(4), 4, _CRIME_MS, "blue", "Darurat medis", "Medical emergency"),
        Code(IncidentKind.COMMUNITY_WORK, "sepisan", _sepisan(), 6, _CALM_MS, "green", "Kerja bakti", "Community work"),
        Code(IncidentKind.GATHERING, "sepisan", _sepisan(), 6, _CALM_MS, "green", "Kumpul warga", "Gathering"),
        Code(IncidentKind.DEATH_NOTICE, "roll", _roll(), 2, _CALM_MS, "white", "Lelayu", "Death notice"),
        Code(IncidentKind.HOUSE_WATCH, "silent", (), 0, 0, "green", "Titip rumah", "House watch"),
    )
}


def class_of(code: Code) -> IncidentClass:
    """The class whose limits this code is played under."""
    return code.kind.incident_class
