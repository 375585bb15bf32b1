"""Stickers at 1:1 in millimetres: a pin table for each board, flags for both ends of every wire, and the claim code of one box.

Words and pins come from the pin maps, wires from circuit and harness. The claim sticker that lies here is a specimen; a box's own
is printed by `./kentongan hardware sticker`, because its code is secret and lies in no repository.
"""

from pathlib import Path

import segno

from hardware.guide.canvas import Canvas
from hardware.guide.views import wires
from hardware.pinmap.pin_rules import FACTS, Board, read_board

SPECIMEN = ("PI-0000", "ABCD-EFGH-JKLM-NPQR-STUV-WXYZ-23", "0000000000000000")
ROW = 4.2
FLAG = (44.0, 12.0)  # folded round the wire at its middle
KABEL_AND_RAKIT = ("esp32_devkit", "olimex_esp32_poe")


def sheets() -> dict[str, str]:
    """File name → SVG."""
    boards = {source.stem: read_board(source) for source in sorted(FACTS.parent.glob("*.toml"))}
    found = {f"pins_{name}.svg": pin_table(board) for name, board in boards.items()}
    found["wires_papan_induk.svg"] = wire_flags(
        "Papan Induk",
        [(f"{wire.ref} {wire.label}", "  ".join(f"{a}={b}" for a, b in zip(wire.screws, wire.colours, strict=True)))
         for wire in wires()],
    )  # fmt: skip
    found["claim_specimen.svg"] = claim(*SPECIMEN)
    for name in KABEL_AND_RAKIT:
        board = boards[name]
        found[f"wires_{name}.svg"] = wire_flags(
            board.name, [(one.label, f"GPIO{one.pin} {one.name}") for one in board.wired]
        )
    return found


def pin_table(board: Board) -> str:
    """For the lid's inside: which wire lands where, in words for whoever opens the box in ten years."""
    wired = board.wired
    canvas = Canvas(92, 8 + ROW * (len(wired) + 1), f"pins of {board.name}", board.name, board.part)
    canvas.rect(1, 1, 90, 6 + ROW * (len(wired) + 1) - 1, "line", 2)
    for x, words in ((4, "label"), (26, "pin"), (46, "sinyal · signal")):
        canvas.text(x, 5, words, 2.4, colour="#666")
    for row, signal in enumerate(wired, start=1):
        y = 5 + ROW * row
        canvas.line([(2, y - 3.1), (90, y - 3.1)], "thin")
        canvas.text(4, y, signal.label, 2.9)
        canvas.text(26, y, f"{board.prefix}{signal.pin}", 2.9)
        canvas.text(46, y, signal.name, 2.5)
    return canvas.svg()


def wire_flags(name: str, labels: list[tuple[str, str]]) -> str:
    """Each label twice, once for each end of the wire; cut along the lines, fold at the dashes."""
    wide, high = FLAG
    canvas = Canvas(
        4 + 4 * wide,
        2 + (high + 1) * ((len(labels) + 1) // 2),
        f"wire labels, {name}",
        f"Label kabel: {name}",
        "wire labels, two for each wire",
    )
    for place, (first, second) in enumerate(labels):
        for end in range(2):
            x = 2 + (2 * (place % 2) + end) * wide
            y = 1 + (high + 1) * (place // 2)
            canvas.rect(x, y, wide, high, "line")
            canvas.line([(x + wide / 2, y), (x + wide / 2, y + high)], "dash")
            for half in (0, wide / 2):
                canvas.text(x + half + 1, y + 5, first, 2.7)
                canvas.text(x + half + 1, y + 9, second, 1.5 if len(second) > 18 else 1.9, colour="#666")
    return canvas.svg()


def claim(serial: str, code: str, fingerprint: str) -> str:
    """The box's own: its code to scan and to read aloud, its number, and whose QA record belongs to it."""
    if not all(word.strip() for word in (serial, code, fingerprint)):
        raise ValueError(
            "a claim sticker needs the serial number, the code of the box and the factory key's fingerprint"
        )
    made = segno.make(code, error="m")
    canvas = Canvas(92, 40, f"claim code of {serial}", "KENTONGAN", "kode klaim, sekali pakai · claim code, used once")
    canvas.rect(1, 1, 90, 38, "line", 2)
    size = 32 / made.symbol_size(border=0)[0]
    for row, line in enumerate(made.matrix):
        for column, is_dark in enumerate(line):
            if is_dark:
                canvas.dot(5 + column * size, 4 + row * size, size)
    groups = code.split("-")
    for place in range(0, len(groups), 3):
        canvas.text(41, 10 + place * 2, "-".join(groups[place : place + 3]), 4)
    canvas.both(41, 26, f"nomor seri {serial}", f"QA key {fingerprint}", 3)
    canvas.text(41, 36, "simpan tertutup sampai dipasang", 2.4, colour="#666")
    return canvas.svg()


def write(folder: Path, serial: str, code: str, fingerprint: str) -> Path:
    """The claim sticker of one box, for its owner's eyes only."""
    target = folder / f"{serial}.claim.svg"
    text = claim(serial, code, fingerprint)
    target.touch(mode=0o600, exist_ok=False)
    target.write_text(text, encoding="utf-8", newline="\n")
    return target
