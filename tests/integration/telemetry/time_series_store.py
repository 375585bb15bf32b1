"""A real time-series store that speaks InfluxDB's v2 write API: VictoriaMetrics on a free port."""

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import parts
import pytest

START_S = 20.0


class TimeSeriesStore:
    """`url` to write to; `series` reads back what was kept."""

    def __init__(self, program: Path, folder: Path) -> None:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port = listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self._command = [
            str(program),
            f"-storageDataPath={folder}",
            f"-httpListenAddr=127.0.0.1:{port}",
            "-retentionPeriod=100y",  # a test's clock does not stand near this machine's
        ]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + START_S
        while True:
            try:
                if httpx.get(f"{self.url}/health", trust_env=False).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            assert time.monotonic() < deadline, "VictoriaMetrics does not answer"
            time.sleep(0.02)

    def stop(self) -> None:
        """End it; without effect when it is not running."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(START_S)
            self._process = None

    def series(self, node: str) -> dict[str, list[tuple[int, float]]]:
        """name → (milliseconds since 1970, value) of everything kept about a node."""
        httpx.get(f"{self.url}/internal/force_flush", trust_env=False)
        answer = httpx.get(f"{self.url}/api/v1/export", params={"match[]": f'{{node="{node}"}}'}, trust_env=False)
        found = [json.loads(line) for line in answer.text.splitlines()]
        return {one["metric"]["__name__"]: list(zip(one["timestamps"], one["values"], strict=True)) for one in found}


@contextmanager
def running_store(folder: Path) -> Iterator[TimeSeriesStore]:
    """VictoriaMetrics, fetched if need be; the test fails with the line to type where it cannot be had."""
    try:
        program = parts.victoria_metrics()
    except parts.MissingPartError as problem:
        pytest.fail(str(problem), pytrace=False)
    store = TimeSeriesStore(program, folder)
    store.start()
    try:
        yield store
    finally:
        store.stop()
