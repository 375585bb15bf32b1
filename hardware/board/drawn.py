"""What a published schematic really shows: the SVG file is read back, and its lines decide which pins are joined.

Nothing here asks the circuit or the program that drew. A line 1.5 thick is a wire, 1.25 a ground symbol, 2 a part's outline; a
coloured word names the net of the wire end beside it, a small grey number is a pin. A pin is joined to a wire only where a wire's
end lies on the part's own outline, so a wire that was moved is a difference.
"""

import math
import re
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from hardware.board.circuit import GROUND, UNCONNECTED, Circuit

Point = tuple[float, float]
WIRE, EARTH, OUTLINE = "1.5", "1.25", "2.0"
NET_COLOURS = ("navy", "firebrick")
PIN_COLOUR = "grey"
NEAR = 18.0  # points: what stands further from a wire's end does not belong to it
REF = re.compile(r"^[A-Z]{1,3}\d+$")
SVG = "{http://www.w3.org/2000/svg}"


@dataclass(slots=True)
class Sheet:
    """Lines and words of one drawing, by what they mean."""

    wires: list[list[Point]] = field(default_factory=list)
    earths: list[Point] = field(default_factory=list)
    outlines: list[list[Point]] = field(default_factory=list)
    nets: list[tuple[str, Point]] = field(default_factory=list)
    pins: list[tuple[str, Point]] = field(default_factory=list)
    parts: list[tuple[str, Point]] = field(default_factory=list)


def read(svg: str) -> Sheet:
    """The drawing's lines and words."""
    sheet = Sheet()
    for element in ET.fromstring(svg).iter():  # noqa: S314  # our own file
        if element.tag in (f"{SVG}path", f"{SVG}polygon"):
            _line(sheet, element)
        elif element.tag == f"{SVG}text":
            _word(sheet, element)
    return sheet


def _line(sheet: Sheet, element: ET.Element) -> None:
    thickness = re.search(r"stroke-width:([\d.]+)", element.get("style", ""))
    if thickness is None:
        return
    pieces = [
        [_on_grid(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+(?:e-?\d+)?),(-?[\d.]+(?:e-?\d+)?)", piece)]
        for piece in re.split("[MZ]", element.get("d") or element.get("points") or "")
    ]
    for points in filter(None, pieces):
        if thickness[1] == WIRE:
            sheet.wires.append(points)
        elif thickness[1] == OUTLINE:
            sheet.outlines.append(points)
        elif thickness[1] == EARTH:
            sheet.earths.append(points[0])
            break  # where the symbol hangs


def _word(sheet: Sheet, element: ET.Element) -> None:
    at = (float(element.get("x", 0)), float(element.get("y", 0)))
    words = ["".join(line.itertext()) for line in element]
    first = words[0].split() if words else []
    if element.get("fill") in NET_COLOURS:
        sheet.nets.append((words[0], at))
    elif element.get("fill") == PIN_COLOUR:
        ref, _, pin = words[0].partition(".")
        sheet.pins.append((f"{ref}.{pin}", at))
    elif first and REF.match(first[0]):
        sheet.parts.append((first[0], at))


def nets_of(sheet: Sheet) -> dict[str, set[tuple[str, str]]]:
    """Net → pins, from the lines alone."""
    parent: dict[Point, Point] = {}

    def find(point: Point) -> Point:
        parent.setdefault(point, point)
        while parent[point] != point:
            parent[point] = parent[parent[point]]
            point = parent[point]
        return point

    ends = [point for wire in sheet.wires for point in (wire[0], wire[-1])]
    for wire in sheet.wires:
        for point in wire[1:]:
            parent[find(point)] = find(wire[0])
    first: dict[str, Point] = {}
    for name, place in [*((GROUND, point) for point in sheet.earths), *sheet.nets]:
        end = _nearest(place, ends)
        if end is not None and (name != GROUND or place not in sheet.earths or end == place):
            parent[find(end)] = find(first.setdefault(name, end))
    roots = {find(point): name for name, point in first.items()}
    found: dict[str, set[tuple[str, str]]] = {}
    for pin, place in sheet.pins:
        end = _nearest(place, ends)
        joined = end is not None and _on_outline(end, sheet.outlines)
        net = roots.get(find(end)) if end is not None and joined else None
        ref, _, number = pin.partition(".")
        found.setdefault(net or f"{pin} hangs in the air", set()).add((ref, number))
    return found


def differences(sheet: Sheet, circuit: Circuit, block: str) -> list[str]:
    """One sentence for each net or part that the drawing shows otherwise."""
    wanted: dict[str, set[tuple[str, str]]] = {}
    refs = set()
    for part in circuit.parts:
        if part.block == block:
            refs.add(part.ref)
            for pin, net in part.nets.items():
                if net != UNCONNECTED:
                    wanted.setdefault(net, set()).add((part.ref, pin))
    shown = nets_of(sheet)
    named = {ref for ref, _ in sheet.parts}
    faults = [f"{block}: {ref} is not drawn" for ref in sorted(refs - named)]
    faults += [f"{block}: {ref} is drawn and not in the circuit" for ref in sorted(named - refs)]
    return faults + [
        f"{block}: {net} is drawn with {sorted(shown.get(net, set()))}, the circuit has {sorted(wanted.get(net, set()))}"
        for net in sorted(wanted.keys() | shown.keys())
        if wanted.get(net) != shown.get(net)
    ]


def _nearest(place: Point, ends: list[Point]) -> Point | None:
    best = min(ends, key=lambda end: math.dist(place, end), default=None)
    return best if best is not None and math.dist(place, best) <= NEAR else None


def _on_outline(point: Point, outlines: list[list[Point]]) -> bool:
    """At an end or corner of a part's line, or on a straight side of it."""
    return any(
        _on_segment(point, start, end) for line in outlines for start, end in zip(line, line[1:] or line, strict=False)
    )


def _on_segment(point: Point, start: Point, end: Point) -> bool:
    return abs(math.dist(start, point) + math.dist(point, end) - math.dist(start, end)) < 0.05


def _on_grid(x: float, y: float) -> Point:
    return round(x, 1), round(y, 1)
