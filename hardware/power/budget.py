"""How long a kentongan stands without mains, and how long its battery then takes to fill.

Standby comes first and the alarm at its end, as the standards count: the hours are those after which half an hour of noise
is still in the battery.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).resolve().parent / "budget.toml"
FULL_SHARE = 0.8  # what must be back within a day


@dataclass(frozen=True, slots=True)
class Standby:
    """One case of the budget."""

    name: str
    variant: str
    battery: str
    battery_ma: float
    watt: float
    hours: float
    recharge_hours: float
    why: str


def read() -> dict[str, Any]:
    """budget.toml as it stands."""
    return tomllib.loads(SOURCE.read_text(encoding="utf-8"))


def standby(budget: dict[str, Any]) -> list[Standby]:
    """Every case, worked out."""
    return [_case(budget, case) for case in budget["case"]]


def _case(budget: dict[str, Any], case: dict[str, Any]) -> Standby:
    battery, alarm = budget["battery"][case["battery"]], budget["alarm"]
    stored = battery["volt"] * battery["ampere_hours"] * battery["health"] * battery["usable"]
    converter = budget["converter"]
    watt = case["load_ma"] / 1000 * 5 / converter["efficiency"] + converter["bus_ma"] / 1000 * battery["volt"]
    noise = battery["volt"] * case.get("alarm_ampere", alarm["ampere"]) * alarm["hours"]
    together = case.get("ports", 1)
    left = stored - together * (noise + watt * alarm["hours"])
    drawn = together * watt + case.get("switch_watt", 0.0)
    recharge = battery["ampere_hours"] * FULL_SHARE / battery.get("charge_ampere", budget["charger"]["ampere"])
    ampere = drawn / battery["volt"]
    return Standby(
        case["name"], case["variant"], case["battery"], ampere * 1000, drawn, left / drawn, recharge, case["why"]
    )
