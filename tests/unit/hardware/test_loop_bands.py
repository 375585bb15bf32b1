"""Short, closed, normal and cut never read alike, whatever the tolerances do."""

import copy
import tomllib

import pytest
from hardware.board.loop_bands import bands, faults
from hardware.pinmap.pin_rules import FACTS

ANALOG = tomllib.loads((FACTS / "analog.toml").read_text())


def test_every_threshold_parts_its_two_states():
    assert faults(ANALOG) == []


def test_the_bands_are_where_the_arithmetic_by_hand_puts_them():
    low, high = bands(ANALOG)["normal"]
    assert low == pytest.approx(3300 * 0.97 * 1962.3 / (1962.3 + 2222) - 60, abs=2)
    assert high == pytest.approx(3300 * 1.03 * 2262 / (2262 + 2178) + 60, abs=2)


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("resistor_tolerance", 0.2, "the threshold closed"),
        ("cable_ohm", 900, "the threshold short"),
        ("leakage_ohm", 3000, "the threshold normal"),
        ("contact_ohm", 22000, "the threshold closed"),
    ],
)
def test_worse_parts_are_refused(key, value, sentence):
    worse = copy.deepcopy(ANALOG)
    worse["loop"][key] = value
    assert any(fault.startswith(sentence) for fault in faults(worse))


def test_a_full_battery_stays_within_the_adc():
    battery = ANALOG["battery"]
    share = battery["bottom_ohm"] / (battery["top_ohm"] + battery["bottom_ohm"])
    assert battery["full_mv"] * share * 1.02 < battery["adc_full_mv"]
