"""Stickers say what pin maps and circuit say; a box's own carries its code, and only its owner may read the file."""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import segno
from hardware.__main__ import main
from hardware.board.circuit import build
from hardware.pinmap.pin_rules import FACTS, read_board
from hardware.stickers.sheets import claim, sheets

CODE = "ABCD-EFGH-JKLM-NPQR-STUV-WXYZ-23"
MADE = sheets()


def words(svg: str) -> list[str]:
    return ["".join(one.itertext()) for one in ET.fromstring(svg).iter() if one.tag.endswith("text")]  # noqa: S314  # our own file


@pytest.mark.parametrize("source", sorted(FACTS.parent.glob("*.toml")), ids=lambda path: path.stem)
def test_every_wired_signal_stands_on_its_boards_sticker(source: Path):
    board = read_board(source)
    found = words(MADE[f"pins_{source.stem}.svg"])
    rows = set(zip(found, found[1:], found[2:], strict=False))
    for signal in board.wired:
        assert (signal.label, f"{board.prefix}{signal.pin}", signal.name) in rows


def test_every_terminal_has_a_label_for_both_ends_of_its_wire_and_both_sides_of_its_flag():
    found = words(MADE["wires_papan_induk.svg"])
    for part in build().parts:
        if part.outside:
            assert found.count(f"{part.ref} {part.label}") == 4


def test_the_code_can_be_read_from_the_sticker():
    svg = claim("PI-0007", CODE, "ab12")
    modules = {
        (round(float(x), 2), round(float(y), 2))
        for x, y in re.findall(r'<rect x="([\d.]+)" y="([\d.]+)" [^>]*fill="#000"', svg)
    }
    made = segno.make(CODE, error="m")
    size = 32 / made.symbol_size(border=0)[0]
    wanted = {
        (round(5 + x * size, 2), round(4 + y * size, 2))
        for y, line in enumerate(made.matrix)
        for x, dark in enumerate(line)
        if dark
    }
    assert modules == wanted
    assert "PI-0007" in " ".join(words(svg))
    assert {"ABCD-EFGH-JKLM", "NPQR-STUV-WXYZ", "23"} <= set(words(svg))


def test_a_box_gets_its_own_once_and_for_its_owner_alone(tmp_path, capsys):
    assert main(["qa", "new-key", str(tmp_path / "f")]) == 0
    order = [
        "sticker",
        "--serial",
        "PI-0007",
        "--code",
        CODE,
        "--key",
        str(tmp_path / "f.pub"),
        "--into",
        str(tmp_path),
    ]
    assert main(order) == 0
    assert (tmp_path / "PI-0007.claim.svg").stat().st_mode & 0o777 == 0o600
    assert main(order) == 2  # a second one would be for another box
    assert main([*order[:2], " ", *order[3:]]) == 2
    assert "needs the serial number" in capsys.readouterr().err
