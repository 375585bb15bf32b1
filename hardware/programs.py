"""The programs that draw, simulate and lay out; what is missing is told with the line to type."""

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

HOUSE = Path(__file__).resolve().parent.parent
SET_UP = "Type: ./kentongan hardware set-up"
SYSTEM_PYTHON = Path("/usr/bin/python3")  # KiCad's Python module belongs to the distribution's interpreter


def missing_programs(*names: str) -> str:
    """Empty when all are on the PATH."""
    absent = [name for name in names if shutil.which(name) is None]
    return f"{', '.join(absent)} is not here. {SET_UP}" if absent else ""


def missing_modules(*names: str) -> str:
    """Empty when this interpreter has them all."""
    absent = [name for name in names if importlib.util.find_spec(name) is None]
    return f"{', '.join(absent)} is not in this environment. {SET_UP}" if absent else ""


def missing_kicad() -> str:
    """Empty when KiCad 9 and its Python are here."""
    absent = missing_programs("kicad-cli")
    if absent:
        return absent
    version = run(["kicad-cli", "version"]).strip()
    if not version.startswith("9."):
        return f"KiCad is {version} here, and 9 is needed. {SET_UP}"
    found = subprocess.run([SYSTEM_PYTHON, "-c", "import pcbnew"], capture_output=True, check=False)
    return "" if found.returncode == 0 else f"KiCad's Python module is not here. {SET_UP}"


def run(command: list[str], folder: Path | None = None, **variables: str) -> str:
    """What it printed; RuntimeError with its last words when it fails."""
    environment = (
        os.environ | {"LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(HOUSE)} | variables
    )
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = "\n".join((done.stdout + done.stderr).splitlines()[-12:])
        raise RuntimeError(f"{Path(command[0]).name} failed:\n{last}")
    return done.stdout
