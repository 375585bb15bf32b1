"""A node as a process on a serial line: the firmware under the real MicroPython, joined to the gateway by a cable."""

import json
import os
import subprocess
import threading
from pathlib import Path
from typing import Any

from gateway_twins import DEADLINE_S, EPOCH, GATEWAY, MASTER, NODE, until

from kentongan_contract.seal import link_key, node_key

HOUSE = Path(__file__).resolve().parents[3]
FIRMWARE = HOUSE / "firmware"


class NodeProcess:
    """`unix_main.py --serial` in an interpreter; events are kept in `events`."""

    def __init__(self, interpreter: Path, folder: Path, device: str) -> None:
        fleet = folder / "fleet.json"
        described = {
            "id": NODE,
            "key": node_key(MASTER, EPOCH, NODE).hex(),
            "link_key": link_key(MASTER, EPOCH, GATEWAY, NODE).hex(),
            "region": "33.74.01.1001/RW01/RT02",
        }
        fleet.write_text(json.dumps({"broker": {}, "nodes": [described]}))
        self._command = [
            interpreter, FIRMWARE / "unix_main.py", "--fleet", fleet, "--node", NODE,
            "--state", folder / "node-state", "--serial", device,
        ]  # fmt: skip
        self._log = folder / "node.log"
        self.start()

    def start(self) -> None:
        self.events: list[dict[str, Any]] = []
        path = os.pathsep.join([str(FIRMWARE), str(HOUSE / "contract"), ".frozen"])
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                self._command,
                env={"PATH": os.environ["PATH"], "MICROPYPATH": path},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        threading.Thread(target=self._read, args=(self.process, self.events), daemon=True).start()
        self.event(event="ready")

    def event(self, after: int = 0, **fields: Any) -> dict[str, Any]:
        def find() -> dict[str, Any] | None:
            assert self.process.poll() is None, f"the node has ended:\n{self._log.read_text()}"
            return next((event for event in self.events[after:] if fields.items() <= event.items()), None)

        return until(find, f"the node's {fields}; it said {self.events}")

    def do(self, verb: str, **fields: Any) -> dict[str, Any]:
        after = len(self.events)
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"do": verb} | fields) + "\n")
        self.process.stdin.flush()
        return self.event(after, event="answer")

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(DEADLINE_S)
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()

    @staticmethod
    def _read(process: "subprocess.Popen[str]", events: list[dict[str, Any]]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            event = json.loads(line)
            events.append(event)
