"""Makes the Python environments from hash-pinned locks: with uv where it is, else with venv and pip.

`.venv` holds the house and its tests; `.venv-hardware` the heavy drawing tools, only where `./kentongan hardware` asks.

A lock is the whole closure, so what a package asks for besides (InteractiveHtmlBom: a window toolkit) is not looked up.

What stands in .venv is stamped with the lock's hash, so a second start costs nothing and a changed lock installs again.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
HARDWARE_VENV = ROOT / ".venv-hardware"
PACKAGES = ("contract", "firmware", "gateway", "broker_config", "server", "command_centre", "demo")
RUN_LOCK = ROOT / "requirements.lock"
DEV_LOCK = ROOT / "requirements-dev.lock"
HARDWARE_LOCK = ROOT / "requirements-hardware.lock"


class SetUpError(RuntimeError):
    """The environment cannot be made; the text says what to type."""


def ensure(lock: Path) -> Path:
    """The Python of an environment that holds `lock`; SetUpError with one sentence when it cannot be had."""
    venv = HARDWARE_VENV if lock == HARDWARE_LOCK else VENV
    python = venv / "bin" / "python"
    if is_ready(lock):
        return python
    if not os.access(ROOT, os.W_OK):
        raise SetUpError(f"The folder {ROOT} cannot be written; clone the repository to a place of your own.")
    total = sum(1 for line in lock.read_text().splitlines() if line[:1].isalnum())
    print(f"Setting up: {total} pinned packages into {venv.name} (once)", flush=True)
    uv = shutil.which("uv")
    try:
        if uv:
            _with_uv(uv, venv, lock)
        else:
            _with_pip(venv, lock, total)
        if venv == VENV:
            _put_on_path()
        _write_stamps(venv, lock)
    except OSError as error:
        raise SetUpError(f"The folder {ROOT} cannot be written: {error}") from error
    return python


def is_ready(lock: Path) -> bool:
    """Whether the environment of `lock` stands and holds just that."""
    venv = HARDWARE_VENV if lock == HARDWARE_LOCK else VENV
    return (venv / "bin" / "python").exists() and _stamp(lock) in _stamps(venv)


def _with_uv(uv: str, venv: Path, lock: Path) -> None:
    python = venv / "bin" / "python"
    if not python.exists():
        _run([uv, "venv", "--quiet", "--python", sys.executable, str(venv)], "uv could not make the environment")
    _run(
        [uv, "pip", "install", "--python", str(python), "--require-hashes", "--no-deps", "-r", str(lock)],
        "uv could not install the packages",
    )


def _with_pip(venv: Path, lock: Path, total: int) -> None:
    python = venv / "bin" / "python"
    if not python.exists() or not (venv / "bin" / "pip").exists():
        _make_venv(venv)
    command = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "off"]
    process = subprocess.Popen(
        [*command, "--require-hashes", "--no-deps", "-r", str(lock)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    seen, last = 0, []
    for line in process.stdout or ():
        last = [*last[-15:], line.rstrip()]
        word, _, rest = line.strip().partition(" ")
        if word == "Collecting" or line.startswith("Requirement already satisfied"):
            seen += 1
            name = rest.split("==")[0] if word == "Collecting" else "…"
            _progress(seen, total, name)
        elif line.startswith("Installing collected"):
            _progress(total, total, "unpacking")
    print(flush=True)
    if process.wait() != 0:
        raise SetUpError("\n".join([*last, "pip could not install the packages: is the network there?"]))


def _make_venv(venv: Path) -> None:
    shutil.rmtree(venv, ignore_errors=True)
    if subprocess.run([sys.executable, "-c", "import ensurepip, venv"], capture_output=True).returncode != 0:
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        line = f"apt-get install -y {package}"
        if os.geteuid() != 0 or shutil.which("apt-get") is None:
            raise SetUpError(f"Python's venv is missing. Type: sudo {line}")
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        _run(line.split(), f"Python's venv is missing and could not be installed. Type: {line}")
    _run([sys.executable, "-m", "venv", str(venv)], "Python could not make the environment")


def _run(command: list[str], complaint: str) -> None:
    if subprocess.run(command).returncode != 0:
        raise SetUpError(complaint + ".")


def _put_on_path() -> None:
    found = subprocess.run(
        [str(VENV / "bin" / "python"), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    )
    lines = "".join(f"{ROOT / name}\n" for name in PACKAGES)
    (Path(found.stdout.strip()) / "kentongan.pth").write_text(lines)


def _stamp(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes() + str(ROOT).encode()).hexdigest()


def _stamps(venv: Path) -> list[str]:
    try:
        return (venv / "kentongan-locks").read_text().split()
    except OSError:
        return []


def _write_stamps(venv: Path, lock: Path) -> None:
    held = [RUN_LOCK, DEV_LOCK] if lock == DEV_LOCK else [lock]  # the development lock contains the other
    (venv / "kentongan-locks").write_text("\n".join(_stamp(one) for one in held) + "\n")


def _progress(done: int, total: int, name: str) -> None:
    share = min(done, total) / total
    if sys.stdout.isatty():
        bar = "█" * int(share * 24)
        print(f"\r  {bar:<24} {min(done, total):>3}/{total} {name[:32]:<32}", end="", flush=True)
    elif done % 20 == 0 or done == total:
        print(f"  {min(done, total)}/{total}", flush=True)
