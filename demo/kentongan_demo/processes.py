"""The processes of the demo: started with a log each, and all ended with it, whatever ends it."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1
PATIENCE_S = 5.0

_libc = ctypes.CDLL(None, use_errno=True)


class DemoError(Exception):
    """The demo cannot go on; the text is one sentence for the person at the prompt."""


class Processes:
    """Every process of the demo, in the order of starting; they are ended in the opposite order."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._started: list[tuple[str, subprocess.Popen[bytes]]] = []

    def start(
        self, name: str, command: Sequence[str | Path], environment: Mapping[str, str]
    ) -> subprocess.Popen[bytes]:
        """Start one; what it writes goes to `logs/{name}.log`, and its input stays open as long as the demo runs."""
        log = (self._logs / f"{name}.log").open("ab")
        process = subprocess.Popen(  # noqa: S603  # our own commands
            [str(word) for word in command],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            env={**os.environ, **environment},
            preexec_fn=_end_with_parent,  # noqa: PLW1509  # no threads of ours hold locks here; Linux's own mechanism
        )
        log.close()
        self._started.append((name, process))
        return process

    def ended(self) -> str | None:
        """The name of a process that ended by itself, if any."""
        for name, process in self._started:
            if process.poll() is not None:
                return name
        return None

    def stop(self) -> None:
        """End all: politely, then not."""
        for _, process in reversed(self._started):
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + PATIENCE_S
        for _, process in reversed(self._started):
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._started.clear()

    def why(self, name: str) -> str:
        """The last line that a process wrote."""
        try:
            lines = (self._logs / f"{name}.log").read_text(errors="replace").strip().splitlines()
        except OSError:
            lines = []
        return lines[-1][:400] if lines else "it said nothing"


def wait_until(ready: Callable[[], bool], processes: Processes, what: str, seconds: float = 30.0) -> None:
    """Poll until `ready`; DemoError when a process ends first or the time is over."""
    deadline = time.monotonic() + seconds
    while not ready():
        name = processes.ended()
        if name is not None:
            raise DemoError(f"The {name} ended at once: {processes.why(name)}")
        if time.monotonic() > deadline:
            raise DemoError(f"The {what} was not ready within {seconds:.0f} s; its log may tell why.")
        time.sleep(0.05)


def _end_with_parent() -> None:
    """Asked of the kernel by each child: when the demo is killed without a word, nothing of it stays behind."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
