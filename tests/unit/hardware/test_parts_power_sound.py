"""The parts list is complete and rated, the budget adds up, the sirens cover."""

import copy
import re

import pytest
from hardware import checks
from hardware.board.circuit import build
from hardware.bom import parts
from hardware.job import HERE
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
        (
            lambda bom: bom["off_board"][0].update(quoted=True),
            "a price with a source is quoted, one without is an estimate",
        ),
        (
            lambda bom: bom["off_board"][0].update(quoted=True, source="a shop"),
            "a quoted price needs its shop and its day",
        ),
        (lambda bom: bom["option"][0].update(replaces="a lamp"), "it replaces what is not in the list, a lamp"),
        (lambda bom: bom["off_board"][0].update(variants=["bambu"]), "there is no variant bambu"),
    ],
)
def test_a_gap_is_told(change, sentence):
    bom = copy.deepcopy(parts.read())
    change(bom)
    assert any(sentence in fault for fault in parts.faults(bom, build()))


README = (HERE / "README.md").read_text()


def readme_row(name: str) -> list[str]:
    return next(line.split(" | ") for line in README.splitlines() if line.startswith(f"| [{name}]"))


@pytest.mark.parametrize(
    ("name", "case"),
    [("Papan Induk", "design"), ("Rakit", "modules"), ("Kabel", "cable"), ("Kabel 72 h", "cable, 72 h")],
)
def test_the_first_page_gives_each_variants_own_price_and_standby(name, case):
    bom, circuit = parts.read(), build()
    options = {option["name"]: option for option in bom["option"]}
    if name in options:
        low, middle, high = parts.option_total(bom, circuit, options[name])
    else:
        low, middle, high = parts.total(bom, circuit, next(key for key, word in parts.VARIANTS.items() if word == name))
    _, _, standby, price, _ = readme_row(name)
    assert price == f"{middle:.0f} ({low:.0f}–{high:.0f})"  # noqa: RUF001  # as it is printed
    hours = next(one.hours for one in budget.standby(budget.read()) if one.name == case)
    assert f"{hours:.0f} h" in standby


def test_the_first_page_says_whether_the_goal_is_met():
    goal = checks.read()["BOM-2"]["goal"]
    middle = parts.total(parts.read(), build(), "papan_induk")[1]
    assert (f"**not met** at middle prices ({middle:.0f})" in README) is (middle > goal)


def test_the_variants_pages_say_the_same_standby():
    hours = {one.name: f"{one.hours:.0f} h" for one in budget.standby(budget.read())}
    for page, cases in (("rakit", ["modules"]), ("kabel", ["cable", "cable, 72 h"])):
        text = (HERE / f"variants/{page}.md").read_text()
        assert all(hours[case] in text for case in cases)


def test_every_line_says_whose_price_it_is():
    bom, circuit = parts.read(), build()
    for variant in parts.VARIANTS:
        for line in parts.lines(bom, circuit, variant):
            assert re.fullmatch(r".+, \d{4}-\d\d(-\d\d)?", line.price)


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
