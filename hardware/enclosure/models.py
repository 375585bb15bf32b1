"""STL to print, a line drawing to look at, and the proof: watertight, one body, within the bed, no collision with the board and all
that stands on it, neither with the tray nor with the bought box.
"""

import json
import re
from pathlib import Path
from typing import Any

from hardware.board.bodies import LEAD, LEAD_RADIUS, bodies
from hardware.enclosure.measures import BED, BOARD_AT, BOARD_SIZE, STANDOFF, TRAY
from hardware.enclosure.shapes import SHAPES, bought_box
from hardware.job import JobError

BOARD = Path(__file__).resolve().parent.parent / "board/generated/board/papan_induk.step"
VIEW = (120, -160, 130)
STEP_DATE = re.compile(r"(FILE_NAME\('[^']*',)'[^']*'")


def make(folder: Path) -> str:
    """All shapes; JobError when one cannot be printed or hits the board."""
    import build123d
    import trimesh

    found: dict[str, Any] = {}
    for name, shape in SHAPES.items():
        part = shape()
        build123d.export_stl(part, str(folder / f"{name}.stl"), tolerance=0.05, angular_tolerance=0.3)
        _draw(build123d, part, folder / f"{name}.svg", flat=name == "drill_template")
        mesh = trimesh.load(folder / f"{name}.stl")
        size = part.bounding_box().size
        found[name] = {
            "watertight": bool(mesh.is_watertight),
            "bodies": len(part.solids()),
            "millimetres": [round(size.X, 1), round(size.Y, 1), round(size.Z, 1)],
            "cubic_centimetres": round(part.volume / 1000, 1),
        }
    solids = _populated(build123d)
    _keep_populated(build123d, solids, folder)
    tray, box = SHAPES["tray"](), bought_box()
    sunk = _common(tray, _populated(build123d, lower=1.0))  # were it 1 mm lower, it would have to be seen
    raised = _common(box, _populated(build123d, lower=-80.0))  # and so would parts that reach through the lid
    found["board_in_tray"] = {
        "parts": len(solids) - 1,
        "highest_mm": max(body.height for body in bodies()),
        "interference_mm3": round(_common(tray, solids), 3),
        "with_the_box_mm3": round(_common(box, [*solids, tray]), 3),
        "one_mm_lower_mm3": round(sunk, 1),
    }
    (folder / "fit.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    faults = [fault for name in SHAPES for fault in _faults(name, found[name])]
    faults += [
        f"the board with its parts: {where} is {found['board_in_tray'][where]}, and nothing may touch"
        for where in ("interference_mm3", "with_the_box_mm3")
        if found["board_in_tray"][where] != 0
    ]
    if raised <= 0:
        faults.append("parts that reach through the lid are not seen: the measure of collision does not work")
    if sunk <= 0:
        faults.append("a board sunk by 1 mm is not seen: the measure of collision does not work")
    if faults:
        raise JobError("\n".join(faults))
    return f"{len(SHAPES)} shapes watertight, one body each, within the bed; 0 mm3 of {len(solids) - 1} parts, leads and the board in tray or box"


def _faults(name: str, shape: dict[str, Any]) -> list[str]:
    faults = [] if shape["watertight"] else [f"{name} is not watertight"]
    if shape["bodies"] != 1:
        faults.append(f"{name} falls into {shape['bodies']} bodies")
    if max(shape["millimetres"][:2]) > BED:
        faults.append(f"{name} does not fit a bed of {BED:.0f} mm")
    return faults


def _populated(build123d: Any, lower: float = 0.0) -> list[Any]:
    """KiCad's own model of the board laid on the posts, a block for each part on it, a pin for each lead below it."""
    board = build123d.import_step(str(BOARD))
    box = board.bounding_box()
    if abs(box.size.X - BOARD_SIZE[0]) > 0.2 or abs(box.size.Y - BOARD_SIZE[1]) > 0.2:
        raise JobError(f"the board's model measures {box.size.X:.1f} x {box.size.Y:.1f} mm, not {BOARD_SIZE[:2]}")
    floor = TRAY[2] + STANDOFF - lower
    found = [build123d.Pos(BOARD_AT[0] - box.min.X, BOARD_AT[1] - box.min.Y, floor - box.min.Z) * board]
    bottom = (build123d.Align.CENTER, build123d.Align.CENTER, build123d.Align.MIN)
    for body in bodies():
        left, top, right, under = body.box
        x, y = BOARD_AT[0] + (left + right) / 2, BOARD_AT[1] + BOARD_SIZE[1] - (top + under) / 2
        block = build123d.Box(right - left, under - top, body.height, align=bottom)
        found.append(build123d.Pos(x, y, floor + BOARD_SIZE[2]) * block)
        for across, down in body.leads:
            pin = build123d.Cylinder(LEAD_RADIUS, LEAD, align=bottom)
            found.append(build123d.Pos(BOARD_AT[0] + across, BOARD_AT[1] + BOARD_SIZE[1] - down, floor - LEAD) * pin)
    return found


def _keep_populated(build123d: Any, solids: list[Any], folder: Path) -> None:
    """The populated board for other people's drawing programs, and to look at; leads are left out."""
    whole = build123d.Compound(children=[one for one in solids if TRAY[2] + STANDOFF + 0.1 < one.bounding_box().max.Z])
    target = folder / "populated.step"
    build123d.export_step(whole, str(target))
    text = STEP_DATE.sub(r"\1'1970-01-01T00:00:00'", target.read_text(encoding="utf-8"))
    target.write_text(text, encoding="utf-8", newline="\n")
    _draw(build123d, whole, folder / "populated.svg", flat=False, behind=False)


def _common(shape: Any, others: list[Any]) -> float:
    """Cubic millimetres that a shape shares with others."""
    total = 0.0
    for other in others:
        common = shape.intersect(other)
        parts = common if isinstance(common, list) else [] if common is None else [common]
        total += sum(float(getattr(part, "volume", 0.0)) for part in parts)
    return total


def _draw(build123d: Any, part: Any, target: Path, *, flat: bool, behind: bool = True) -> None:
    view = (0, 0, 500) if flat else VIEW
    up = (0, 1, 0) if flat else (0, 0, 1)
    visible, hidden = part.project_to_viewport(view, viewport_up=up)
    drawing = build123d.ExportSVG(scale=1.0, margin=4, line_weight=0.35)
    drawing.add_layer("behind", line_color=(150, 150, 150), line_weight=0.15, line_type=build123d.LineType.ISO_DOT)
    if behind and not flat:
        drawing.add_shape(hidden, layer="behind")
    drawing.add_shape(visible)
    drawing.write(str(target))
