"""What the ADC may read in each state of a supervised loop, at the worst corner of every tolerance.

The thresholds in pinmap/facts/analog.toml hold only if every band lies on its own side of each of them.
"""

import itertools
from typing import Any

STATES = ("short", "closed", "normal", "cut")  # by rising voltage


def bands(analog: dict[str, Any]) -> dict[str, tuple[float, float]]:
    """Lowest and highest millivolts that the ADC can report in each state."""
    return {state: _band(analog, state) for state in STATES}


def faults(analog: dict[str, Any]) -> list[str]:
    """One sentence for each threshold that does not part its two states."""
    found = bands(analog)
    return [
        f"the threshold {name} of {limit} mV does not part {below} ({found[below][1]:.0f} mV at most) "
        f"from {above} ({found[above][0]:.0f} mV at least)"
        for below, above in itertools.pairwise(STATES)
        for name, limit in ((below, analog["loop"]["below_mv"][below]),)
        if not found[below][1] < limit <= found[above][0]
    ]


def _band(analog: dict[str, Any], state: str) -> tuple[float, float]:
    loop, supply = analog["loop"], analog["supply"]
    resistors = (1 - loop["resistor_tolerance"], 1 + loop["resistor_tolerance"])
    supplies = (1 - supply["tolerance"], 1 + supply["tolerance"])
    leaks = (loop["leakage_ohm"], float("inf"))
    corners = itertools.product(supplies, resistors, resistors, resistors, (0, loop["cable_ohm"]), leaks)
    read = [
        supply["nominal_mv"] * volts * _share(loop, state, pull, end, contact, cable, leak)
        for volts, pull, end, contact, cable, leak in corners
    ]
    return max(0.0, min(read) - loop["adc_error_mv"]), max(read) + loop["adc_error_mv"]


def _share(
    loop: dict[str, Any], state: str, pull: float, end: float, contact: float, cable: float, leak: float
) -> float:
    end_of_line = 1 / (loop["end_of_line_ohm"] * end)
    button = 1 / (loop["contact_ohm"] * contact)
    conductance = {"short": float("inf"), "closed": end_of_line + button, "normal": end_of_line, "cut": 0.0}[state]
    if conductance == float("inf") and not cable:
        return 0.0
    through = (1 / (cable + 1 / conductance) if conductance else 0.0) + 1 / leak
    return float(1 / (1 + through * loop["pull_up_ohm"] * pull))
