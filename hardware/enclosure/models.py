"""STL to print, a line drawing to look at, and the proof: watertight, one body, within the bed, no collision with the board."""

import json
from pathlib import Path
from typing import Any

from hardware.enclosure.shapes import BED, BOARD_AT, BOARD_SIZE, SHAPES, STANDOFF, TRAY
from hardware.job import JobError

BOARD = Path(__file__).resolve().parent.parent / "board/generated/board/papan_induk.step"
VIEW = (120, -160, 130)


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
    sunk = _interference(build123d, sunk=1.0)  # were it 1 mm lower, it would have to be seen
    found["board_in_tray"] = {
        "interference_mm3": round(_interference(build123d), 3),
        "one_mm_lower_mm3": round(sunk, 1),
    }
    (folder / "fit.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    faults = [fault for name in SHAPES for fault in _faults(name, found[name])]
    if found["board_in_tray"]["interference_mm3"] != 0:
        faults.append(f"the board cuts {found['board_in_tray']['interference_mm3']} mm3 into the tray")
    if sunk <= 0:
        faults.append("a board sunk by 1 mm is not seen: the measure of collision does not work")
    if faults:
        raise JobError("\n".join(faults))
    return f"{len(SHAPES)} shapes watertight, one body each, within the bed; 0 mm3 of the board in the tray"


def _faults(name: str, shape: dict[str, Any]) -> list[str]:
    faults = [] if shape["watertight"] else [f"{name} is not watertight"]
    if shape["bodies"] != 1:
        faults.append(f"{name} falls into {shape['bodies']} bodies")
    if max(shape["millimetres"][:2]) > BED:
        faults.append(f"{name} does not fit a bed of {BED:.0f} mm")
    return faults


def _interference(build123d: Any, sunk: float = 0.0) -> float:
    """KiCad's own model of the board, laid on the posts."""
    board = build123d.import_step(str(BOARD))
    box = board.bounding_box()
    wanted = (BOARD_AT[0], BOARD_AT[1], TRAY[2] + STANDOFF - sunk)
    moved = build123d.Pos(wanted[0] - box.min.X, wanted[1] - box.min.Y, wanted[2] - box.min.Z) * board
    if abs(box.size.X - BOARD_SIZE[0]) > 0.2 or abs(box.size.Y - BOARD_SIZE[1]) > 0.2:
        raise JobError(f"the board's model measures {box.size.X:.1f} x {box.size.Y:.1f} mm, not {BOARD_SIZE[:2]}")
    common = SHAPES["tray"]().intersect(moved)
    if common is None:
        return 0.0
    parts = common if isinstance(common, list) else [common]
    return float(sum(getattr(part, "volume", 0.0) for part in parts))


def _draw(build123d: Any, part: Any, target: Path, *, flat: bool) -> None:
    view = (0, 0, 500) if flat else VIEW
    up = (0, 1, 0) if flat else (0, 0, 1)
    visible, hidden = part.project_to_viewport(view, viewport_up=up)
    drawing = build123d.ExportSVG(scale=1.0, margin=4, line_weight=0.35)
    drawing.add_layer("behind", line_color=(150, 150, 150), line_weight=0.15, line_type=build123d.LineType.ISO_DOT)
    if not flat:
        drawing.add_shape(hidden, layer="behind")
    drawing.add_shape(visible)
    drawing.write(str(target))
