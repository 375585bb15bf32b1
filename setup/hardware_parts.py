"""Find the programs that draw, simulate and lay out the hardware (ngspice, Graphviz, KiCad 9), or install them, or say how.

KiCad 9 is not in Debian 12 itself: it comes from the backports of whatever Debian archive this machine already uses, and
the machine's own list of sources is left as it is. Standard library only, as parts.py.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from parts import MissingPartError, apt_sources, debian_archives, install

_KICAD_RELEASE = "bookworm-backports"
_KICAD_PACKAGES = ("kicad", "kicad-footprints")

Say = Callable[[str], None]


def ngspice(say: Say = print) -> Path:
    """The circuit simulator; MissingPartError if it cannot be had."""
    return _on_path("ngspice") or install("ngspice", "ngspice", ("ngspice",), say)


def graphviz(say: Say = print) -> Path:
    """Graphviz, which lays out the harness drawings; MissingPartError if it cannot be had."""
    return _on_path("dot") or install("Graphviz", "graphviz", ("dot",), say)


def kicad(say: Say = print) -> Path:
    """KiCad 9's command line; MissingPartError if it cannot be had."""
    found = _on_path("kicad-cli")
    if found and _run([str(found), "version"], "kicad-cli does not run").startswith("9."):
        return found
    if not shutil.which("apt-get") or os.geteuid() != 0:
        line = f"sudo apt-get install -t {_KICAD_RELEASE} {' '.join(_KICAD_PACKAGES)}"
        raise MissingPartError(f"KiCad 9 is missing. With {_KICAD_RELEASE} among apt's sources, type: {line}")
    reasons = []
    for archive in debian_archives(apt_sources()):
        try:
            _install_kicad(archive, say)
        except MissingPartError as problem:
            reasons.append(str(problem))
        else:
            return _on_path("kicad-cli") or Path("/usr/bin/kicad-cli")
    raise MissingPartError(f"KiCad 9 could not be installed ({'; '.join(reasons)}).")


HARDWARE_PARTS: dict[str, Callable[[Say], Path]] = {"ngspice": ngspice, "graphviz": graphviz, "kicad": kicad}


def fetch(names: tuple[str, ...] = tuple(HARDWARE_PARTS)) -> int:
    """0 when all are there, else one sentence for each that is not."""
    missing = 0
    for name in names:
        try:
            print(f"{name}: {HARDWARE_PARTS[name](_say)}", flush=True)
        except MissingPartError as problem:
            missing += 1
            print(f"{name}: {problem}", file=sys.stderr, flush=True)
    return 1 if missing else 0


def _install_kicad(archive: str, say: Say) -> None:
    say(f"KiCad 9: installing from {_KICAD_RELEASE} with apt (700 MB on disk) …")
    with tempfile.TemporaryDirectory(prefix="kicad-") as folder:
        work = Path(folder)
        (work / "lists" / "partial").mkdir(parents=True)
        (work / "parts").mkdir()
        for source in Path("/etc/apt/sources.list.d").glob("*"):
            (work / "parts" / source.name).symlink_to(source)
        (work / "parts" / "backports.list").write_text(f"deb {archive} {_KICAD_RELEASE} main\n", encoding="ascii")
        settings = {
            "Dir::Etc::SourceParts": work / "parts",
            "Dir::State::Lists": work / "lists",
            "APT::Sandbox::User": "root",
            "DPkg::Lock::Timeout": "300",
        }
        apt = ["apt-get", "-q"]
        for name, value in settings.items():
            apt += ["-o", f"{name}={value}"]
        _run([*apt, "update"], "the package index cannot be had")
        line = ["install", "-y", "--no-install-recommends", "-t", _KICAD_RELEASE, *_KICAD_PACKAGES]
        _run([*apt, *line], "the packages cannot be installed")


def _on_path(name: str) -> Path | None:
    found = shutil.which(name)
    return Path(found) if found else None


def _run(command: list[str], complaint: str) -> str:
    environment = os.environ | {"LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        words = [line for line in (done.stderr + done.stdout).splitlines() if line.strip()]
        errors = [line for line in words if line.startswith("E:")] or words[-1:]
        raise MissingPartError(": ".join([complaint, *errors[:1]]))
    return done.stdout


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(fetch())
