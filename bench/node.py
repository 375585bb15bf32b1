"""The node under MicroPython: its wire, what it notices, how soon its siren sounds whatever the network does, its memory.

mqtt_as is on no package index (docs/bench.md says which were asked), so its figures are those that were measured for this project once, on another day and
machine; they are marked so and never part of a goal.
"""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench import node_frozen
from bench.figures import Goal, number, spread
from bench.node_stand import BareBroker, OneNode, authority, bytecode, give_way_to
from bench.stand import ROOT, StandError, free_port
from kentongan_broker.process import mosquitto_program

DEBOUNCE_MS = 20
SETTINGS = {"hold_ms": 0, "local_ms": 200}
HEAPS = range(40, 200, 4)

# mqtt_as 0.8.3, unix port 1.25, loopback, 2 cores, 500 messages: (p50, p99) ms and seconds
ANCHOR = "mqtt_as 0.8.3 (measured once, elsewhere)"
ANCHOR_MS = {
    ("publish → PUBACK", "plain"): (100.3, 103.4),
    ("publish → PUBACK", "TLS"): (100.3, 101.2),
    ("publish → receive", "plain"): (3.56, 46.4),
    ("publish → receive", "TLS"): (3.53, 45.6),
}
ANCHOR_S = {
    "dead broker noticed": 27.0,
    "session back after its return": 4.0,
    "black hole noticed, idle": 17.0,
    "black hole noticed, report in flight": 20.0,
}


class Measured:
    """What one run found."""

    def __init__(self) -> None:
        self.waits: list[dict[str, Any]] = []
        self.times: list[dict[str, Any]] = []
        self.sizes: list[dict[str, Any]] = []

    def wait(self, what: str, way: str, samples_ms: list[float]) -> None:
        """One kind of wait, with the anchor's beside it."""
        found = spread(samples_ms)
        row = {"what": what, "way": way, "subject": "kentongan", "count": found.count}
        self.waits.append(row | {"p50_ms": found.p50, "p99_ms": found.p99, "max_ms": found.max})
        if (what, way) in ANCHOR_MS:
            p50, p99 = ANCHOR_MS[what, way]
            self.waits.append(
                {
                    "what": what,
                    "way": way,
                    "subject": ANCHOR,
                    "count": 500,
                    "p50_ms": p50,
                    "p99_ms": p99,
                    "max_ms": None,
                }
            )

    def of(self, what: str, way: str, figure: str) -> float:
        """One figure of ours."""
        return next(
            float(row[figure])
            for row in self.waits
            if (row["what"], row["way"], row["subject"]) == (what, way, "kentongan")
        )


def measure(messages: int, presses: int) -> Measured:
    """Everything, in a folder of its own that is gone afterwards."""
    micropython, program = _micropython(), mosquitto_program()
    if program is None:
        raise StandError("Mosquitto is missing: sudo apt-get install mosquitto.")
    mosquitto = Path(program)
    found = Measured()
    with tempfile.TemporaryDirectory(prefix="kentongan-bench-node-") as name:
        folder = Path(name)
        certificates = authority(folder)
        for way, pems in (("plain", None), ("TLS", certificates)):
            broker = BareBroker(mosquitto, folder, pems)
            try:
                _wire(found, way, micropython, broker, folder, messages)
                _outages(found, way, micropython, broker, folder)
            finally:
                broker.freeze(False)
                broker.kill()
        _sirens(found, micropython, mosquitto, certificates, folder, presses)
        _sizes(found, micropython, mosquitto, folder)
    return found


