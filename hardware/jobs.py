"""Everything that is generated or proven with the drawing tools, in the order in which one thing needs another."""

from pathlib import Path

from hardware.job import Job, JobError
from hardware.programs import missing_kicad, missing_modules, missing_programs

FACTS = ("pinmap/*.toml", "pinmap/facts/*.toml", "pinmap/pin_rules.py")
CIRCUIT = (*FACTS, "board/kinds.py", "board/circuit.py")


def _electrical_rules(_folder: Path) -> str:
    from hardware.board import circuit, erc, rules

    made = circuit.build()
    faults = rules.faults(made)
    complaints, netlist = erc.check(made)
    faults += complaints
    if netlist != made.nets():
        faults.append("SKiDL's netlist is not the circuit's")
    if faults:
        raise JobError("\n".join(faults))
    return f"{len(made.parts)} parts, {len(netlist)} nets: 0 errors, 0 warnings"


def _drawings(folder: Path) -> str:
    from hardware.board import schematics

    return schematics.make(folder)


def _board(folder: Path) -> str:
    from hardware.board import fabrication

    return fabrication.make(folder)


def _simulation(folder: Path) -> str:
    from hardware.board import simulation

    return simulation.make(folder)


def _harness(folder: Path) -> str:
    from hardware.harness import drawings

    return drawings.make(folder)


def _shapes(folder: Path) -> str:
    from hardware.enclosure import models

    return models.make(folder)


def _board_missing() -> str:
    return missing_kicad() or missing_modules("InteractiveHtmlBom")


JOBS = (
    Job(
        "circuit",
        "SKiDL's electrical rule check and our own rules",
        "board/generated/circuit",
        (*CIRCUIT, "board/erc.py", "board/rules.py"),
        _electrical_rules,
        lambda: missing_modules("skidl"),
    ),
    Job(
        "drawings",
        "Schemdraw: the schematics, each proven equal to the circuit",
        "board/generated/drawings",
        (*CIRCUIT, "board/schematics.py", "board/drawn.py"),
        _drawings,
        lambda: missing_modules("schemdraw"),
    ),
    Job(
        "simulation",
        "ngspice: switch-off, surge, switch-over, inrush, boot",
        "board/generated/simulation",
        (*CIRCUIT, "board/simulation.py"),
        _simulation,
        lambda: missing_programs("ngspice"),
    ),
    Job(
        "board",
        "layout, design rules, fabrication files",
        "board/generated/board",
        (*CIRCUIT, "board/placement.py", "board/router.py", "board/pcb.py", "board/fabrication.py"),
        _board,
        _board_missing,
    ),
    Job(
        "harness",
        "WireViz: the wiring of all three variants",
        "harness/generated",
        (*CIRCUIT, "harness/*.py"),
        _harness,
        lambda: missing_modules("wireviz") or missing_programs("dot"),
    ),
    Job(
        "shapes",
        "build123d: tray, button box, bracket, drill template",
        "enclosure/generated",
        (
            "enclosure/*.py",
            "board/bodies.py",
            "board/placement.py",
            "board/generated/board/papan_induk.step",
            "board/generated/board/papan_induk.kicad_pcb",
        ),
        _shapes,
        lambda: missing_modules("build123d", "trimesh"),
    ),
)
