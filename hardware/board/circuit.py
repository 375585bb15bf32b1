"""The circuit of Papan Induk: every part, its value, and the net at each of its pins.

The pins of the microcontroller come from the pin map: a signal's net bears the signal's name, and nobody writes a GPIO
number here. Resistors that set a voltage come from pinmap/facts/analog.toml, as the firmware's thresholds do.
SKiDL is fed from this table (erc.py), the drawings are compared with it, and the layout reads it.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hardware.board.kinds import KINDS, Kind
from hardware.pinmap.pin_rules import FACTS, read_board

PIN_MAP = FACTS.parent / "esp32_s3_devkitc.toml"
GROUND = "GND"
UNCONNECTED = "-"


@dataclass(frozen=True, slots=True)
class Part:
    """One part on the board; `outside` says that its wires leave the box, `label` is printed beside it."""

    ref: str
    kind: Kind
    value: str
    nets: dict[str, str]
    block: str
    outside: bool = False
    label: str = ""


def ohms(value: float) -> str:
    """As it is written in a parts list: 100R, 2k2, 100k."""
    if value < 1:
        return f"{value:g}R".replace("0.", "0R", 1).removesuffix("R")
    if value < 1000:
        return f"{value:g}R"
    whole, rest = divmod(round(value), 1000)
    return f"{whole}k{str(rest).rstrip('0').lstrip('0') if rest else ''}"


class Circuit:
    """Parts in the order in which they were put down, numbered by kind."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self._counts: dict[str, int] = {}
        self._block = ""

    def block(self, name: str) -> None:
        """What follows belongs to this block of the schematic."""
        self._block = name

    def put(self, kind: str, value: str, *nets: str, outside: bool = False, label: str = "") -> str:
        """A part with its nets in the order of its pins; its designator."""
        found = KINDS[kind]
        if len(nets) != len(found.pins):
            raise ValueError(f"{kind} {value} has {len(found.pins)} pins and was given {len(nets)} nets")
        number = self._counts[found.letter] = self._counts.get(found.letter, 0) + 1
        ref = f"{found.letter}{number}"
        named = dict(zip(found.pins, nets, strict=True))
        self.parts.append(Part(ref, found, value, named, self._block, outside, label))
        return ref

    def nets(self) -> dict[str, list[tuple[str, str]]]:
        """Net → (designator, pin number), sorted; pins that are left open are not in it."""
        found: dict[str, list[tuple[str, str]]] = {}
        for part in self.parts:
            for pin, net in part.nets.items():
                if net != UNCONNECTED:
                    found.setdefault(net, []).append((part.ref, pin))
        return {net: sorted(pins) for net, pins in sorted(found.items())}


def build(pin_map: Path = PIN_MAP, facts: Path = FACTS) -> Circuit:
    """The whole board."""
    analog = tomllib.loads((facts / "analog.toml").read_text(encoding="utf-8"))
    circuit = Circuit()
    _power(circuit)
    _controller(circuit, pin_map)
    _loads(circuit, analog["siren"])
    for name, label in (("PANIC", "PANIK"), ("TAMPER", "TAMPER")):
        _loop(circuit, name, label, analog["loop"])
    _senses(circuit, analog["battery"])
    _contacts(circuit)
    _indicators(circuit)
    _bus(circuit)
    _headers(circuit)
    return circuit


def _power(circuit: Circuit) -> None:
    circuit.block("power")
    circuit.put("terminal2", "13.8 V", "SUPPLY_WIRE", GROUND, outside=True, label="13,8V")
    circuit.put("fuse", "3A T", "SUPPLY_WIRE", "FUSED")
    circuit.put("tvs", "SMBJ15A", "FUSED", GROUND)
    circuit.put("pfet", "AOD403", "REVERSE_GATE", "FUSED", "12V")
    circuit.put("zener", "BZT52C12", "12V", "REVERSE_GATE")
    circuit.put("resistor", "10k", "REVERSE_GATE", GROUND)
    circuit.put("electrolytic", "470u 35V", "12V", GROUND)
    circuit.put("capacitor_large", "10u 50V", "12V", GROUND)
    circuit.put("converter", "K7805-1000R3", "12V", GROUND, "5V")
    circuit.put("capacitor_large", "22u 16V", "5V", GROUND)


