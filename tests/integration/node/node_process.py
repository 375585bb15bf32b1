"""A node as a process of its own, driven over its pipes as the demo drives it."""

import json
import os
import signal
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
FIRMWARE = ROOT / "firmware"
DEADLINE_S = 15.0


def firmware_environment() -> dict[str, str]:
    """The paths that both interpreters need to find the node."""
    folders = [str(ROOT / "contract"), str(FIRMWARE)]
    return {
        **os.environ,
        "MICROPYPATH": ":".join([*folders, ".frozen"]),
        "PYTHONPATH": os.pathsep.join(folders),
    }


class NodeProcess:
    """One unix_main.py; every event it tells is kept with the moment it arrived."""

    def __init__(self, interpreter: Path, fleet: Path, node: str, state: Path, serial: str | None = None) -> None:
        command = [str(interpreter), str(FIRMWARE / "unix_main.py"), "--fleet", str(fleet), "--node", node]
        command += ["--state", str(state)]
        if serial is not None:
            command += ["--serial", serial]
        self.node = node
        self.events: list[dict[str, Any]] = []
        self._changed = threading.Condition()
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=firmware_environment(),
            text=True,
            bufsize=1,
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        self.wait("ready")

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    def do(self, verb: str, **fields: object) -> dict[str, Any]:
        """Give a verb and return its answer."""
        since = len(self.events)
        self.post(verb, **fields)
        return self.wait("answer", since=since, do=verb)

    def post(self, verb: str, **fields: object) -> None:
        """Give a verb without waiting for its answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": verb, **fields}) + "\n")
        self._process.stdin.flush()

    def press(self, hold_ms: int = 700) -> str:
        """Hold the button and return the report's id."""
        since = len(self.events)
        self.post("press", hold_ms=hold_ms)
        return str(self.wait("pressed", since=since)["report"])

    def status(self) -> dict[str, Any]:
        """What the node says of itself now."""
        return self.do("status")

    def wait_status(self, **wanted: object) -> dict[str, Any]:
        """What the node says of itself once it fits."""
        until = time.monotonic() + DEADLINE_S
        while True:
            status = self.status()
            if all(status[name] == value for name, value in wanted.items()):
                return status
            assert time.monotonic() < until, f"{self.node} never came to {wanted}: {status}"
            time.sleep(0.02)

    def wait(self, event: str, *, since: int = 0, deadline_s: float = DEADLINE_S, **fields: object) -> dict[str, Any]:
        """The first such event from `since` on; fails with everything heard when it does not come in time."""
        until = time.monotonic() + deadline_s
        with self._changed:
            while True:
                for found in self.events[since:]:
                    if found["event"] == event and all(found.get(name) == value for name, value in fields.items()):
                        return found
                left = until - time.monotonic()
                if left <= 0 or (self._process.poll() is not None and not self._listener.is_alive()):
                    raise AssertionError(f"{self.node} never told {event} {fields}; it told {self.events[since:]}")
                self._changed.wait(min(left, 0.2))

    def heard(self, event: str, **fields: object) -> list[dict[str, Any]]:
        """All such events so far."""
        with self._changed:
            return [
                found
                for found in self.events
                if found["event"] == event and all(found.get(name) == value for name, value in fields.items())
            ]

    def cut_power(self) -> None:
        """SIGKILL: no farewell, no clean-up."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def cpu_seconds(self) -> float:
        """Processor time used so far."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def end(self) -> str:
        """Close its input, wait for it, and return what it wrote to standard error."""
        if self._process.poll() is None and self._process.stdin is not None:
            self._process.stdin.close()
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._listener.join(5)
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        with self._process.stdout, self._process.stderr as errors:
            return errors.read()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            found = json.loads(line)
            found["at"] = time.monotonic()
            with self._changed:
                self.events.append(found)
                self._changed.notify_all()
