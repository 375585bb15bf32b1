"""Write the pin files of firmware and gateway from the TOML beside this file; `--check` only compares.

Standard library only, so that an installer with nothing but Python can run it.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from pin_rules import Board, PinMapError, Signal, read_board

HERE = Path(__file__).resolve().parent
HOUSE = HERE.parent.parent
AGAIN = "python hardware/pinmap/generate.py"
LISTS: tuple[tuple[str, str, Callable[[Signal], bool]], ...] = (
    ("ACTIVE_LOW", "pressed, driven or selected when the pin reads low", lambda signal: signal.active == "low"),
    ("PULLED_UP", "needs the chip's own pull-up", lambda signal: signal.pull == "up"),
    ("PULLED_DOWN", "needs the chip's own pull-down", lambda signal: signal.pull == "down"),
)


def render(board: Board) -> str:
    """The Python file for one board; plain constants, the same on CPython and MicroPython."""
    head = f'"""Pins of the {board.name}, generated from hardware/pinmap/{board.source.name}; do not edit.\n\n{AGAIN}\n"""\n'
    constants = [f"{signal.name} = {_value(board, signal)}" for signal in board.signals]
    lists = []
    for name, meaning, belongs in LISTS:
        members = [signal.name for signal in board.signals if belongs(signal)]
        lists += [f"# {meaning}", f"{name} = {_tuple(name, members)}"]
    return head + "\n" + "\n".join(constants) + "\n\n" + "\n".join(lists) + "\n"


def main(arguments: list[str] | None = None, *, house: Path = HOUSE, maps: Path = HERE) -> int:
    """Write or compare every board's file; 0 when all is well."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    check = parser.parse_args(arguments).check
    stale = []
    for source in sorted(maps.glob("*.toml")):
        try:
            board = read_board(source)
        except PinMapError as error:
            print(error, file=sys.stderr)
            return 1
        target = house / board.writes
        text = render(board)
        if target.exists() and target.read_text(encoding="utf-8") == text:
            continue
        if check:
            stale.append(board.writes)
        else:
            target.write_text(text, encoding="utf-8", newline="\n")
            print(f"wrote {board.writes}")
    for name in stale:
        print(f"{name} differs from its pin map. Run: {AGAIN}", file=sys.stderr)
    return 1 if stale else 0


def _value(board: Board, signal: Signal) -> str:
    return f'"{board.prefix}{signal.pin}"' if board.prefix else str(signal.pin)


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