def _controller(circuit: Circuit, pin_map: Path) -> None:
    circuit.block("controller")
    board = read_board(pin_map)
    nets = {f"GPIO{signal.pin}": signal.name for signal in board.wired}
    nets |= {"3V3": "3V3", "5V": "5V", "GND": GROUND}
    found = KINDS["devkit"].pins.values()
    missing = set(nets) - {name for name, _ in found}
    if missing:
        raise ValueError(f"{', '.join(sorted(missing))} of {pin_map.name} is not on the module's headers")
    circuit.put("devkit", board.name, *(nets.get(name, UNCONNECTED) for name, _ in found))
    circuit.put("capacitor_large", "22u 16V", "5V", GROUND)
    circuit.put("capacitor", "100n", "3V3", GROUND)


def _switch(circuit: Circuit, signal: str, drain: str, source: str, value: str = "AO3400A") -> None:
    """A low-side switch that is off unless it is driven."""
    gate = f"{signal}_GATE"
    circuit.put("nfet", value, gate, source, drain)
    circuit.put("resistor", "100R", signal, gate)
    circuit.put("resistor", "100k", gate, GROUND)


def _loads(circuit: Circuit, siren: dict[str, Any]) -> None:
    circuit.block("siren")
    circuit.put("terminal2", "siren", "12V", "SIREN_RETURN", outside=True, label="SIRINE")
    _switch(circuit, "SIREN", "SIREN_RETURN", "SHUNT")
    circuit.put("schottky", "SS34", "12V", "SIREN_RETURN")
    circuit.put("tvs", "SMBJ15A", "SIREN_RETURN", GROUND)
    circuit.put("shunt", ohms(siren["shunt_mohm"] / 1000), "SHUNT", GROUND)
    circuit.put("resistor", "1k", "SHUNT", "SHUNT_FILTERED")
    circuit.put("capacitor", "100n", "SHUNT_FILTERED", GROUND)
    circuit.put("amplifier", "MCP6001T", "SHUNT_AMPLIFIED", GROUND, "SHUNT_FILTERED", "SHUNT_FEEDBACK", "3V3")
    circuit.put("resistor", ohms(siren["gain_top_ohm"]), "SHUNT_AMPLIFIED", "SHUNT_FEEDBACK")
    circuit.put("resistor", ohms(siren["gain_bottom_ohm"]), "SHUNT_FEEDBACK", GROUND)
    circuit.put("capacitor", "100n", "3V3", GROUND)
    circuit.put("resistor", "1k", "SHUNT_AMPLIFIED", "SIREN_SENSE")
    circuit.put("capacitor", "100n", "SIREN_SENSE", GROUND)
    circuit.block("beacon")
    circuit.put("terminal2", "beacon", "12V", "BEACON_RETURN", outside=True, label="LAMPU")
    _switch(circuit, "BEACON", "BEACON_RETURN", GROUND)
    circuit.put("schottky", "SS34", "12V", "BEACON_RETURN")
    circuit.put("tvs", "SMBJ15A", "BEACON_RETURN", GROUND)


def _loop(circuit: Circuit, name: str, label: str, loop: dict[str, Any]) -> None:
    circuit.block(f"{name.lower()} loop")
    wire, signal = f"{name}_WIRE", f"{name}_LOOP"
    circuit.put("terminal2", label, wire, GROUND, outside=True, label=label)
    circuit.put("tvs_small", "SMAJ5.0A", wire, GROUND)
    circuit.put("resistor", ohms(loop["pull_up_ohm"]), "3V3", wire)
    circuit.put("resistor", "1k", wire, signal)
    circuit.put("capacitor", "100n", signal, GROUND)
    circuit.put("clamp", "BAT54S", GROUND, "3V3", signal)


