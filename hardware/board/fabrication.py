"""From the circuit to what a board house and a workshop need: KiCad lays, checks and plots; dates are taken out.

Gates, in this order: no violation of the design rules and nothing unconnected; the pads read back from the file carry the
circuit's nets. Only then is anything plotted.
"""

import json
import re
import shutil
import sysconfig
import tempfile
from pathlib import Path

from hardware.board.circuit import build
from hardware.job import JobError
from hardware.programs import HOUSE, SYSTEM_PYTHON, run

NAME = "papan_induk"
LAYERS = "F.Cu,B.Cu,F.Paste,F.Silkscreen,B.Silkscreen,F.Mask,B.Mask,Edge.Cuts"
DATES = (
    re.compile(
        r"^(%TF\.CreationDate,|G04 #@! TF\.CreationDate,|G04 Created by KiCad|; DRILL file|; #@! TF\.CreationDate).*\n",
        re.MULTILINE,
    ),
    re.compile(r'^ *"CreationDate": .*\n', re.MULTILINE),
    re.compile(r"(FILE_NAME\('[^']*',)'[^']*'"),
)
PAGE = HOUSE / ".cache" / "hardware" / "parts.html"


def make(folder: Path) -> str:
    """Everything about the board."""
    with tempfile.TemporaryDirectory(prefix="board-") as place:
        board = Path(place) / f"{NAME}.kicad_pcb"
        said = _kicad_python("lay", board).strip()
        _kicad_python("fill", board)
        _check_rules(board)
        _check_nets(board)
        _plot(board, folder)
        _parts_page(board)
        for name in (board, board.with_suffix(".kicad_pro")):
            shutil.copy(name, folder / name.name)
    return f"{said}; design rules: 0 violations, 0 unconnected; pads equal the netlist; to solder by: {PAGE}"


def _kicad_python(verb: str, board: Path) -> str:
    return run([str(SYSTEM_PYTHON), "-m", "hardware.board.pcb", verb, str(board)])


def _check_rules(board: Path) -> None:
    report = board.with_name("rules.json")
    run(["kicad-cli", "pcb", "drc", "--severity-all", "--format", "json", "-o", str(report), str(board)])
    found = json.loads(report.read_text(encoding="utf-8"))
    faults = [f"{one['type']}: {one['description']}" for one in found["violations"] + found["unconnected_items"]]
    if faults:
        raise JobError("\n".join(faults))


def _check_nets(board: Path) -> None:
    read = json.loads(_kicad_python("nets", board).splitlines()[-1])
    wanted = build().nets()
    back = {net: [(ref, pin) for ref, pin in pins] for net, pins in read.items()}
    if back != wanted:
        raise JobError(
            f"the pads differ from the circuit at {sorted(net for net in wanted if wanted[net] != back.get(net))}"
        )


def _plot(board: Path, folder: Path) -> None:
    pcb, name = ["kicad-cli", "pcb"], str(board)
    gerber = folder / "gerber"
    gerber.mkdir()
    run([*pcb, "export", "gerbers", "--no-x2", "--layers", LAYERS, "-o", f"{gerber}/", name])
    run([*pcb, "export", "drill", "--format", "excellon", "--excellon-units", "mm", "-o", f"{gerber}/", name])
    positions = str(folder / "positions.csv")
    run([*pcb, "export", "pos", "--format", "csv", "--units", "mm", "--side", "front", "-o", positions, name])
    run([*pcb, "export", "step", "--board-only", "--force", "-o", str(folder / f"{NAME}.step"), name])
    for side in ("top", "bottom"):
        picture = str(folder / f"board_{side}.png")
        run(
            [
                *pcb,
                "render",
                "--side",
                side,
                "--width",
                "1400",
                "--height",
                "1000",
                "--background",
                "opaque",
                "-o",
                picture,
                name,
            ]
        )
    for path in [*gerber.iterdir(), folder / f"{NAME}.step"]:
        _forget_dates(path)


def _forget_dates(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    text = DATES[2].sub(r"\1''", DATES[1].sub("", DATES[0].sub("", text)))
    path.write_text(text, encoding="utf-8", newline="\n")


def _parts_page(board: Path) -> None:
    """InteractiveHtmlBom runs in KiCad's interpreter, with its own package lent from this environment.

    The page carries that project's code, so it is made for whoever solders and not kept in the repository.
    """
    lent = Path(board.parent) / "lent"
    lent.mkdir()
    library = Path(sysconfig.get_paths()["purelib"])
    (lent / "InteractiveHtmlBom").symlink_to(library / "InteractiveHtmlBom")
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    command = [str(SYSTEM_PYTHON), "-m", "InteractiveHtmlBom.generate_interactive_bom", "--no-browser"]
    command += ["--dest-dir", str(PAGE.parent), "--name-format", PAGE.stem, str(board)]
    run(command, PYTHONPATH=str(lent), INTERACTIVE_HTML_BOM_NO_DISPLAY="1")
