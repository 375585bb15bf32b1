"""What `./kentongan` can do: each command says what environment it needs and what it hands over to."""

import os
import subprocess
import sys
import time
from pathlib import Path

from environment import DEV_LOCK, HARDWARE_LOCK, RUN_LOCK, SetUpError, ensure, is_ready
from hardware_parts import fetch as fetch_hardware
from parts import MissingPartError
from parts import main as fetch_parts

ROOT = Path(__file__).resolve().parent.parent

PROGRAMS = {
    "demo": ("kentongan_demo", "the whole system on this machine: a city, its police, a page to try it"),
    "server": ("kentongan_server", "the server: run, install-city, make-keys, people"),
    "gateway": ("kentongan_gateway", "the gateway of one guard post: run"),
    "broker": ("kentongan_broker", "the broker's configuration: render, run"),
    "command-centre": ("kentongan_command_centre", "the reference police inbox: run"),
    "node": ("kentongan_technician", "a kentongan on a cable: claim, configure, show"),
}
WORKSHOP = {
    "firmware": ("kentongan_release", "make-key, release: what kentongan update themselves with"),
    "bench": ("bench", "figures, each beside a peer: latency, ingress, allclear, start-up, node"),
}
HARDWARE = ("hardware", "the kentongan's hardware as code: build, check, set-up, pages, sound, qa, sticker")
WORK = {
    "check": "the daily check: style, types, layers, fast tests (under two minutes)",
    "test": "sets up every part and passes all tests",
    "lock": "writes the three requirement locks anew (needs uv)",
}

# Everything that must hold besides the tests; `check` runs these side by side.
GATES = (
    ("style", ["ruff", "check", "."]),
    ("format", ["ruff", "format", "--check", "."]),
    ("types", ["mypy"]),
    ("firmware types", ["python", "firmware/check_types.py"]),
    ("layers", ["lint-imports", "--no-cache"]),
    ("pins", ["python", "hardware/pinmap/generate.py", "--check"]),
)


def main(arguments: list[str]) -> int:
    """Run one command; its exit status."""
    name, rest = (arguments[0], arguments[1:]) if arguments else ("help", [])
    try:
        if name in PROGRAMS:
            return _hand_over(ensure(RUN_LOCK), ["-m", PROGRAMS[name][0], *rest])
        if name in WORKSHOP:
            paths = os.pathsep.join([str(ROOT), str(ROOT / "setup")])  # a benchmark fetches its parts as we do
            return _hand_over(ensure(DEV_LOCK), ["-m", WORKSHOP[name][0], *rest], PYTHONPATH=paths)
        if name == HARDWARE[0]:
            return _hardware(rest)
        if name == "check":
            return _check(ensure(DEV_LOCK), ["-m", "not slow and not real", "-n", "2", *rest])
        if name == "test":
            return _test(rest)
        if name == "lock":
            return _lock()
    except (SetUpError, MissingPartError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    _help()
    return 0 if name in ("help", "--help", "-h") else 2


def _hand_over(python: Path, arguments: list[str], **variables: str) -> int:
    environment = dict(os.environ, KENTONGAN_ROOT=str(ROOT), **variables)
    sys.stdout.flush()
    os.execve(python, [str(python), *arguments], environment)


def _hardware(arguments: list[str]) -> int:
    """The drawing tools' environment where it stands or is asked for; else the plain one, which says what is missing."""
    if arguments[:1] == ["set-up"]:
        ensure(HARDWARE_LOCK)
        return fetch_hardware()
    if arguments[:1] in (["qa"], ["sticker"]):  # a workshop draws nothing: it needs what a gateway needs
        _hand_over(ensure(RUN_LOCK), ["-m", "hardware", *arguments], PYTHONPATH=str(ROOT))
    _hand_over(
        ensure(HARDWARE_LOCK if is_ready(HARDWARE_LOCK) else DEV_LOCK),
        ["-m", "hardware", *arguments],
        PYTHONPATH=str(ROOT),
    )
    return 0


def _test(arguments: list[str]) -> int:
    python = ensure(DEV_LOCK)
    status = fetch_parts(["tests"])
    if status != 0:
        return status
    return _check(python, ["-n", "2", "--dist", "loadfile", *arguments])


def _check(python: Path, pytest: list[str]) -> int:
    begun = time.monotonic()
    failed = [name for name, ended in _gates(python) if ended != 0]
    tests = subprocess.run([str(python), "-m", "pytest", "-q", *pytest], cwd=ROOT).returncode
    if tests != 0:
        failed.append("tests")
    took = f"{time.monotonic() - begun:.0f} s"
    print(f"Failed after {took}: {', '.join(failed)}" if failed else f"All is well, {took}.", flush=True)
    return 1 if failed else 0


def _gates(python: Path) -> list[tuple[str, int]]:
    begun = []
    for name, (program, *rest) in GATES:
        command = [str(python.parent / program), *rest]
        pipe = subprocess.PIPE
        begun.append((name, subprocess.Popen(command, cwd=ROOT, stdout=pipe, stderr=subprocess.STDOUT, text=True)))
    ended = []
    for name, process in begun:
        said, _ = process.communicate()
        print(f"{'ok    ' if process.returncode == 0 else 'FAILED'} {name}", flush=True)
        if process.returncode != 0:
            print(said, flush=True)
        ended.append((name, process.returncode))
    return ended


def _lock() -> int:
    common = ["uv", "pip", "compile", "--universal", "--python-version", "3.11", "--generate-hashes"]
    common += ["--no-emit-index-url", "--no-header", "--quiet"]
    house, hardware = ["pyproject.toml"], ["--group", "hardware"]
    wanted = ((house, RUN_LOCK), ([*house, "--group", "dev"], DEV_LOCK), (hardware, HARDWARE_LOCK))
    for what, lock in wanted:
        status = subprocess.run([*common, *what, "-o", lock.name], cwd=ROOT).returncode
        if status != 0:
            return status
    return 0


def _help() -> None:
    print("Kentongan: neighbourhood alarms, from a finger to the sirens, the neighbours and the police.\n")
    for name, (_, text) in (PROGRAMS | WORKSHOP).items():
        print(f"  ./kentongan {name:<15} {text}")
    print(f"  ./kentongan {HARDWARE[0]:<15} {HARDWARE[1]}")
    for name, text in WORK.items():
        print(f"  ./kentongan {name:<15} {text}")
