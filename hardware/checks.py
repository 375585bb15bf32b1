"""What proves each requirement: a name, and the number it finds. Nothing here needs a drawing tool.

Simulations are answered by ngspice when they are built (board/simulation.py); here their kept answers are read, and
`generated.json` tells whether they are stale.
"""

import json
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hardware.board import keep_out, loop_bands, rules
from hardware.board.circuit import build
from hardware.bom import parts
from hardware.pinmap.pin_rules import FACTS, PinMapError, read_board
from hardware.power import budget
from hardware.sound import coverage

HERE = Path(__file__).resolve().parent
HOUSE = HERE.parent
MOUNT = 3.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """One requirement beside what was found."""

    id: str
    text: str
    found: float
    value: float
    goal: float | None
    unit: str
    compare: str
    check: str
    source: str
    prototype: str

    @property
    def holds(self) -> bool:
        """Whether the number found is within the requirement."""
        if self.compare == "exactly":
            return self.found == self.value
        return self.found >= self.value if self.compare == "at least" else self.found <= self.value


class RequirementError(ValueError):
    """requirements.toml and the checks do not fit each other; one sentence a line."""


def read() -> dict[str, Any]:
    """requirements.toml as it stands."""
    return tomllib.loads((HERE / "requirements.toml").read_text(encoding="utf-8"))


def verdicts(requirements: dict[str, Any], checks: dict[str, Callable[[], float]] | None = None) -> list[Verdict]:
    """Every requirement with what its check finds; RequirementError when one has no check or a check serves none."""
    checks = CHECKS if checks is None else checks
    faults = [
        f"{name} names the check {fields.get('check')!r}, which does not exist"
        for name, fields in requirements.items()
        if fields.get("check") not in checks
    ]
    wanted = {fields.get("check") for fields in requirements.values()}
    faults += [f"the check {name} proves no requirement" for name in checks if name not in wanted]
    keys = {"text", "value", "unit", "compare", "check", "source"}
    for name, fields in requirements.items():
        faults += [f"{name} has no {key}" for key in sorted(keys - set(fields))]
        if fields.get("compare") not in ("at least", "at most", "exactly"):
            faults.append(f"{name}: compare must be at least, at most or exactly")
    if faults:
        raise RequirementError("\n".join(faults))
    return [
        Verdict(
            id=name,
            found=checks[fields["check"]](),
            goal=fields.get("goal"),
            prototype=fields.get("prototype", ""),
            **{key: fields[key] for key in keys},
        )
        for name, fields in requirements.items()
    ]


def _analog() -> dict[str, Any]:
    return tomllib.loads((FACTS / "analog.toml").read_text(encoding="utf-8"))


def _answer(question: str, name: str) -> float:
    answers = json.loads((HERE / "board/generated/simulation/answers.json").read_text(encoding="utf-8"))
    return float(answers[question][name])


def _siren_level() -> float:
    """As the parts list demands it, at 1 m."""
    return float(next(item["level_dba"] for item in parts.read()["off_board"] if "level_dba" in item))


def _clamp_share() -> float:
    listed = {item["kind"]: item for item in parts.read()["on_board"]}
    return float(listed["tvs"]["clamp_volt"] / listed["nfet"]["rating"]["volt"])


def _standby(name: str) -> float:
    return next(case.hours for case in budget.standby(budget.read()) if case.name == name)


def _recharge() -> float:
    return max(case.recharge_hours for case in budget.standby(budget.read()) if case.battery.startswith("lifepo4"))


def _battery_share() -> float:
    battery = _analog()["battery"]
    share = battery["bottom_ohm"] / (battery["top_ohm"] + battery["bottom_ohm"])
    return float(battery["full_mv"] * share * 1.02 / battery["adc_full_mv"])


def _sense_margin() -> float:
    siren = _analog()["siren"]
    gain = siren["gain_top_ohm"] / siren["gain_bottom_ohm"] + 1
    return float((150 - siren["sounding_above_ma"]) * siren["shunt_mohm"] / 1000 * gain)


def _boot_faults() -> float:
    """Boards that pin_rules refuses; it also tells of other faults, which are no better."""
    refused = 0
    for source in FACTS.parent.glob("*.toml"):
        try:
            read_board(source)
        except PinMapError:
            refused += 1
    return refused


def _longest_sounding() -> float:
    """The firmware's own limit, from its text: hardware checks install nothing of the node."""
    text = (HOUSE / "firmware/kentongan_node/limits.py").read_text(encoding="utf-8")
    found = re.search(r"^LONGEST\w* = ([\d_]+)", text, re.MULTILINE)
    if found is None:
        raise RequirementError(
            "firmware/kentongan_node/limits.py has no LONGEST… any more: tell checks.py its new name"
        )
    return int(found[1].replace("_", "")) / 1000


CHECKS: dict[str, Callable[[], float]] = {
    "siren_level": _siren_level,
    "siren_level_100m": lambda: coverage.level_at(_siren_level(), 100),
    "siren_level_below": lambda: coverage.level_at(_siren_level(), MOUNT - coverage.EARS),
    "longest_sounding": _longest_sounding,
    "standby_design": lambda: _standby("design"),
    "standby_worst": lambda: _standby("worst"),
    "standby_rakit": lambda: _standby("modules"),
    "standby_kabel": lambda: _standby("cable"),
    "standby_kabel_72": lambda: _standby("cable, 72 h"),
    "recharge": _recharge,
    "bus_inrush": lambda: _answer("inrush", "bus_min_v"),
    "bus_switch_over": lambda: _answer("switch_over", "bus_min_v"),
    "loop_faults": lambda: len(loop_bands.faults(_analog())),
    "battery_share": _battery_share,
    "rule_faults": lambda: len(rules.faults(build())),
    "gate_at_rest": lambda: _answer("boot", "gate_v"),
    "drain_siren": lambda: _answer("siren_off", "drain_peak_v"),
    "drain_horn": lambda: _answer("horn_off", "drain_peak_v"),
    "sense_margin": _sense_margin,
    "surge_adc": lambda: _answer("surge", "adc_peak_v"),
    "clamp_share": _clamp_share,
    "boot_faults": _boot_faults,
    "antenna_copper": lambda: len(keep_out.copper()),
    "bom_faults": lambda: len(parts.faults(parts.read(), build())),
    "price": lambda: parts.total(parts.read(), build(), "papan_induk")[1],
}
