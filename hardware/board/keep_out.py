"""Copper within the antenna's keep-out, read from the finished board file: Wi-Fi dies of what lies beneath it.

KiCad's rule check refuses tracks and planes there already; this look needs no KiCad, so it is taken wherever the house is checked.
"""

import re
from pathlib import Path

from hardware.board.placement import ANTENNA, ORIGIN

BOARD = Path(__file__).resolve().parent / "generated/board/papan_induk.kicad_pcb"
STEP = 0.5  # millimetres between the points where a plane is looked for
NUMBER = r"(-?[\d.]+)"
TRACK = re.compile(rf"\(segment\s+\(start {NUMBER} {NUMBER}\)\s+\(end {NUMBER} {NUMBER}\)")
VIA = re.compile(rf"\(via\s+\(at {NUMBER} {NUMBER}\)")
PLANE = re.compile(r"\(filled_polygon\s+\(layer \"[^\"]*\"\)\s+\(pts(.*?)\)\s*\)\s*\)", re.DOTALL)
CORNER = re.compile(rf"\(xy {NUMBER} {NUMBER}\)")

Point = tuple[float, float]


def copper(text: str | None = None) -> list[str]:
    """One sentence for each piece."""
    text = BOARD.read_text(encoding="utf-8") if text is None else text
    found = []
    for track in TRACK.findall(text):
        x1, y1, x2, y2 = map(float, track)
        steps = max(1, round(max(abs(x2 - x1), abs(y2 - y1)) / STEP))
        if any(_within((x1 + (x2 - x1) * n / steps, y1 + (y2 - y1) * n / steps)) for n in range(steps + 1)):
            found.append(f"a track from {x1:g}, {y1:g} to {x2:g}, {y2:g}")
    found += [f"a via at {x}, {y}" for x, y in VIA.findall(text) if _within((float(x), float(y)))]
    for plane in PLANE.findall(text):
        corners = [(float(x), float(y)) for x, y in CORNER.findall(plane)]
        if any(map(_within, corners)) or any(_inside(point, corners) for point in _points()):
            found.append(f"a plane of {len(corners)} corners")
    return found


def _points() -> list[Point]:
    left, top, right, bottom = ANTENNA
    across, down = int((right - left) / STEP), int((bottom - top) / STEP)
    return [
        (ORIGIN[0] + left + (x + 0.5) * STEP, ORIGIN[1] + top + (y + 0.5) * STEP)
        for x in range(0, across, 4)
        for y in range(0, down, 4)
    ]


def _within(point: Point) -> bool:
    x, y = point[0] - ORIGIN[0], point[1] - ORIGIN[1]
    return ANTENNA[0] < x < ANTENNA[2] and ANTENNA[1] < y < ANTENNA[3]


def _inside(point: Point, corners: list[Point]) -> bool:
    """Even-odd: how often a ray to the right crosses the outline."""
    x, y = point
    crossed = False
    for (x1, y1), (x2, y2) in zip(corners, [*corners[1:], corners[0]], strict=True):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
            crossed = not crossed
    return crossed
