"""The law of the pins: what a signal may never sit on, told as sentences.

A board's file says which signal lands on which pin; `facts/` says what the chips are and what our signals are. All is read
from TOML and every fault is found at once. A rule here exists because a real board of this kind once did the wrong thing:
booted from the wrong pin, screamed at power-up, or read nothing while Wi-Fi was on.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FACTS = Path(__file__).resolve().parent / "facts"
DRIVING = ("output", "open_drain")
WORDS: dict[str, tuple[str, ...]] = {
    "direction": ("input", "output", "open_drain", "analog"),
    "pull": ("up", "down", "none"),
    "active": ("high", "low", "none"),
    "idle": ("high", "low", "none"),
    "boot": ("off", "any"),
}
TEXTS = ("label", "id", "en")
LABEL_LENGTH = 9  # what fits beside a terminal
TAKEN = {
    "strapping": "a strapping pin: it decides how the chip boots",
    "flash": "a flash pin",
    "psram": "a pin of the PSRAM",
    "usb": "a pin of the USB port",
    "uart0": "a pin of UART0, the console",
    "rgb_led": "the module's own LED",
    "ethernet": "a pin of the Ethernet port",
    "wireless": "a pin of the wireless chip",
    "on_board_sense": "wired to the module's own supply",
    "hat_eeprom": "a pin of the HAT's identity EEPROM",
    "fixed_pull_up": "a pin with a fixed pull-up",
}


class PinMapError(Exception):
    """The pin map breaks the rules; `faults` holds one sentence for each."""

    def __init__(self, path: Path, faults: list[str]) -> None:
        super().__init__("\n".join(f"{path.name}: {fault}" for fault in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Signal:
    """One wire of ours on one board; no pin where this board does without it. `pull` is the chip's own, none where the board has a resistor."""

    name: str
    pin: int | None
    direction: str
    pull: str
    active: str
    idle: str
    boot: str
    required: bool
    label: str
    id: str
    en: str
    note: str


@dataclass(frozen=True, slots=True)
class Board:
    """One checked pin map. `prefix` goes before each number where the library wants a name instead of a number."""

    name: str
    part: str
    chip: str
    kind: str
    writes: str
    prefix: str
    source: Path
    signals: tuple[Signal, ...]

    @property
    def wired(self) -> tuple[Signal, ...]:
        """The signals that this board has a pin for."""
        return tuple(signal for signal in self.signals if signal.pin is not None)


def read_board(path: Path, facts: Path = FACTS) -> Board:
    """The board that `path` describes; PinMapError when a rule is broken, there or in the facts."""
    found = _read(path)
    chips, vocabulary = _read(facts / "chips.toml"), _read(facts / "signals.toml")
    for source, faults in (
        (facts / "chips.toml", _chip_faults(chips)),
        (facts / "signals.toml", _word_faults(vocabulary)),
    ):
        if faults:
            raise PinMapError(source, faults)
    faults = _shape_faults(found, chips, vocabulary)
    if faults:
        raise PinMapError(path, faults)
    board, chip = found["board"], chips[found["board"]["chip"]]
    taken = chip["taken"] | found.get("taken", {})
    signals = tuple(_signal(name, fields, found) for name, fields in vocabulary[board["kind"]].items())
    for signal in signals:
        faults += _signal_faults(signal, chip, taken)
    faults += _shared_pins(signals)
    if faults:
        raise PinMapError(path, faults)
    names = ("name", "part", "chip", "kind", "writes", "prefix")
    return Board(**{name: board[name] for name in names}, source=path, signals=signals)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise PinMapError(path, [f"not TOML: {error}"]) from error


def _signal(name: str, fields: dict[str, Any], found: dict[str, Any]) -> Signal:
    on_board = name in found["board"].get("pulled_on_board", [])
    mine = fields | {"pull": "none"} if on_board else fields
    return Signal(name=name, pin=found["pins"].get(name), note=found.get("notes", {}).get(name, ""), **mine)


def _chip_faults(chips: dict[str, Any]) -> list[str]:
    faults = []
    for name, chip in chips.items():
        lists = ("pins", "input_only", "adc1", "adc2", "high_at_power_up")
        faults += [f"{name}.{key} is missing" for key in ("name", "source") if not chip.get(key)]
        faults += [f"{name}.{key} is missing; [] says that there are none" for key in lists if key not in chip]
        taken = chip.get("taken", {})
        faults += [f"{name}.taken.{key} is missing" for key in ("strapping", "flash") if key not in taken]
        faults += [f"{name}.taken.{key} has no meaning in pin_rules.py" for key in taken if key not in TAKEN]
    return faults


