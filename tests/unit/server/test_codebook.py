"""The codebook says something for every kind, in bounds that every node accepts."""

import pytest

from kentongan_contract.messages import BIGGEST, CLASSES, COLOURS, Command
from kentongan_server.domain.codebook import VERSION, Code, all_codes, class_of, code_of
from kentongan_server.domain.incident_kind import IncidentClass, IncidentKind

CLASS_OF = {
    "crime": {"panic", "theft", "robbery", "killing", "assault"},
    "emergency": {"fire", "disaster", "medical"},
    "community": {"community_work", "death_notice", "gathering", "house_watch"},
}


COUNTED = {"medical", "community_work", "gathering", "death_notice"}


def command(code: Code, duration_ms: int) -> Command:
    """The command that the contract would carry; it refuses what is out of its bounds."""
    return Command(
        id="1",
        action="sound",
        incident="2",
        class_=code.kind.incident_class.value,
        purpose="actual",
        pattern=code.pattern,
        beats=list(code.beats),
        rounds=code.rounds,
        duration_ms=duration_ms,
        colour=code.colour,
        nonce="0123456789abcdef",
        counter=BIGGEST,
        ttl_ms=30_000,
    )


def test_every_kind_has_its_class() -> None:
    assert {kind.value: kind.incident_class.value for kind in IncidentKind} == {
        kind: incident_class for incident_class, kinds in CLASS_OF.items() for kind in kinds
    }
    assert {incident_class.value for incident_class in IncidentClass} == set(CLASSES)


@pytest.mark.parametrize("kind", IncidentKind)
def test_every_kind_has_a_code_that_the_contract_carries(kind: IncidentKind) -> None:
    code = code_of(kind)
    assert code.kind is kind
    assert class_of(code) is kind.incident_class
    assert code.indonesian
    assert code.english
    assert code.colour in COLOURS
    assert command(code, code.duration_ms).beats == list(code.beats)


def test_every_code_is_listed_once() -> None:
    assert [code.kind for code in all_codes()] == list(dict.fromkeys(code.kind for code in all_codes()))
    assert {code.kind for code in all_codes()} == set(IncidentKind)
    assert 0 < len(VERSION) <= 32


@pytest.mark.parametrize("code", [code for code in all_codes() if code.beats], ids=lambda code: code.kind)
def test_what_sounds_ends_by_itself(code: Code) -> None:
    assert 0 < code.duration_ms <= 60_000
    assert all(on > 0 for on in code.beats[::2])
    assert sum(code.beats) * 3 <= code.duration_ms or code.rounds < 3, "the pattern must be heard as one"
    rings_until_the_end = sum(code.beats) * code.rounds >= code.duration_ms
    assert code.rounds > 0
    assert rings_until_the_end == (code.kind not in COUNTED), "either all its rounds, or as long as it may"


@pytest.mark.parametrize(
    ("kind", "groups"), [("killing", 1), ("robbery", 2), ("fire", 3), ("disaster", 4), ("theft", 5)]
)
def test_the_attested_counts(kind: str, groups: int) -> None:
    beats = code_of(IncidentKind(kind)).beats
    strokes, pauses = beats[::2], beats[1::2]
    assert len(strokes) == groups
    assert all(pause < pauses[-1] / 3 for pause in pauses[:-1]), "the group must be heard as a group"


def test_titir_is_fast_and_even() -> None:
    beats = code_of(IncidentKind.PANIC).beats
    assert len(beats) == 2
    assert sum(beats) <= 250


def test_a_house_watch_is_silent() -> None:
    assert code_of(IncidentKind.HOUSE_WATCH).beats == ()
    assert [code.kind for code in all_codes() if not code.beats] == [IncidentKind.HOUSE_WATCH]


def test_crime_is_told_apart_from_calm_news_by_ear() -> None:
    sounds = {(code.beats, code.rounds) for code in all_codes() if code.kind.incident_class is IncidentClass.CRIME}
    calm = {(code.beats, code.rounds) for code in all_codes() if code.kind.incident_class is IncidentClass.COMMUNITY}
    assert not sounds & calm
