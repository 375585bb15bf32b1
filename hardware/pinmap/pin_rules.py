"""The law of the pins: what a signal may never sit on, told as sentences.

A pin map is read from TOML and every fault in it is found at once. A rule here exists because a real board of this
kind once did the wrong thing: booted from the wrong pin, screamed at power-up, or read nothing while Wi-Fi was on.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DRIVING = ("output", "open_drain")
WORDS: dict[str, tuple[str, ...]] = {
    "direction": ("input", "output", "open_drain", "analog"),
    "pull": ("up", "down", "none"),
    "active": ("high", "low", "none"),
    "idle": ("high", "low", "none"),
}
TAKEN = {
    "strapping": "a strapping pin: it decides how the chip boots",
    "flash": "a flash pin",
    "psram": "a pin of the PSRAM",
    "usb": "a pin of the USB port",
    "uart0": "a pin of UART0, the console",
    "rgb_led": "the module's own LED",
    "hat_eeprom": "a pin of the HAT's identity EEPROM",
    "fixed_pull_up": "a pin with a fixed pull-up",
}
FIELDS = {"pin", "direction", "pull", "active", "idle", "note"}


class PinMapError(Exception):
    """The pin map breaks the rules; `faults` holds one sentence for each."""

    def __init__(self, path: Path, faults: list[str]) -> None:
        super().__init__("\n".join(f"{path.name}: {fault}" for fault in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Signal:
    """One wire of ours."""

    name: str
    pin: int
    direction: str
    pull: str
    active: str
    idle: str
    note: str


@dataclass(frozen=True, slots=True)
class Board:
    """One checked pin map. `prefix` goes before each number where the library wants a name instead of a number."""

    name: str
    part: str
    writes: str
    prefix: str
    source: Path
    signals: tuple[Signal, ...]


def read_board(path: Path) -> Board:
    """The board that `path` describes; PinMapError when a rule is broken."""
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise PinMapError(path, [f"not TOML: {error}"]) from error
    faults = _shape_faults(found)
    if faults:
        raise PinMapError(path, faults)
    signals = tuple(Signal(name=name, **fields) for name, fields in found["signals"].items())
    faults = [fault for signal in signals for fault in _signal_faults(signal, found["chip"])]
    faults += _shared_pins(signals)
    if faults:
        raise PinMapError(path, faults)
    board = found["board"]
    return Board(board["name"], board["part"], board["writes"], board["prefix"], path, signals)


def _shape_faults(found: dict[str, Any]) -> list[str]:
    faults = [f"there is no [{table}]" for table in ("board", "chip", "signals") if not found.get(table)]
    if faults:
        return faults
    board, chip = found["board"], found["chip"]
    texts = ("name", "part", "writes", "prefix")
    lists = ("pins", "input_only", "adc1", "adc2", "high_at_power_up")
    faults += [f"board.{key} is missing" for key in texts if type(board.get(key)) is not str]
    faults += [
        f"chip.{key} is missing; [] says that there are none" for key in lists if type(chip.get(key)) is not list
    ]
    taken = chip.get("taken", {})
    faults += [f"chip.taken.{key} is missing" for key in ("strapping", "flash") if key not in taken]
    faults += [f"chip.taken.{key} has no meaning in pin_rules.py" for key in taken if key not in TAKEN]
    for name, fields in found["signals"].items():
        faults += _field_faults(name, fields)
    return faults


def _field_faults(name: str, fields: Any) -> list[str]:
    if not (name.isidentifier() and name.isupper()):
        return [f"{name} is not a constant's name"]
    if type(fields) is not dict or set(fields) != FIELDS:
        return [f"{name} must have exactly {', '.join(sorted(FIELDS))}"]
    faults = []
    if type(fields["pin"]) is not int:
        faults.append(f"{name}: the pin is not a number")
    if type(fields["note"]) is not str or not fields["note"].strip():
        faults.append(f"{name}: the note is empty")
    for key, words in WORDS.items():
        if fields[key] not in words:
            faults.append(f"{name}: {key} is {fields[key]!r} and must be one of {', '.join(words)}")
    return faults


def _signal_faults(signal: Signal, chip: dict[str, Any]) -> list[str]:
    pin = signal.pin
    faults = []
    if not any(low <= pin <= high for low, high in chip["pins"]):
        faults.append(f"pin {pin} does not exist on this part")
    faults += [f"pin {pin} is {TAKEN[key]}" for key, pins in chip["taken"].items() if pin in pins]
    if pin in chip["input_only"] and (signal.direction in DRIVING or signal.pull != "none"):
        faults.append(f"pin {pin} can only be an input, and has no pull")
    if signal.direction == "analog" and pin in chip["adc2"]:
        faults.append(f"pin {pin} is on ADC2, which reads nothing while Wi-Fi is on")
    elif signal.direction == "analog" and pin not in chip["adc1"]:
        faults.append(f"pin {pin} has no ADC")
    if signal.direction == "output" and signal.active == "high" and pin in chip["high_at_power_up"]:
        faults.append(f"pin {pin} is high at power-up, before any software runs")
    faults += _level_faults(signal)
    return [f"{signal.name}: {fault}" for fault in faults]


def _level_faults(signal: Signal) -> list[str]:
    faults = []
    if (signal.direction == "analog") != (signal.active == "none") or (signal.active == "none") != (
        signal.idle == "none"
    ):
        faults.append("an analog signal has no levels, and every other signal has both")
    elif signal.active != "none" and signal.active == signal.idle:
        faults.append("the idle level is the active one: it would be on for ever")
    if signal.direction in ("output", "analog") and signal.pull != "none":
        faults.append(f"a pull means nothing on an {signal.direction} signal")
    if signal.direction == "input" and signal.pull == "none":
        faults.append("an input without a pull floats")
    return faults


def _shared_pins(signals: tuple[Signal, ...]) -> list[str]:
    owner: dict[int, str] = {}
    faults = []
    for signal in signals:
        first = owner.setdefault(signal.pin, signal.name)
        if first != signal.name:
            faults.append(f"{signal.name}: pin {signal.pin} already belongs to {first}")
    return faults
