"""What the machine is, since no figure means anything without it; the disk is asked again in every round."""

import os
import platform
import sys
import time
from pathlib import Path
from typing import Any

from bench.figures import percentile

BLOCK = 4096
SYNCS = 100
IN_MEMORY = ("tmpfs", "ramfs")


class MachineError(Exception):
    """This machine cannot give an honest figure; the text is one sentence."""


def facts() -> dict[str, Any]:
    """Cores, kernel, interpreter and load at the beginning."""
    return {
        "cores": os.cpu_count(),
        "cpu": _cpu(),
        "kernel": f"{platform.system()} {platform.release()}",
        "python": sys.version.split()[0],
        "load_1min": round(os.getloadavg()[0], 2),
    }


def fdatasync_ms(folder: Path) -> float:
    """Median milliseconds to append 4 KiB to a file in `folder` and force it to the disk."""
    path = folder / "fdatasync.probe"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    took = []
    try:
        for _ in range(SYNCS):
            begun = time.perf_counter()
            os.write(descriptor, bytes(BLOCK))
            os.fdatasync(descriptor)
            took.append((time.perf_counter() - begun) * 1000)
    finally:
        os.close(descriptor)
        path.unlink()
    return percentile(took, 50)


def assert_on_disk(folder: Path) -> str:
    """The file system of `folder`; MachineError for one that lives in memory, where durability costs nothing."""
    inside = [mount for mount in _mounts() if folder.resolve().is_relative_to(mount[0])]
    place, kind = max(inside, key=lambda mount: len(mount[0]))
    if kind in IN_MEMORY:
        raise MachineError(f"{folder} lies on {kind} ({place}): choose a folder on a real disk with --folder.")
    return kind


def _mounts() -> list[tuple[str, str]]:
    lines = Path("/proc/mounts").read_text(encoding="utf-8").splitlines()
    return [(fields[1].replace("\\040", " "), fields[2]) for fields in (line.split() for line in lines)]


def _cpu() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
