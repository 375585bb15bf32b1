"""Write the pin files of firmware and gateway and the table in docs from the TOML beside this file; `--check` only compares.

Standard library only, so that an installer with nothing but Python can run it.
"""

import argparse
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pin_rules import FACTS, Board, PinMapError, Signal, read_board

HERE = Path(__file__).resolve().parent
HOUSE = HERE.parent.parent
AGAIN = "python hardware/pinmap/generate.py"
TABLE = "hardware/pinmap/README.md"
LISTS: tuple[tuple[str, str, Callable[[Signal], bool]], ...] = (
    ("ACTIVE_LOW", "pressed, driven or selected when the pin reads low", lambda signal: signal.active == "low"),
    ("PULLED_UP", "needs the chip's own pull-up", lambda signal: signal.pull == "up"),
    ("PULLED_DOWN", "needs the chip's own pull-down", lambda signal: signal.pull == "down"),
)


def render(board: Board) -> str:
    """The Python file for one board; plain constants, the same on CPython and MicroPython. None: not on this board."""
    head = f'"""Pins of the {board.name}, generated from hardware/pinmap/{board.source.name}; do not edit.\n\n{AGAIN}\n"""\n'
    constants = [f"{signal.name} = {_value(board, signal)}" for signal in board.signals]
    lists = []
    for name, meaning, belongs in LISTS:
        members = [signal.name for signal in board.wired if belongs(signal)]
        lists += [f"# {meaning}", f"{name} = {_tuple(name, members)}"]
    return head + "\n" + "\n".join(constants) + "\n\n" + "\n".join(lists) + "\n"


def render_analog(analog: dict[str, Any]) -> str:
    """The firmware's file of voltages: thresholds and dividers."""
    loop, battery, siren = (analog[key] for key in ("loop", "battery", "siren"))
    gain = siren["gain_top_ohm"] // siren["gain_bottom_ohm"] + 1
    both = battery["top_ohm"] + battery["bottom_ohm"]
    lines = [
        '"""Millivolts at the ADC, generated from hardware/pinmap/facts/analog.toml; do not edit.',
        "",
        AGAIN,
        '"""',
        "",
        "# a supervised loop, by rising voltage: shorted, contact closed, normal, cut",
        f"LOOP_SHORT_BELOW_MV = {loop['below_mv']['short']}",
        f"LOOP_CLOSED_BELOW_MV = {loop['below_mv']['closed']}",
        f"LOOP_NORMAL_BELOW_MV = {loop['below_mv']['normal']}",
        "",
        "# battery and mains sense: what the ADC reads, times the first, divided by the second",
        f"DIVIDER_TIMES = {both}",
        f"DIVIDER_BY = {battery['bottom_ohm']}",
        "",
        "# siren sense: millivolts at the ADC for each ampere",
        f"SIREN_MV_PER_A = {siren['shunt_mohm'] * gain}",
        f"SIREN_SOUNDING_ABOVE_MV = {siren['sounding_above_ma'] * siren['shunt_mohm'] * gain // 1000}",
    ]
    return "\n".join(lines) + "\n"


def render_table(boards: list[Board]) -> str:
    """The page that shows every signal on every board."""
    lines = [
        "# Which wire lands where",
        "",
        f"Generated from the TOML in this folder; do not edit. Again: `{AGAIN}`.",
        "",
    ]
    for kind, title in (("node", "Kentongan"), ("gateway", "Gateway")):
        columns = [board for board in boards if board.kind == kind]
        lines += [f"## {title}", ""]
        lines += [
            "| signal | label | " + " | ".join(f"[{board.name}]({board.source.name})" for board in columns) + " |"
        ]
        lines += ["|---|---|" + "---|" * len(columns)]
        for place, signal in enumerate(columns[0].signals):
            pins = [_shown(board, board.signals[place]) for board in columns]
            lines += [f"| `{signal.name}` | {signal.label} | " + " | ".join(pins) + " |"]
        lines += ["", "| label | bahasa Indonesia | English |", "|---|---|---|"]
        lines += [f"| {signal.label} | {signal.id} | {signal.en} |" for signal in columns[0].signals]
        lines += [""]
    lines += ["## What to know of one board", ""]
    for board in boards:
        lines += [f"- **{board.name}** ({board.part})."]
        lines += [
            f"  `{signal.name}` on {_shown(board, signal)}: {signal.note}" for signal in board.wired if signal.note
        ]
    return "\n".join(lines) + "\n"


def files(maps: Path = HERE, facts: Path = FACTS) -> dict[str, str]:
    """Every generated file, by its path in the house; PinMapError when a map breaks a rule."""
    boards = [read_board(source, facts) for source in sorted(maps.glob("*.toml"))]
    analog = tomllib.loads((facts / "analog.toml").read_text(encoding="utf-8"))
    made = {board.writes: render(board) for board in boards}
    return made | {analog["writes"]: render_analog(analog), TABLE: render_table(boards)}


def main(arguments: list[str] | None = None, *, house: Path = HOUSE, maps: Path = HERE, facts: Path = FACTS) -> int:
    """Write or compare every file; 0 when all is well."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    check = parser.parse_args(arguments).check
    try:
        made = files(maps, facts)
    except PinMapError as error:
        print(error, file=sys.stderr)
        return 1
    stale = []
    for name, text in made.items():
        target = house / name
        if target.exists() and target.read_text(encoding="utf-8") == text:
            continue
        if check:
            stale.append(name)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="\n")
            print(f"wrote {name}")
    for name in stale:
        print(f"{name} differs from its pin map. Run: {AGAIN}", file=sys.stderr)
    return 1 if stale else 0


def _value(board: Board, signal: Signal) -> str:
    if signal.pin is None:
        return "None"
    return f'"{board.prefix}{signal.pin}"' if board.prefix else str(signal.pin)


def _shown(board: Board, signal: Signal) -> str:
    return "-" if signal.pin is None else f"{board.prefix}{signal.pin}"


def _tuple(name: str, members: list[str]) -> str:
    """As the formatter would wrap it."""
    if not members:
        return "()"
    line = f"({', '.join(members)}{',' if len(members) == 1 else ''})"
    if len(name) + 3 + len(line) <= 120:
        return line
    return "(\n" + "".join(f"    {member},\n" for member in members) + ")"


if __name__ == "__main__":
    sys.exit(main())
