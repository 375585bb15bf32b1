"""One wiring drawing per variant. Terminal labels come from the circuit and the signals, so a label cannot drift.

WireViz reads YAML, where NO, ON and OFF are truth values: everything here is quoted by the writer.
"""

import json
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

from hardware.board.circuit import build
from hardware.pinmap.pin_rules import FACTS, read_board
from hardware.programs import run

WIREVIZ = str(Path(sys.executable).parent / "wireviz")
GENERATOR = re.compile(r"<!--.*?-->\s*", re.DOTALL)
# terminal's label → what hangs there: name, its pins, the cable's colours, gauge and longest run
OUTSIDE: dict[str, tuple[str, list[str], list[str], str, int]] = {
    "PANIK": ("Tombol panik / panic button, 2k2 + 2k2", ["NO", "COM"], ["WH", "BN"], "0.5 mm2", 100),
    "TAMPER": ("Tutup + dinding / lid + wall, 2k2", ["NC", "COM"], ["GN", "YE"], "0.5 mm2", 30),
    "AKI PLN": ("Catu 13,8 V / buffer supply", ["BAT+", "AC OK 12 V", "0 V"], ["RD", "BU", "BK"], "0.5 mm2", 2),
    "SENYAP": ("Kunci senyap / silence key", ["NO", "COM"], ["GY", "PK"], "0.5 mm2", 30),
    "LED TBL": ("Lampu tombol / button light", ["+", "-"], ["OG", "VT"], "0.5 mm2", 100),
    "A B GND": ("Bus RS-485", ["A", "B", "GND"], ["GN", "WH", "BK"], "0.5 mm2", 1200),
    "LAMPU": ("Lampu kilat / flashing light 12 V", ["+", "-"], ["RD", "BK"], "0.75 mm2", 30),
    "SIRINE": ("Sirine / siren 12 V", ["+", "-"], ["RD", "BK"], "1.5 mm2", 30),
    "13,8V": ("Catu 13,8 V / buffer supply, DC out", ["+", "-"], ["RD", "BK"], "1.5 mm2", 2),
}
RAKIT_PINS = ("PANIC_LOOP", "TAMPER_LOOP", "SIREN", "BEACON", "SIREN_SENSE", "UART_TX", "UART_RX", "RS485_DE")


def make(folder: Path) -> str:
    """All drawings."""
    drawings = {"papan_induk": papan_induk(), "rakit": rakit("esp32_devkit"), "kabel": kabel()}
    for name, harness in drawings.items():
        _draw(name, harness, folder)
    return f"{len(drawings)} wiring drawings"


def papan_induk() -> dict[str, Any]:
    """The terminals of the board, as the circuit has them, and all that is screwed to them."""
    harness = _empty()
    for part in build().parts:
        if not part.outside:
            continue
        name, pins, colours, gauge, _ = OUTSIDE[part.label]
        if len(pins) != len(part.nets):
            raise ValueError(f"the terminal {part.label} has {len(part.nets)} screws and the harness {len(pins)} wires")
        nets = [net.removesuffix("_WIRE").replace("_", " ") for net in part.nets.values()]
        _join(harness, f"{part.ref} {part.label}", nets, name, pins, colours, gauge)
    return harness


def rakit(board: str) -> dict[str, Any]:
    """Modules and wires only: the module's pins come from its pin map."""
    found = {signal.name: signal for signal in read_board(FACTS.parent / f"{board}.toml").wired}
    harness = _empty()
    modules = {
        "Loops on a strip board": (["PANIC_LOOP", "TAMPER_LOOP"], ["WH", "GN"]),
        "MOSFET module": (["SIREN", "BEACON"], ["RD", "OG"]),
        "Current sense INA180": (["SIREN_SENSE"], ["BU"]),
        "RS-485 module": (["UART_TX", "UART_RX", "RS485_DE"], ["YE", "VT", "GY"]),
    }
    for module, (signals, colours) in modules.items():
        labels = [f"GPIO{found[name].pin} {found[name].label}" for name in signals]
        _join(harness, f"ESP32 - {module}", [*labels, "GND"], module, [*signals, "GND"], [*colours, "BK"], "0.25 mm2")
    _join(harness, "Step-down 12 to 5 V", ["5 V", "GND"], "ESP32 5V pin", ["5V", "GND"], ["RD", "BK"], "0.5 mm2")
    _join(harness, "Fuse 3 A T", ["13,8 V"], "Step-down, MOSFET module, siren +, light +", ["12 V"], ["RD"], "1.5 mm2")
    return harness


def kabel() -> dict[str, Any]:
    """Ethernet and power in one cable; the Olimex board feeds 12 V to siren and light."""
    found = {signal.name: signal for signal in read_board(FACTS.parent / "olimex_esp32_poe.toml").wired}
    harness = _empty()
    _join(harness, "PoE switch on UPS, outdoor Cat 5e", ["8P8C"], "Olimex ESP32-POE2 RJ45", ["8P8C"], ["BU"], "24 AWG")
    pairs = {
        "Loops on a strip board": (["PANIC_LOOP", "TAMPER_LOOP"], ["WH", "GN"]),
        "MOSFET module": (["SIREN", "BEACON"], ["RD", "OG"]),
        "Current sense INA180": (["SIREN_SENSE"], ["BU"]),
        "Key switch": (["SILENCE_KEY"], ["GY"]),
    }
    for module, (signals, colours) in pairs.items():
        labels = [f"GPIO{found[name].pin} {found[name].label}" for name in signals]
        _join(harness, f"Olimex - {module}", [*labels, "GND"], module, [*signals, "GND"], [*colours, "BK"], "0.25 mm2")
    _join(
        harness,
        "Olimex 12 V out",
        ["12 V", "0 V"],
        "Siren +, light +, MOSFET module",
        ["+", "-"],
        ["RD", "BK"],
        "1.5 mm2",
    )
    return harness


def _empty() -> dict[str, Any]:
    return {"options": {"fontname": "DejaVu Sans"}, "connectors": {}, "cables": {}, "connections": []}


def _join(
    harness: dict[str, Any], near: str, pins: list[str], far: str, far_pins: list[str], colours: list[str], gauge: str
) -> None:
    number = len(harness["cables"]) + 1
    cable = f"W{number}"
    other = f"{far} ({number})" if far in harness["connectors"] else far
    harness["connectors"][near] = {"pinlabels": pins}
    harness["connectors"][other] = {"pinlabels": far_pins}
    harness["cables"][cable] = {"wirecount": len(pins), "colors": colours, "gauge": gauge, "show_wirecount": False}
    every = list(range(1, len(pins) + 1))
    harness["connections"].append([{near: every}, {cable: every}, {other: every}])


def _draw(name: str, harness: dict[str, Any], folder: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="harness-") as place:
        source = Path(place) / f"{name}.yml"
        source.write_text(json.dumps(harness, ensure_ascii=False), encoding="utf-8")  # JSON is YAML, and quotes all
        run([WIREVIZ, "-f", "st", "-o", place, str(source)])
        svg = GENERATOR.sub("", (Path(place) / f"{name}.svg").read_text(encoding="utf-8"))
        (folder / f"{name}.svg").write_text(svg, encoding="utf-8", newline="\n")
        (folder / f"{name}.tsv").write_bytes((Path(place) / f"{name}.bom.tsv").read_bytes())
