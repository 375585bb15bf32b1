"""Checkpoints in a file that only grows, one JSON line each. On another disk, or shipped to another machine, it also
tells when the whole database was put back to an older state."""

import json
import os
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from kentongan_server.domain.record import Checkpoint


class CheckpointFile:
    """The CheckpointSink in `path`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def last_number(self) -> int:
        found = self.all()
        return found[-1].number if found else 0

    def append(self, checkpoints: Iterable[Checkpoint]) -> None:
        lines = "".join(json.dumps(asdict(one), separators=(",", ":")) + "\n" for one in checkpoints)
        if not lines:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        torn = self._path.exists() and self._path.stat().st_size > 0 and not self._path.read_bytes().endswith(b"\n")
        with self._path.open("a", encoding="ascii") as file:
            file.write("\n" + lines if torn else lines)
            file.flush()
            os.fsync(file.fileno())

    def all(self) -> list[Checkpoint]:
        if not self._path.exists():
            return []
        found = []
        for line in self._path.read_text(encoding="ascii").splitlines():
            try:
                found.append(Checkpoint(**json.loads(line)))
            except (ValueError, TypeError):
                continue  # torn by a power cut while it was written: the next append wrote it whole
        return found
