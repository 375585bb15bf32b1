"""The published schematics, and the proof that each shows what the circuit says.

A sheet is one block: its parts stand in a row, every pin leads to a named net. The proof is drawn.py's: it reads the finished SVG
file, and the nets that its lines make must be the block's.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hardware.board.circuit import GROUND, UNCONNECTED, Circuit, Part, build
from hardware.board.drawn import EARTH, NET_COLOURS, PIN_COLOUR, WIRE, differences, read
from hardware.job import JobError

Point = tuple[float, float]
RAILS = ("12V", "5V", "3V3", "SUPPLY_WIRE", "FUSED")
STEP_X, ROW, ACROSS = 4.4, 6.0, 6
BOX = 2.6


SYMBOLS = {
    "resistor": "ResistorIEC",
    "shunt": "ResistorIEC",
    "capacitor": "Capacitor",
    "capacitor_large": "Capacitor",
    "electrolytic": "Capacitor2",
    "fuse": "FuseIEC",
    "ptc": "FuseIEC",
    "schottky": "Schottky",
    "diode": "Diode",
    "zener": "Zener",
    "tvs": "Zener",
    "tvs_small": "Zener",
    "push_button": "Button",
    "jumper": "Switch",
}  # every other kind is a box with its pins' names


def make(folder: Path) -> str:
    """One SVG a block; JobError when a drawing and the circuit differ."""
    circuit = build()
    faults, pins = [], 0
    for block in dict.fromkeys(part.block for part in circuit.parts):
        target = folder / name_of(block)
        _draw(circuit, block, target)
        shown = read(target.read_text(encoding="utf-8"))
        pins += len(shown.pins)
        faults += differences(shown, circuit, block)
    if faults:
        raise JobError("\n".join(faults))
    return f"{pins} pins read back from the drawings, every one on the circuit's net"


def name_of(block: str) -> str:
    """The block's file."""
    return f"{block.replace(' ', '_')}.svg"


def _draw(circuit: Circuit, block: str, target: Path) -> None:
    import schemdraw

    schemdraw.use("svg")
    parts = [part for part in circuit.parts if part.block == block]
    with schemdraw.Drawing(file=str(target), show=False, fontsize=11, unit=2.4) as drawing:
        for place, part in enumerate(_with_room(parts)):
            if part is not None:
                at = ((place % ACROSS) * STEP_X, -(place // ACROSS) * ROW)
                _part(drawing, part, at)
    text = target.read_text(encoding="utf-8")
    target.write_text(re.sub(r"<!--.*?-->", "", text), encoding="utf-8", newline="\n")


def _with_room(parts: list[Part]) -> Iterator[Part | None]:
    """Two-legged parts one after the other; what has more legs begins a row and takes three places."""
    place = 0
    for part in sorted(parts, key=lambda one: one.kind.name not in SYMBOLS):
        wide = part.kind.name not in SYMBOLS
        while wide and place % ACROSS > ACROSS - 3:
            place += 1
            yield None
        yield part
        place += 1
        if wide:
            place += 2
            yield from (None, None)


def _part(drawing: Any, part: Part, at: Point) -> None:
    from schemdraw import elements

    if part.kind.name in SYMBOLS:
        _two_legs(drawing, elements, part, at)
    else:
        _many_legs(drawing, elements, part, at)


def _two_legs(drawing: Any, elements: Any, part: Part, at: Point) -> None:
    symbol = getattr(elements, SYMBOLS[part.kind.name])
    cathode_up = part.kind.pins["1"][0] == "K"
    upper, lower = at, (at[0], at[1] - 2.4)
    start, end = (lower, upper) if cathode_up else (upper, lower)
    drawing.add(symbol().at(start).to(end))
    beside = (at[0] + 0.45, at[1] - 1.0)
    drawing.add(elements.Label().theta(0).at(beside).label(f"{part.ref}\n{part.value}", fontsize=10, halign="left"))
    for pin, tip, up in (("1", upper, True), ("2", lower, False)):
        net = part.nets[pin]
        if net != UNCONNECTED:
            _number(drawing, elements, part, pin, (tip[0] - 0.3, tip[1] - (0.25 if up else -0.1)))
            _lead(drawing, elements, net, tip, (0.0, 0.5 if up else -0.5))


def _many_legs(drawing: Any, elements: Any, part: Part, at: Point) -> None:
    pins = [(pin, name) for pin, (name, _) in part.kind.pins.items() if part.nets[pin] != UNCONNECTED]
    half = (len(pins) + 1) // 2
    height = half * 0.8 + 0.4
    left, top = at[0] + 0.6, at[1]
    drawing.add(elements.Rect(corner1=(left, top), corner2=(left + BOX, top - height)).at((0, 0)).theta(0))
    drawing.add(
        elements.Label()
        .theta(0)
        .at((left + BOX / 2, top + 0.15))
        .label(f"{part.ref}  {part.label or part.value}", fontsize=10)
    )
    for place, (pin, name) in enumerate(pins):
        right = place >= half
        y = top - 0.6 - (place - half if right else place) * 0.8
        edge = (left + BOX if right else left, y)
        inside = (edge[0] + (-0.12 if right else 0.12), y - 0.12)
        drawing.add(elements.Label().theta(0).at(inside).label(name, fontsize=8, halign="right" if right else "left"))
        _number(drawing, elements, part, pin, (edge[0] + (0.25 if right else -0.25), y + 0.1))
        _lead(drawing, elements, part.nets[pin], edge, (1.0 if right else -1.0, 0.0))


def _number(drawing: Any, elements: Any, part: Part, pin: str, at: Point) -> None:
    drawing.add(elements.Label().theta(0).at(at).label(f"{part.ref}.{pin}", fontsize=5, color=PIN_COLOUR))


def _lead(drawing: Any, elements: Any, net: str, tip: Point, way: Point) -> None:
    """From a pin to the net's name."""
    end = (tip[0] + way[0], tip[1] + way[1])
    drawing.add(elements.Line(lw=float(WIRE)).at(tip).to(end))
    if net == GROUND and way[1] < 0:
        drawing.add(elements.Ground(lw=float(EARTH)).at(end).theta(0))
    elif way[0]:
        place = (end[0] + (0.1 if way[0] > 0 else -0.1), end[1] - 0.12)
        side = "left" if way[0] > 0 else "right"
        drawing.add(elements.Label().theta(0).at(place).label(net, fontsize=9, halign=side, color=_colour(net)))
    else:
        place = (end[0], end[1] + (0.12 if way[1] > 0 else -0.35))
        drawing.add(elements.Label().theta(0).at(place).label(net, fontsize=9, color=_colour(net)))


def _colour(net: str) -> str:
    return NET_COLOURS[1] if net in RAILS else NET_COLOURS[0]