def _word_faults(vocabulary: dict[str, Any]) -> list[str]:
    faults = []
    for signals in vocabulary.values():
        for name, fields in signals.items():
            faults += _field_faults(name, fields)
    return faults


def _field_faults(name: str, fields: dict[str, Any]) -> list[str]:
    if not (name.isidentifier() and name.isupper()):
        return [f"{name} is not a constant's name"]
    wanted = {*WORDS, *TEXTS, "required"}
    if set(fields) != wanted:
        return [f"{name} must have exactly {', '.join(sorted(wanted))}"]
    faults = [
        f"{name}: {key} is {fields[key]!r} and must be one of {', '.join(words)}"
        for key, words in WORDS.items()
        if fields[key] not in words
    ]
    faults += [f"{name}: the text {key} is empty" for key in TEXTS if not str(fields[key]).strip()]
    if len(fields["label"]) > LABEL_LENGTH:
        faults.append(f"{name}: the label {fields['label']} is longer than {LABEL_LENGTH}")
    return faults + _level_faults(name, fields)


def _level_faults(name: str, fields: dict[str, Any]) -> list[str]:
    faults = []
    direction, pull, active, idle = (fields[key] for key in ("direction", "pull", "active", "idle"))
    if (direction == "analog") != (active == "none") or (active == "none") != (idle == "none"):
        faults.append("an analog signal has no levels, and every other signal has both")
    elif active != "none" and active == idle:
        faults.append("the idle level is the active one: it would be on for ever")
    if direction in ("output", "analog") and pull != "none":
        faults.append(f"a pull means nothing on an {direction} signal")
    if direction == "input" and pull == "none":
        faults.append("an input without a pull floats")
    if fields["boot"] == "off" and not (direction == "output" and active == "high"):
        faults.append("only an output that is on when high can be held off by a resistor to ground while booting")
    return [f"{name}: {fault}" for fault in faults]


def _shape_faults(found: dict[str, Any], chips: dict[str, Any], vocabulary: dict[str, Any]) -> list[str]:
    faults = [f"there is no [{table}]" for table in ("board", "pins") if not found.get(table)]
    if faults:
        return faults
    board, pins = found["board"], found["pins"]
    texts = ("name", "part", "chip", "kind", "writes", "prefix")
    faults = [f"board.{key} is missing" for key in texts if type(board.get(key)) is not str]
    if faults:
        return faults
    if board["chip"] not in chips:
        faults.append(f"the chip {board['chip']} is not in facts/chips.toml")
    if board["kind"] not in vocabulary:
        return [*faults, f"the kind {board['kind']} is not in facts/signals.toml"]
    known = vocabulary[board["kind"]]
    for place, names in (("", pins), ("notes: ", found.get("notes", {})), ("", board.get("pulled_on_board", []))):
        faults += [f"{place}{name} is no signal of facts/signals.toml" for name in names if name not in known]
    faults += [f"taken.{key} has no meaning in pin_rules.py" for key in found.get("taken", {}) if key not in TAKEN]
    faults += [f"{name}: the pin is not a number" for name, pin in pins.items() if type(pin) is not int]
    faults += [
        f"{name}: every board needs a pin for it" for name in known if known[name]["required"] and name not in pins
    ]
    return faults


def _signal_faults(signal: Signal, chip: dict[str, Any], taken: dict[str, list[int]]) -> list[str]:
    pin = signal.pin
    if pin is None:
        return []
    faults = []
    if not any(low <= pin <= high for low, high in chip["pins"]):
        faults.append(f"pin {pin} does not exist on this part")
    faults += [f"pin {pin} is {TAKEN[key]}" for key, pins in taken.items() if pin in pins]
    if pin in chip["input_only"] and (signal.direction in DRIVING or signal.pull != "none"):
        faults.append(f"pin {pin} can only be an input, and has no pull")
    if signal.direction == "analog" and pin in chip["adc2"]:
        faults.append(f"pin {pin} is on ADC2, which reads nothing while Wi-Fi is on")
    elif signal.direction == "analog" and pin not in chip["adc1"]:
        faults.append(f"pin {pin} has no ADC")
    if signal.boot == "off" and pin in chip["high_at_power_up"]:
        faults.append(f"pin {pin} is high at power-up, before any software runs")
    return [f"{signal.name}: {fault}" for fault in faults]


def _shared_pins(signals: tuple[Signal, ...]) -> list[str]:
    owner: dict[int, str] = {}
    faults = []
    for signal in signals:
        if signal.pin is None:
            continue
        first = owner.setdefault(signal.pin, signal.name)
        if first != signal.name:
            faults.append(f"{signal.name}: pin {signal.pin} already belongs to {first}")
    return faults
