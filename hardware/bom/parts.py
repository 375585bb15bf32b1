"""The parts list against the circuit: nothing missing, nothing left over, every rating above its need, a sum per variant."""

import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hardware.board.circuit import Circuit

SOURCE = Path(__file__).resolve().parent / "bom.toml"
VARIANTS = {"papan_induk": "Papan Induk", "rakit": "Rakit", "kabel": "Kabel"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list: how many, what, the sum of their prices, low and high, and where the price is from."""

    count: int
    what: str
    refs: str
    alternates: tuple[str, ...]
    low: float
    high: float
    price: str = ""


def read() -> dict[str, Any]:
    """bom.toml as it stands."""
    return tomllib.loads(SOURCE.read_text(encoding="utf-8"))


def faults(bom: dict[str, Any], circuit: Circuit) -> list[str]:
    """One sentence for each gap."""
    listed = Counter((item["kind"], value) for item in bom["on_board"] for value in item["values"])
    needed = {(part.kind.name, part.value) for part in circuit.parts}
    found = [f"{kind} {value} is on the board and not in the list" for kind, value in sorted(needed - set(listed))]
    found += [f"{kind} {value} is in the list and not on the board" for kind, value in sorted(set(listed) - needed)]
    found += [f"{kind} {value} is listed {times} times" for (kind, value), times in sorted(listed.items()) if times > 1]
    for item in bom["on_board"]:
        found += _rating_faults(item)
    for item in [*bom["on_board"], *bom["off_board"], *bom.get("option", [])]:
        found += _line_faults(item, item.get("item") or item["kind"])
    names = [item["item"] for item in bom["off_board"]]
    found += [
        f"{item['name']}: it replaces what is not in the list, {item['replaces']}"
        for item in bom.get("option", [])
        if item["replaces"] not in names
    ]
    return found


def price_of(item: dict[str, Any], bom: dict[str, Any]) -> str:
    """Whose word a price is, and of when."""
    return f"{item.get('source', bom['meta']['source'])}, {item.get('date', bom['meta']['date'])}"


def option_total(bom: dict[str, Any], circuit: Circuit, option: dict[str, Any]) -> tuple[float, float, float]:
    """Low, middle and high estimate of a variant with this option in the place of what it replaces."""
    low, _, high = total(bom, circuit, option["variant"])
    gone = next(item for item in bom["off_board"] if item["item"] == option["replaces"])
    low, high = low - gone["low"] + option["low"], high - gone["high"] + option["high"]
    return round(low, 2), round((low + high) / 2, 2), round(high, 2)


def _rating_faults(item: dict[str, Any]) -> list[str]:
    rating, need = item.get("rating", {}), item.get("need", {})
    if not need or set(rating) != set(need):
        return [f"{item['kind']}: rating and need must name the same quantities"]
    return [
        f"{item['kind']}: {quantity} {rating[quantity]} is below the need of {least}"
        for quantity, least in need.items()
        if rating[quantity] < least
    ]


def _line_faults(item: dict[str, Any], name: str) -> list[str]:
    found = [] if len(item.get("alternates", [])) >= 1 else [f"{name}: no alternate is named"]
    if not 0 < item["low"] <= item["high"]:
        found.append(f"{name}: the prices must be low and high, in this order")
    if bool(item.get("quoted")) != ("source" in item):
        found.append(f"{name}: a price with a source is quoted, one without is an estimate")
    if item.get("quoted") and not (item.get("source") and re.fullmatch(r"\d{4}-\d\d(-\d\d)?", item.get("date", ""))):
        found.append(f"{name}: a quoted price needs its shop and its day")
    unknown = set(item.get("variants", [])) - set(VARIANTS)
    return found + [f"{name}: there is no variant {variant}" for variant in sorted(unknown)]


def lines(bom: dict[str, Any], circuit: Circuit, variant: str) -> list[Line]:
    """What to buy for one kentongan of this variant."""
    found = []
    if variant == "papan_induk":
        for item in bom["on_board"]:
            for value in item["values"]:
                refs = [part.ref for part in circuit.parts if (part.kind.name, part.value) == (item["kind"], value)]
                count = len(refs)
                what = (
                    item["part"]
                    if item["part"].startswith(value) or len(item["values"]) == 1
                    else f"{value}: {item['part']}"
                )
                found.append(
                    Line(
                        count,
                        what,
                        " ".join(refs),
                        tuple(item["alternates"]),
                        count * item["low"],
                        count * item["high"],
                        price_of(item, bom),
                    )
                )
    found += [
        Line(1, item["item"], "", tuple(item["alternates"]), item["low"], item["high"], price_of(item, bom))
        for item in bom["off_board"]
        if variant in item["variants"]
    ]
    return found


def total(bom: dict[str, Any], circuit: Circuit, variant: str) -> tuple[float, float, float]:
    """Low, middle and high estimate in US dollars."""
    found = lines(bom, circuit, variant)
    low, high = sum(line.low for line in found), sum(line.high for line in found)
    return round(low, 2), round((low + high) / 2, 2), round(high, 2)