def _senses(circuit: Circuit, battery: dict[str, Any]) -> None:
    circuit.block("supply senses")
    circuit.put("terminal3", "senses", "BATTERY_WIRE", "MAINS_WIRE", GROUND, outside=True, label="AKI PLN")
    for name in ("BATTERY", "MAINS"):
        circuit.put("tvs", "SMBJ15A", f"{name}_WIRE", GROUND)
        circuit.put("resistor", ohms(battery["top_ohm"]), f"{name}_WIRE", f"{name}_SENSE")
        circuit.put("resistor", ohms(battery["bottom_ohm"]), f"{name}_SENSE", GROUND)
        circuit.put("capacitor", "100n", f"{name}_SENSE", GROUND)


def _contacts(circuit: Circuit) -> None:
    circuit.block("silence and test")
    circuit.put("terminal2", "silence key", "SILENCE_WIRE", GROUND, outside=True, label="SENYAP")
    circuit.put("tvs_small", "SMAJ5.0A", "SILENCE_WIRE", GROUND)
    circuit.put("resistor", "10k", "3V3", "SILENCE_WIRE")
    circuit.put("resistor", "1k", "SILENCE_WIRE", "SILENCE_KEY")
    circuit.put("capacitor", "100n", "SILENCE_KEY", GROUND)
    circuit.put("push_button", "test", "TEST_BUTTON", GROUND, label="UJI")
    circuit.put("resistor", "10k", "3V3", "TEST_BUTTON")
    circuit.put("capacitor", "100n", "TEST_BUTTON", GROUND)


def _indicators(circuit: Circuit) -> None:
    circuit.block("indicators")
    circuit.put("terminal2", "button light", "BUTTON_LED_WIRE", "BUTTON_LED_RETURN", outside=True, label="LED TBL")
    circuit.put("resistor", "330R", "5V", "BUTTON_LED_WIRE")
    circuit.put("tvs_small", "SMAJ5.0A", "BUTTON_LED_WIRE", GROUND)
    circuit.put("tvs_small", "SMAJ5.0A", "BUTTON_LED_RETURN", GROUND)
    _switch(circuit, "BUTTON_LED", "BUTTON_LED_RETURN", GROUND)
    circuit.put("buzzer", "5 V active", "5V", "BUZZER_RETURN")
    circuit.put("diode", "1N4148W", "5V", "BUZZER_RETURN")
    _switch(circuit, "BUZZER", "BUZZER_RETURN", GROUND)
    circuit.put("header4", "indicator", "RED_LEAD", "GREEN_LEAD", "BLUE_LEAD", GROUND, label="R G B -")
    for colour in ("RED", "GREEN", "BLUE"):
        circuit.put("resistor", "330R", f"LED_{colour}", f"{colour}_LEAD")


def _bus(circuit: Circuit) -> None:
    circuit.block("rs-485")
    circuit.put("terminal3", "RS-485", "BUS_A_WIRE", "BUS_B_WIRE", GROUND, outside=True, label="A B GND")
    circuit.put("sm712", "SM712", "BUS_A_WIRE", "BUS_B_WIRE", GROUND)
    circuit.put("ptc", "0.1A 60V", "BUS_A_WIRE", "BUS_A")
    circuit.put("ptc", "0.1A 60V", "BUS_B_WIRE", "BUS_B")
    circuit.put("transceiver", "SP3485", "UART_RX", "RS485_DE", "RS485_DE", "UART_TX", GROUND, "BUS_A", "BUS_B", "3V3")
    circuit.put("capacitor", "100n", "3V3", GROUND)
    circuit.put("resistor", "100k", "RS485_DE", GROUND)
    circuit.put("resistor", "10k", "3V3", "UART_RX")
    circuit.put("resistor", "4k7", "3V3", "BUS_A")
    circuit.put("resistor", "4k7", "BUS_B", GROUND)
    circuit.put("resistor", "120R", "BUS_A", "TERMINATION")
    circuit.put("jumper", "termination", "TERMINATION", "BUS_B", label="120R")


def _headers(circuit: Circuit) -> None:
    circuit.block("sensors")
    circuit.put("header4", "I2C", "3V3", GROUND, "I2C_SDA", "I2C_SCL", label="3V3 - SDA SCL")
    circuit.put("resistor", "4k7", "3V3", "I2C_SDA")
    circuit.put("resistor", "4k7", "3V3", "I2C_SCL")
    circuit.put("header3", "microphone", "3V3", GROUND, "MICROPHONE", label="MIK")
