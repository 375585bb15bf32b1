"""How much room each part takes: outlines as KiCad's footprints draw them in the finished board file, heights from data sheets.

Millimetres from the board's top left corner, y downwards. Leads of through-hole parts reach `LEAD` below the board. Plain Python:
the drawings of the guide and the solids of the fit check both come from here.
"""

import math
import re
from dataclasses import dataclass
from pathlib import Path

from hardware.board.placement import ORIGIN

BOARD = Path(__file__).resolve().parent / "generated/board/papan_induk.kicad_pcb"
LEAD, LEAD_RADIUS = 2.5, 0.8
# by the beginning of the footprint's name: the highest maximum of the maker and alternates in bom.toml
HEIGHTS = {
    "R_0805": 0.65,
    "R_2512": 0.7,
    "C_0805": 1.35,
    "C_1210": 2.8,
    "CP_Radial_D10.0mm": 17.5,  # 16 mm can, and its sleeve and seat
    "D_SMA": 2.5,
    "D_SMB": 2.65,
    "D_SOD-123": 1.35,
    "SOT-23-5": 1.45,
    "SOT-23": 1.25,
    "SOIC-8": 1.75,
    "TO-252": 2.4,
    "Fuse_1206": 1.3,
    "Fuseholder_Clip-5x20mm": 11.5,
    "Buzzer_12x9.5": 10.0,
    "Converter_DCDC_RECOM": 17.8,
    "PinHeader": 11.5,  # with the plug of a sensor's wire
    "SW_PUSH_6mm": 5.3,
    "TerminalBlock_Phoenix_MKDS": 14.5,  # with a wire's bend
    "ESP32-S3-DevKitC-1": 16.5,  # 8.5 mm socket, board, module, and the USB plugs
}
NUMBER = r"(-?[\d.]+)"
SHAPES = re.compile(r"\n\t\t\(fp_(line|rect|circle|poly)(.*?)\n\t\t\)", re.DOTALL)
PADS = re.compile(rf"\n\t\t\(pad \"[^\"]*\" thru_hole \w+\s+\(at {NUMBER} {NUMBER}")

Point = tuple[float, float]


class BodyError(ValueError):
    """The board file holds a part whose size is not known."""


@dataclass(frozen=True, slots=True)
class Body:
    """One part: its outline's corners (left, top, right, bottom), how high it stands, and its leads."""

    ref: str
    package: str
    box: tuple[float, float, float, float]
    height: float
    leads: tuple[Point, ...]

    @property
    def through_hole(self) -> bool:
        """Whether it is soldered from below."""
        return bool(self.leads)


def bodies(text: str | None = None) -> list[Body]:
    """All parts of the finished board, by designator; holes are no parts."""
    text = BOARD.read_text(encoding="utf-8") if text is None else text
    found = []
    for name, block in re.findall(r"\n\t\(footprint \"([^\"]+)\"(.*?)\n\t\)", text, re.DOTALL):
        package = name.split(":")[-1]
        if not package.startswith("MountingHole"):
            found.append(_body(package, block))
    return sorted(found, key=lambda one: (one.ref.rstrip("0123456789"), int(re.sub(r"\D", "", one.ref))))


def _body(package: str, block: str) -> Body:
    ref = _first(r"\(property \"Reference\" \"([^\"]+)\"", block)[0]
    height = next((tall for name, tall in HEIGHTS.items() if package.startswith(name)), None)
    if height is None:
        raise BodyError(f"{ref}: nobody knows how high a {package} is; add it to HEIGHTS in board/bodies.py")
    place = _first(rf"\n\t\t\(at {NUMBER} {NUMBER}(?: {NUMBER})?\)", block)
    x, y, turn = float(place[0]), float(place[1]), math.radians(float(place[2] or 0))

    def on_board(point: Point) -> Point:
        across, down = point
        return (
            round(x - ORIGIN[0] + across * math.cos(turn) + down * math.sin(turn), 3),
            round(y - ORIGIN[1] - across * math.sin(turn) + down * math.cos(turn), 3),
        )

    corners = [on_board(point) for point in _outline(block)]
    if not corners:
        raise BodyError(f"{ref}: its footprint {package} has no outline")
    xs, ys = [point[0] for point in corners], [point[1] for point in corners]
    leads = tuple(on_board((float(across), float(down))) for across, down in PADS.findall(block))
    return Body(ref, package, (min(xs), min(ys), max(xs), max(ys)), height, leads)


def _outline(block: str) -> list[Point]:
    """What the fabrication layer draws; a module of ours has only its courtyard."""
    for layer in ("F.Fab", "F.CrtYd"):
        found: list[Point] = []
        for kind, body in SHAPES.findall(block):
            if f'(layer "{layer}")' not in body:
                continue
            points = [
                (float(x), float(y)) for x, y in re.findall(rf"\((?:start|end|center|xy) {NUMBER} {NUMBER}\)", body)
            ]
            if kind == "circle":
                (x, y), edge = points
                radius = math.dist((x, y), edge)
                points = [(x - radius, y - radius), (x + radius, y + radius)]
            found += points
        if found:
            return found
    return []


def _first(pattern: str, text: str) -> tuple[str, ...]:
    found = re.search(pattern, text)
    if found is None:
        raise BodyError(f"the board file is not as KiCad 9 writes it: no {pattern}")
    return tuple(found.groups())