def goals(found: Measured) -> list[Goal]:
    """What was promised."""
    by_time = {(row["what"], row["way"]): row["seconds"] for row in found.times}
    held = []
    for what, plain, tls in (("publish → PUBACK", 5.0, 12.0), ("publish → receive", 8.0, 8.0)):
        held += [Goal(f"{what}, {way}, p99", found.of(what, way, "p99_ms"), goal, True, "ms")
                 for way, goal in (("plain", plain), ("TLS", tls))]  # fmt: skip
    limits = {"dead broker noticed": 0.1, "session back after its return": 1.0}
    limits |= {"black hole noticed, idle": 8.0, "black hole noticed, report in flight": 3.0}
    held += [Goal(f"{what}, {way}", by_time[what, way], limit, True, "s")
             for what, limit in limits.items() for way in ("plain", "TLS")]  # fmt: skip
    for row in found.waits:
        if row["what"] == _PRESS and row["subject"] == "kentongan":
            held.append(Goal(f"press → siren, {row['way']}, p99", row["p99_ms"], 10.0, True, "ms"))
            held.append(Goal(f"press → siren, {row['way']}, max", row["max_ms"], 40.0, True, "ms"))
    held += [Goal(row["what"], row["size"], row["goal"], True, row["unit"]) for row in found.sizes if row["goal"]]
    return held


def summary(found: Measured) -> dict[str, Any]:
    """The figures as plain JSON."""
    waits = [
        {name: number(value) if isinstance(value, float) else value for name, value in row.items()}
        for row in found.waits
    ]
    return {"waits": waits, "times": found.times, "sizes": found.sizes}


