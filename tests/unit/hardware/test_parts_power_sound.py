"""The parts list is complete and rated, the budget adds up, the sirens cover."""

import copy

import pytest
from hardware.board.circuit import build
from hardware.bom import parts
from hardware.power import budget
from hardware.sound import coverage


def test_the_parts_list_has_no_gap():
    assert parts.faults(parts.read(), build()) == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda bom: bom["on_board"].pop(0), "is on the board and not in the list"),
        (lambda bom: bom["on_board"][0]["values"].append("47k"), "resistor 47k is in the list and not on the board"),
        (lambda bom: bom["on_board"][0]["values"].append("1k"), "resistor 1k is listed 2 times"),
        (lambda bom: bom["on_board"][0].update(alternates=[]), "resistor: no alternate is named"),
        (lambda bom: bom["on_board"][0].update(rating={"watt": 0.01}), "resistor: watt 0.01 is below the need of 0.08"),
        (lambda bom: bom["on_board"][0].update(rating={"volt": 50}), "rating and need must name the same quantities"),
        (lambda bom: bom["on_board"][0].update(low=5.0), "the prices must be low and high"),
        (lambda bom: bom["off_board"][0].update(quoted=True), "a quoted price needs its shop and its day"),
        (lambda bom: bom["off_board"][0].update(variants=["bambu"]), "there is no variant bambu"),
    ],
)
def test_a_gap_is_told(change, sentence):
    bom = copy.deepcopy(parts.read())
    change(bom)
    assert any(sentence in fault for fault in parts.faults(bom, build()))


def test_every_part_on_the_board_is_bought_once():
    found = parts.lines(parts.read(), build(), "papan_induk")
    refs = [ref for line in found for ref in line.refs.split()]
    assert sorted(refs) == sorted(part.ref for part in build().parts)


def test_standby_by_hand():
    design = next(case for case in budget.standby(budget.read()) if case.name == "design")
    watt = 0.080 * 5 / 0.85 + 0.003 * 12.8
    stored = 12.8 * 6 * 0.8 * 0.9
    assert design.hours == pytest.approx((stored - 12.8 * 0.5 * 0.5 - watt * 0.5) / watt)


def test_a_smaller_battery_would_not_do():
    facts = budget.read()
    facts["battery"]["lifepo4"]["ampere_hours"] = 4.0
    assert next(case for case in budget.standby(facts) if case.name == "design").hours < 72


def test_levels_fall_by_six_decibels_per_doubling():
    assert coverage.level_at(110, 100) == pytest.approx(70)
    assert coverage.level_at(110, 50) - coverage.level_at(110, 100) == pytest.approx(6.02, abs=0.01)
    assert coverage.reach(110, 70) == pytest.approx(100)


def test_a_louder_siren_needs_fewer_and_a_lane_needs_them_along_it():
    assert coverage.cover(250, 150, 105, 4).sirens > coverage.cover(250, 150, 115, 4).sirens
    assert coverage.cover(400, 10, 110, 4).sirens == 5


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        ((0, 10, 110, 4), "more than 0 m"),
        ((10, 10, 150, 4), "between 80 and 130"),
        ((10, 10, 110, 2), "at 3 m or higher"),
    ],
)
def test_what_makes_no_sense_is_refused(numbers, sentence):
    with pytest.raises(ValueError, match=sentence):
        coverage.cover(*numbers)
