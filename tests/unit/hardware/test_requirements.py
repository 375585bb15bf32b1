"""Every number is held by a check, every check holds a number, and what does not hold is told."""

import pytest
from hardware import checks
from hardware.__main__ import main
from hardware.board import keep_out
from hardware.checks import RequirementError, read, verdicts
from hardware.job import HERE, stale
from hardware.jobs import JOBS
from hardware.pages import pages

ONE = {"text": "t", "value": 1, "unit": "u", "compare": "at least", "check": "one", "source": "s"}


def test_all_requirements_hold():
    assert [one.id for one in verdicts(read()) if not one.holds] == []


@pytest.mark.parametrize(
    ("fields", "there", "sentence"),
    [
        (ONE, {}, "A names the check 'one', which does not exist"),
        (ONE, {"one": lambda: 1, "two": lambda: 2}, "the check two proves no requirement"),
        ({**ONE, "compare": "about"}, {"one": lambda: 1}, "A: compare must be at least, at most or exactly"),
        ({key: value for key, value in ONE.items() if key != "source"}, {"one": lambda: 1}, "A has no source"),
        ({key: value for key, value in ONE.items() if key != "check"}, {}, "A names the check None"),
    ],
)
def test_a_requirement_and_its_check_need_each_other(fields, there, sentence):
    with pytest.raises(RequirementError, match=sentence):
        verdicts({"A": fields}, there)


@pytest.mark.parametrize(
    ("compare", "found", "holds"),
    [
        ("at least", 0.9, False),
        ("at least", 1, True),
        ("at most", 1.1, False),
        ("at most", 1, True),
        ("exactly", 2, False),
    ],
)
def test_a_number_that_does_not_hold_is_seen(compare, found, holds):
    assert verdicts({"A": {**ONE, "compare": compare}}, {"one": lambda: found})[0].holds is holds


def test_what_is_generated_is_not_stale():
    assert stale(JOBS) == []


def test_every_requirement_of_a_thing_says_what_the_first_prototype_must_measure():
    of_paper = {"OUT-1", "BOM-1"}  # rules of the circuit, gaps of a list: nothing that an instrument shows
    assert {name for name, one in read().items() if "prototype" not in one} == of_paper


PAGES = pages()


@pytest.mark.parametrize("name", sorted(PAGES))
def test_the_printed_pages_are_current(name):
    assert (HERE / name).read_text() == PAGES[name]


def test_no_page_of_a_step_that_is_gone_lies_about():
    for part in ("assembly", "install", "maintenance", "stickers"):
        there = {f"{part}/{path.name}" for path in (HERE / part).iterdir() if path.suffix in (".md", ".svg")}
        assert there <= set(PAGES)


def test_every_check_of_a_simulation_reads_a_kept_answer():
    assert checks.CHECKS["drain_siren"]() < 25.5


def test_the_simulation_shows_why_the_diode_is_there():
    assert checks._answer("siren_off_without_diode", "drain_peak_v") > 29


def test_the_sound_command_speaks(capsys):
    assert main(["sound", "--width", "120", "--length", "90"]) == 0
    assert "sirens, at most" in capsys.readouterr().out
    assert main(["sound", "--width", "120", "--length", "0"]) == 2
    assert "must be more than 0 m" in capsys.readouterr().err


TRACK = '(segment (start {} 50) (end {} 50) (width 1) (layer "F.Cu"))'
PLANE = '(filled_polygon (layer "B.Cu") (pts (xy 40 30) (xy {0} 30) (xy {0} 90) (xy 40 90) ) )'


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        (TRACK.format(70, 90), 0),
        (TRACK.format(60, 90), 1),
        (TRACK.format(40, 90), 1),  # right through
        ("(via (at 55 60) (size 0.8))", 1),
        ("(via (at 75 60) (size 0.8))", 0),
        (PLANE.format(100), 1),  # all corners lie outside
        (PLANE.format(45), 0),
    ],
)
def test_copper_beneath_the_antenna_is_seen(text, pieces):
    assert len(keep_out.copper(text)) == pieces
