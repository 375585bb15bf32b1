"""The published schematics, and the proof that each shows what the circuit says.

A sheet is one block: its parts stand in a row, every pin leads to a named net. The proof reads the drawing back, not the
circuit: wires and pins are joined where their ends lie on each other (union-find over points), labels of the same name
are joined, and the nets that result must be the block's.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from hardware.board.circuit import UNCONNECTED, Circuit, Part, build
from hardware.job import JobError

Point = tuple[float, float]
GROUND = "GND"
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


@dataclass(slots=True)
class Sheet:
    """What was drawn: pins with their place, wires by their ends, names with their place."""

    name: str
    pins: list[tuple[str, str, Point]] = field(default_factory=list)
    wires: list[tuple[Point, Point]] = field(default_factory=list)
    names: list[tuple[str, Point]] = field(default_factory=list)


def make(folder: Path) -> str:
    """One SVG a block; JobError when a drawing and the circuit differ."""
    circuit = build()
    faults, pins = [], 0
    for block in dict.fromkeys(part.block for part in circuit.parts):
        drawn = _draw(circuit, block, folder / f"{block.replace(' ', '_')}.svg")
        pins += len(drawn.pins)
        faults += differences(drawn, circuit, block)
    if faults:
        raise JobError("\n".join(faults))
    return f"{pins} pins drawn, every one on the circuit's net"


def nets_of(sheet: Sheet) -> dict[str, set[tuple[str, str]]]:
    """Net → pins, from the geometry alone."""
    parent: dict[Point, Point] = {}

    def find(point: Point) -> Point:
        parent.setdefault(point, point)
        while parent[point] != point:
            parent[point] = parent[parent[point]]
            point = parent[point]
        return point

    for start, end in sheet.wires:
        parent[find(_on_grid(start))] = find(_on_grid(end))
    named: dict[str, Point] = {}
    for name, point in sheet.names:
        first = named.setdefault(name, _on_grid(point))
        parent[find(_on_grid(point))] = find(first)
    roots = {find(point): name for name, point in named.items()}
    found: dict[str, set[tuple[str, str]]] = {}
    for ref, pin, point in sheet.pins:
        net = roots.get(find(_on_grid(point)), f"{ref}.{pin} hangs in the air")
        found.setdefault(net, set()).add((ref, pin))
    return found


def differences(sheet: Sheet, circuit: Circuit, block: str) -> list[str]:
    """One sentence for each net that the drawing shows otherwise."""
    wanted: dict[str, set[tuple[str, str]]] = {}
    for part in circuit.parts:
        if part.block == block:
            for pin, net in part.nets.items():
                if net != UNCONNECTED:
                    wanted.setdefault(net, set()).add((part.ref, pin))
    shown = nets_of(sheet)
    return [
        f"{block}: {net} is drawn with {sorted(shown.get(net, set()))}, the circuit has {sorted(wanted.get(net, set()))}"
        for net in sorted(wanted.keys() | shown.keys())
        if wanted.get(net) != shown.get(net)
    ]


def _on_grid(point: Point) -> Point:
    return round(point[0] * 20) / 20, round(point[1] * 20) / 20


def _draw(circuit: Circuit, block: str, target: Path) -> Sheet:
    import schemdraw

    schemdraw.use("svg")
    sheet = Sheet(block)
    parts = [part for part in circuit.parts if part.block == block]
    with schemdraw.Drawing(file=str(target), show=False, fontsize=11, unit=2.4) as drawing:
        for place, part in enumerate(_with_room(parts)):
            if part is not None:
                at = ((place % ACROSS) * STEP_X, -(place // ACROSS) * ROW)
                _part(drawing, sheet, part, at)
    text = target.read_text(encoding="utf-8")
    target.write_text(re.sub(r"<!--.*?-->", "", text), encoding="utf-8", newline="\n")
    return sheet


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


def _part(drawing: "schemdraw.Drawing", sheet: Sheet, part: Part, at: Point) -> None:  # noqa: F821  # loaded late
    from schemdraw import elements

    if part.kind.name in SYMBOLS:
        _two_legs(drawing, elements, sheet, part, at)
    else:
        _many_legs(drawing, elements, sheet, part, at)


def _two_legs(drawing, elements, sheet: Sheet, part: Part, at: Point) -> None:  # type: ignore[no-untyped-def]
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
            sheet.pins.append((part.ref, pin, tip))
            _lead(drawing, elements, sheet, net, tip, (0.0, 0.5 if up else -0.5))


def _many_legs(drawing, elements, sheet: Sheet, part: Part, at: Point) -> None:  # type: ignore[no-untyped-def]
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
        tip = (edge[0] + (0.6 if right else -0.6), y)
        drawing.add(elements.Line().at(edge).to(tip))
        inside = (edge[0] + (-0.12 if right else 0.12), y - 0.12)
        drawing.add(elements.Label().theta(0).at(inside).label(name, fontsize=8, halign="right" if right else "left"))
        sheet.pins.append((part.ref, pin, tip))
        _lead(drawing, elements, sheet, part.nets[pin], tip, (0.4 if right else -0.4, 0.0))


def _lead(drawing, elements, sheet: Sheet, net: str, tip: Point, way: Point) -> None:  # type: ignore[no-untyped-def]
    """From a pin to the net's name."""
    end = (tip[0] + way[0], tip[1] + way[1])
    wire = drawing.add(elements.Line().at(tip).to(end))
    drawn = tuple(wire.absanchors["start"]), tuple(wire.absanchors["end"])
    sheet.wires.append(((float(drawn[0][0]), float(drawn[0][1])), (float(drawn[1][0]), float(drawn[1][1]))))
    if net == GROUND and way[1] < 0:
        drawing.add(elements.Ground().at(end).theta(0))
    elif way[0]:
        place = (end[0] + (0.1 if way[0] > 0 else -0.1), end[1] - 0.12)
        side = "left" if way[0] > 0 else "right"
        drawing.add(elements.Label().theta(0).at(place).label(net, fontsize=9, halign=side, color=_colour(net)))
    else:
        place = (end[0], end[1] + (0.12 if way[1] > 0 else -0.35))
        drawing.add(elements.Label().theta(0).at(place).label(net, fontsize=9, color=_colour(net)))
    sheet.names.append((net, end))


def _colour(net: str) -> str:
    return "firebrick" if net in RAILS else "navy"