def _wire(found: Measured, way: str, micropython: Path, broker: BareBroker, folder: Path, messages: int) -> None:
    fleet = broker.fleet(folder)
    done = subprocess.run(
        [str(micropython), str(ROOT / "bench" / "node_wire.py"), str(fleet), str(messages)],
        env=_environment(), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise StandError(f"The client did not get through its messages: {done.stderr.strip().splitlines()[-1:]}")
    samples = json.loads(done.stdout)
    found.wait("publish → PUBACK", way, [us / 1000 for us in samples["acknowledged_us"]])
    found.wait("publish → receive", way, [us / 1000 for us in samples["received_us"]])


def _outages(found: Measured, way: str, micropython: Path, broker: BareBroker, folder: Path) -> None:
    node = OneNode(micropython, broker.fleet(folder, **SETTINGS), folder / f"state-{way}")
    took: dict[str, list[float]] = {what: [] for what in ANCHOR_S}
    try:
        node.wait("connected")
        for _ in range(3):
            since, at = len(node.events), time.monotonic()
            broker.kill()
            took["dead broker noticed"].append(node.wait("disconnected", since)["at"] - at)
            time.sleep(3)
            since = len(node.events)
            broker.start()
            at = time.monotonic()
            took["session back after its return"].append(node.wait("connected", since)["at"] - at)
        time.sleep(1)
        for pressed in (False, True):
            since = len(node.events)
            broker.freeze(True)
            at = time.monotonic()
            if pressed:
                node.do("press", hold_ms=150)
            what = "black hole noticed, " + ("report in flight" if pressed else "idle")
            took[what].append(node.wait("disconnected", since)["at"] - at)
            broker.freeze(False)
            node.wait("connected", len(node.events) - 1)
            time.sleep(1)
    finally:
        node.end()
    for what, seconds in took.items():
        found.times.append(
            {"what": what, "way": way, "seconds": number(max(0.0, *seconds)), "anchor_s": ANCHOR_S[what]}
        )


def _sirens(
    found: Measured, micropython: Path, mosquitto: Path, certificates: dict[str, Path], folder: Path, presses: int
) -> None:
    broker = BareBroker(mosquitto, folder, certificates)
    settings = {**SETTINGS, "ping_ms": 500, "answer_ms": 500, "retry_cap_ms": 300}
    try:
        node = OneNode(micropython, broker.fleet(folder, **settings), folder / "state-siren")
        try:
            node.wait("connected")
            found.wait(_PRESS, "online, TLS", _press(node, presses))
            broker.freeze(True)
            node.wait("disconnected", len(node.events))
            found.wait(_PRESS, "TLS reconnect into a black hole", _press(node, presses))
            broker.freeze(False)
            broker.kill()
            node.wait("unreachable", len(node.events) - 1, 5)
            found.wait(_PRESS, "broker dead", _press(node, presses))
        finally:
            node.end()
        found.waits.append(_floor(micropython, presses))
        with _flapping(free_port()) as port:
            broker.port = port
            node = OneNode(micropython, broker.fleet(folder, **settings), folder / "state-flap")
            try:
                node.wait("ready")
                found.wait(_PRESS, "a link that comes and goes ten times a second", _press(node, presses))
            finally:
                node.end()
    finally:
        broker.freeze(False)
        broker.kill()


_PRESS = "press → siren beyond the debounce"


def _press(node: OneNode, presses: int) -> list[float]:
    """By the node's own clock: from the contact's closing to the pin, less the debounce."""
    took = []
    for _ in range(presses):
        since = len(node.events)
        node.do("press", hold_ms=150)
        closed = node.wait("contact", since, closed=True)
        sounds = node.wait("siren", since, on=True)
        took.append(float(max(0, sounds["ms"] - closed["ms"] - DEBOUNCE_MS)))
        node.wait("contact", since, closed=False)
        node.wait("siren", since, on=False)
        time.sleep(0.05)  # the contact is open again, as debounced
    return took


_SLEEPER = """
import asyncio, json, sys, time
async def main():
    late = []
    for _ in range(int(sys.argv[1])):
        due = time.ticks_add(time.ticks_us(), 5_000)
        await asyncio.sleep_ms(5)
        late.append(max(0, time.ticks_diff(time.ticks_us(), due)) / 1000)
    print(json.dumps(late))
asyncio.run(main())
"""


def _floor(micropython: Path, presses: int) -> dict[str, Any]:
    """How late this machine wakes a loop that does nothing but sleep 5 ms: no siren can be sooner than its machine."""
    command = [str(micropython), "-c", _SLEEPER, str(presses * 40)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as sleeper:
        give_way_to(sleeper.pid)
        said, _ = sleeper.communicate()
    late = spread(json.loads(said))
    row = {"what": _PRESS, "way": "no network", "subject": "a loop that only sleeps 5 ms: how late it wakes"}
    return row | {"count": late.count, "p50_ms": late.p50, "p99_ms": late.p99, "max_ms": late.max}


@contextmanager
def _flapping(port: int) -> Iterator[int]:
    """A door that is opened, and slammed a moment later, for as long as the block runs."""
    door = socket.create_server(("127.0.0.1", port))
    door.settimeout(0.1)
    over = threading.Event()

    def slam() -> None:
        while not over.is_set():
            try:
                end, _ = door.accept()
            except OSError:
                continue
            time.sleep(0.1)
            end.close()

    thread = threading.Thread(target=slam, daemon=True)
    thread.start()
    try:
        yield port
    finally:
        over.set()
        thread.join()
        door.close()


def _sizes(found: Measured, micropython: Path, mosquitto: Path, folder: Path) -> None:
    code = bytecode(folder / "code")
    broker = BareBroker(mosquitto, folder, None)
    try:
        fleet = broker.fleet(folder, **SETTINGS)
        armed = []
        for turn in range(9):
            node = OneNode(micropython, fleet, folder / f"state-start-{turn}", code=code)
            armed.append((node.wait("ready")["at"] - node.begun) * 1000)
            node.end()
        bare = []
        for _ in range(9):
            begun = time.monotonic()
            subprocess.run([str(micropython), "-c", "import asyncio, json"], check=True)
            bare.append((time.monotonic() - begun) * 1000)
        found.sizes.append(
            _size("the interpreter's own start and end, median", sorted(bare)[len(bare) // 2], None, "ms")
        )
        armed.sort()
        found.sizes.append(_size("process start → button armed, median", armed[len(armed) // 2], 50, "ms"))
        smallest = next((heap for heap in HEAPS if _lives(micropython, fleet, folder, code, heap)), None)
        found.sizes.append(
            _size(
                "smallest heap with the bytecode in it as well, 32-bit words: no board runs so", smallest, None, "KiB"
            )
        )
        found.sizes.append(_size("objects of a whole node beside its code, 64-bit words (a board has half)",
                                 _objects(micropython, fleet, folder, code) / 1024, None, "KiB"))  # fmt: skip
        client = sum((code / "kentongan_node" / f"{name}.mpy").stat().st_size
                     for name in ("mqtt_client", "mqtt_packets", "tcp_stream"))  # fmt: skip
        _frozen(found, fleet, folder)
        found.sizes.append(_size("bytecode of the MQTT client", client / 1024, None, "KiB"))
        whole = sum(file.stat().st_size for file in code.rglob("*.mpy") if file.parent.name != "simulator")
        found.sizes.append(_size("bytecode of node and contract, in flash on a board", whole / 1024, None, "KiB"))
    finally:
        broker.kill()


_WEIGH = """
import gc, sys
from kentongan_node import composition, node, provisioning
from simulator.board_twin import TwinBoard
settings = provisioning.load_fleet(sys.argv[1])[0]
gc.collect()
before = gc.mem_alloc()
board = TwinBoard(lambda *a, **b: None)
whole = node.Node(settings, board, sys.argv[2], board._tell)
way = composition.uplink_for(whole, board.random)
gc.collect()
print(gc.mem_alloc() - before)
"""


def _objects(micropython: Path, fleet: Path, folder: Path, code: Path) -> int:
    script = folder / "weigh.py"
    script.write_text(_WEIGH)
    done = subprocess.run(
        [str(micropython), str(script), str(fleet), str(folder)],
        env={**os.environ, "MICROPYPATH": f"{code}:.frozen"}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return int(done.stdout)


def _frozen(found: Measured, fleet: Path, folder: Path) -> None:
    """As on a chip; without the means to build it there is no such figure, and the goal is not met by silence."""
    heap_goal, client_goal = 48.0, 8.0
    try:
        program = node_frozen.interpreter()
    except StandError as problem:
        found.sizes.append(_size(f"32 bits, frozen: not measured ({problem})", None, heap_goal, "KiB"))
        return
    client, whole = node_frozen.imported(program)
    smallest = next((heap for heap in range(36, 100) if _lives(program, fleet, folder, None, heap)), None)
    found.sizes.append(_size("32 bits, frozen: importing the MQTT client", client / 1024, client_goal, "KiB"))
    found.sizes.append(_size("32 bits, frozen: importing the whole node", whole / 1024, None, "KiB"))
    found.sizes.append(_size("32 bits, frozen: smallest heap in which the whole node runs", smallest, heap_goal, "KiB"))


def _lives(micropython: Path, fleet: Path, folder: Path, code: Path | None, heap: int) -> bool:
    state, words = folder / f"state-{'heap' if code else 'frozen'}-{heap}", f"{heap}wK" if code else f"{heap}K"
    node = OneNode(micropython, fleet, state, code=code, heap=words, frozen=code is None)
    try:
        node.wait("connected", patience_s=5)
        node.do("press", hold_ms=150)
        node.wait("kept", patience_s=5)
        return not any(event["event"] == "trouble" for event in node.events)
    except StandError:
        return False
    finally:
        node.end()


def _size(what: str, size: float | None, goal: float | None, unit: str) -> dict[str, Any]:
    return {"what": what, "size": None if size is None else number(float(size)), "goal": goal, "unit": unit}


def _micropython() -> Path:
    named = os.environ.get("KENTONGAN_MICROPYTHON") or shutil.which("micropython")
    found = Path(named) if named else ROOT / ".cache" / "micropython" / "bin" / "micropython"
    if not found.is_file():
        raise StandError("MicroPython is missing; `./kentongan test` fetches it.")
    return found


def _environment() -> dict[str, str]:
    return {**os.environ, "MICROPYPATH": f"{ROOT / 'contract'}:{ROOT / 'firmware'}:.frozen"}
