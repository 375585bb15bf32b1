"""What the factory reads on every board and between which limits: from requirements.toml, the loops' bands worked out.

A limit that nobody requires cannot be written down, for it lives under the requirement that it proves on each board.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hardware.board import loop_bands
from hardware.pinmap.pin_rules import FACTS

HERE = Path(__file__).resolve().parent
METER, LINE, NODE = "meter", "line", "node: "


class LimitError(ValueError):
    """requirements.toml asks the factory for what cannot be; one sentence a line."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One reading: `at` which set-up, `by` whom, and what is allowed."""

    name: str
    requirement: str
    unit: str
    at: str
    by: str
    low: float
    high: float

    @property
    def reading(self) -> str | None:
        """The name of the node's own reading; None where a meter or the line tells."""
        return self.by.removeprefix(NODE) if self.by.startswith(NODE) else None


def setups() -> dict[str, dict[str, str]]:
    """What the tester does, in order: name → id, en."""
    return tomllib.loads((HERE / "setups.toml").read_text(encoding="utf-8"))


def limits(requirements: dict[str, Any] | None = None) -> dict[str, Limit]:
    """Name → limit, in the order of the set-ups; LimitError names all that is wrong."""
    if requirements is None:
        requirements = tomllib.loads((HERE.parent / "requirements.toml").read_text(encoding="utf-8"))
    bands = loop_bands.bands(tomllib.loads((FACTS / "analog.toml").read_text(encoding="utf-8")))
    order = list(setups())
    asked = [
        (requirement, name, one)
        for requirement, fields in requirements.items()
        for name, one in fields.get("factory", {}).items()
    ]
    faults = [fault for requirement, name, one in asked for fault in _faults(requirement, name, one, bands, order)]
    names = [name for _, name, _ in asked]
    faults += [f"{name} is asked for twice" for name in sorted(set(names)) if names.count(name) > 1]
    if faults:
        raise LimitError("\n".join(faults))
    found = [_limit(requirement, name, one, bands) for requirement, name, one in asked]
    return {one.name: one for one in sorted(found, key=lambda one: order.index(one.at))}


Bands = dict[str, tuple[float, float]]


def _faults(requirement: str, name: str, one: dict[str, Any], bands: Bands, order: list[str]) -> list[str]:
    wanted = {"unit", "at", "by"} | (set() if "band" in one else {"low", "high"})
    missing = sorted(wanted - set(one))
    if missing:
        return [f"{name} of {requirement} has no {', '.join(missing)}"]
    faults = []
    if one.get("band", "normal") not in bands:
        faults.append(f"{name}: there is no band {one['band']}; there are {', '.join(bands)}")
    if one["at"] not in order:
        faults.append(f"{name}: setups.toml has no {one['at']}")
    if one["by"] not in (METER, LINE) and not one["by"].startswith(NODE):
        faults.append(f"{name}: by must be meter, line or 'node: READING', not {one['by']!r}")
    return faults


def _limit(requirement: str, name: str, one: dict[str, Any], bands: Bands) -> Limit:
    low, high = bands[one["band"]] if "band" in one else (one["low"], one["high"])
    return Limit(name, requirement, one["unit"], one["at"], one["by"], round(low, 1), round(high, 1))
