"""A real command centre as a process of its own, for every suite that needs one."""

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

START_SECONDS = 20
STOP_SECONDS = 10


class RunningCentre:
    """Where it listens, and what a script may ask it."""

    def __init__(self, process: "subprocess.Popen[str]", port: int, *, tls: bool = False) -> None:
        self.process = process
        self.port = port
        self.url = f"https://localhost:{port}" if tls else f"http://127.0.0.1:{port}"
        # none is kept: after a long wait the centre closes it in the moment in which it is asked again
        fresh = httpx.Limits(max_keepalive_connections=0)
        self._client = httpx.Client(base_url=self.url, timeout=10, trust_env=False, verify=not tls, limits=fresh)

    def get(self, path: str) -> Any:
        """The JSON at this address; an error status is an error."""
        answer = self._client.get(path)
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str, **request: Any) -> httpx.Response:
        """The raw answer."""
        return self._client.post(path, **request)

    def misbehave(self, mode: str, requests: int | None = None, **more: float) -> None:
        """See the centre's faults."""
        self.post("/api/failures", json={"mode": mode, "for": requests, **more}).raise_for_status()

    def spoil_replies(self, mode: str, replies: int | None = None) -> None:
        """See the centre's faults."""
        self.post("/api/failures/replies", json={"mode": mode, "for": replies}).raise_for_status()

    def messages(self, incident: str) -> list[dict[str, Any]]:
        """What it took of this incident."""
        return self.get(f"/api/messages?incident={incident}")

    def say(self, incident: str, action: str, **word: str) -> httpx.Response:
        """Press a button in the operator's place."""
        return self.post(f"/api/cases/{incident}/{action}", json={"operator": "Aiptu Rini", **word})

    def kill(self) -> None:
        """End it as a power cut does."""
        self.process.kill()
        self.process.wait(STOP_SECONDS)

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()


@contextmanager
def running_centre(
    folder: Path,
    *,
    secret: str,
    certificate: Path,
    server_url: str = "http://127.0.0.1:9",
    port: int = 0,
    more: Mapping[str, str] | None = None,
) -> Iterator[RunningCentre]:
    """Start it over the database in `folder`, and stop it as an operator would, expecting a clean end unless it was killed."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("KENTONGAN_")},
        "KENTONGAN_CENTRE_HTTP_PORT": str(port),
        "KENTONGAN_CENTRE_WEBHOOK_SECRET": secret,
        "KENTONGAN_CENTRE_CAP_CERT_FILE": str(certificate),
        "KENTONGAN_CENTRE_SERVER_URL": server_url,
        "KENTONGAN_CENTRE_DATABASE": str(folder / "centre.sqlite"),
        "KENTONGAN_CENTRE_FAULTS": "1",
        **(more or {}),
    }
    with (folder / "centre.log").open("a") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "kentongan_command_centre", "run"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    centre = None
    try:
        centre = RunningCentre(
            process, _port_when_ready(process, folder), tls="KENTONGAN_CENTRE_TLS_CERT_FILE" in environment
        )
        yield centre
        if process.returncode is None:
            process.terminate()
            assert process.wait(STOP_SECONDS) == 0, (folder / "centre.log").read_text()
    finally:
        if centre is not None:
            centre.close()
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def _port_when_ready(process: "subprocess.Popen[str]", folder: Path) -> int:
    assert process.stdout is not None
    readable, _, _ = select.select([process.stdout], [], [], START_SECONDS)
    line = process.stdout.readline() if readable else ""
    assert line, f"the command centre did not start: {(folder / 'centre.log').read_text()}"
    ready = json.loads(line)
    assert ready["ready"] is True
    return int(ready["port"])


def until(condition: Any, seconds: float = 10) -> Any:
    """Poll until the condition gives something true, and return it."""
    deadline = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
