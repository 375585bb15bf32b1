"""The jig tests a board: the real firmware in a real MicroPython, its console on one cable and its RS-485 on another."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hardware.pinmap.pin_rules import FACTS, read_board
from hardware.test.limits import limits, setups
from hardware.test.qa_record import verify
from tests.integration.node.node_process import ROOT, firmware_environment

from kentongan_contract.claim import digest
from kentongan_demo.serial_cable import SerialCable

pytestmark = pytest.mark.real

BOARD = ROOT / "tests/integration/node/board"
CODE = "ABCD-EFGH-JKLM-NPQR-STUV-WXYZ-23"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PINS = {signal.name: signal.pin for signal in read_board(FACTS.parent / "esp32_s3_devkitc.toml").wired}
DIVIDED = 13_000 * 18_000 // 118_000  # 13.0 V behind the divider
AT_REST = {"PANIC_LOOP": 1650, "TAMPER_LOOP": 1650, "BATTERY_SENSE": DIVIDED, "MAINS_SENSE": DIVIDED}
CUT = AT_REST | {"PANIC_LOOP": 3300, "TAMPER_LOOP": 3300, "MAINS_SENSE": 0}
METER = {"idle_ma": "6,1", "reverse_ma": "0", "node_ma": "41", "five_volt": "5.02", "three_volt": "3.30"}
METER |= {"siren_gate_boot_mv": "12"}


class Bench:
    """The board's process, its cables, and the tester's hands."""

    def __init__(self, micropython: Path, folder: Path) -> None:
        self.folder = folder
        (folder / "claim.json").write_text(json.dumps({"hash": digest(CODE).decode()}))
        (folder / "factory.pem").write_bytes(KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        self.load_ma = 350
        self.wire(AT_REST)
        self.cable, self.line = SerialCable(), SerialCable()
        self.jig_line = self.line.ends[0]
        environment = firmware_environment()
        environment["MICROPYPATH"] = f"{BOARD}:{environment['MICROPYPATH']}"
        self.process = subprocess.Popen(
            [str(micropython), str(BOARD / "bench_on_unix.py"), str(folder), self.cable.ends[1], self.line.ends[1]],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        self.said: list[str] = []
        self._ready = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()
        assert self._ready.wait(15), self.said

    def wire(self, millivolts: dict[str, int], load_ma: int | None = None) -> None:
        """Move the wires."""
        at = {str(PINS[name]): value for name, value in millivolts.items()}
        load = self.load_ma if load_ma is None else load_ma
        fresh = self.folder / "bench.new"
        fresh.write_text(json.dumps({"millivolts": at, "load_ma": load}))
        fresh.replace(self.folder / "bench.json")

    def strokes(self) -> list[list[int]]:
        """[ms, level] of the siren's gate."""
        return [json.loads(line) for line in self.said if line.startswith("[")]

    def test(self, *, code: str = CODE, leaves_after: int | None = None) -> tuple[int, str, str]:
        """`hardware qa run`, with hands that do what it says; exit code, record, what it said."""
        words = ["--serial", "PI-0001", "--tester", "Sari", "--key", str(self.folder / "factory.pem"), "--frames", "20"]
        words += ["--port", self.cable.ends[0], "--line", self.jig_line, "--code", code, "--ssid", "jig"]
        jig = subprocess.Popen(
            [sys.executable, "-m", "hardware", "qa", "run", *words], cwd=ROOT, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=0,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert jig.stdin
        assert jig.stdout
        assert jig.stderr
        said = self._obey(jig.stdin, jig.stderr, leaves_after)
        record = jig.stdout.read()
        return jig.wait(60), record, said

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self.cable.unplug()
        self.line.unplug()

    def _obey(self, keys: IO[str], screen: IO[str], leaves_after: int | None) -> str:
        said, line, answers = "", "", 0
        while letter := screen.read(1):
            said += letter
            line = "" if letter == "\n" else line + letter
            answer = self._answer(said, line)
            if answer is None:
                continue
            if answers == leaves_after:
                keys.close()
                continue
            answers += 1
            keys.write(answer + "\n")
            keys.flush()
            line = ""
        return said

    def _answer(self, said: str, line: str) -> str | None:
        if line.endswith("[Enter] "):
            words = next(one["en"] for one in reversed(setups().values()) if said.count(one["en"]))
            wanted = next(name for name, one in setups().items() if one["en"] == words)
            self.wire(*{"pressed": (AT_REST | {"PANIC_LOOP": 1100},), "cut": (CUT, 0),
                        "short": (CUT | {"PANIC_LOOP": 8}, 0)}.get(wanted, (AT_REST,)))  # fmt: skip
            return ""
        name = line.split(" (", maxsplit=1)[0]
        return METER[name] if line.endswith("): ") else None

    def _listen(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.said.append(line.strip())
            if line.strip() == "ready":
                self._ready.set()


@pytest.fixture
def bench(tmp_path: Path, micropython_path: Path) -> Iterator[Bench]:
    found = Bench(micropython_path, tmp_path)
    yield found
    found.close()


def _read(record: str) -> dict[str, float | None]:
    return {one["name"]: one["read"] for one in verify(record, KEY.public_key())["results"]}


def test_a_good_board_gets_a_signed_record_of_what_it_said_itself(bench: Bench):
    status, record, said = bench.test()
    assert status == 0, said + record
    read = _read(record)
    assert list(read) == list(limits())
    assert (read["panic_normal_mv"], read["panic_pressed_mv"], read["panic_cut_mv"]) == (1650, 1100, 3300)
    assert (read["panic_short_mv"], read["tamper_cut_mv"], read["mains_lost_mv"]) == (8, 3300, 0)
    assert abs((read["battery_mv"] or 0) - 13_000) < 10
    assert (read["siren_sense_ma"], read["siren_open_ma"], read["rssi_dbm"]) == (350, 0, -47)
    assert (read["idle_ma"], read["bus_frames_lost"]) == (6.1, 0)
    kept = json.loads(record)
    assert (kept["passed"], kept["serial"], kept["firmware"]) == (True, "PI-0001", "0.1.0")
    assert (bench.folder / "claim.json").exists()  # the box can still be claimed by its RT
    strokes = bench.strokes()
    assert [level for _, level in strokes] == [
        0,
        1,
        0,
        1,
        0,
    ]  # off at the start, one stroke for each look at the current
    for (begun, _), (ended, _) in zip(strokes[1::2], strokes[2::2], strict=True):
        assert 100 <= ended - begun < 1_000


def test_a_dead_siren_stage_fails_the_board(bench: Bench):
    bench.load_ma = 0
    status, record, said = bench.test()
    assert status == 1
    assert [one["name"] for one in json.loads(record)["results"] if not one["passed"]] == ["siren_sense_ma"]
    assert "FAILED siren_sense_ma: 0, allowed 300 to 400" in said


def test_a_cut_bus_loses_every_frame(bench: Bench):
    with SerialCable() as elsewhere:
        bench.jig_line = elsewhere.ends[0]
        status, record, _ = bench.test()
    assert status == 1
    assert _read(record)["bus_frames_lost"] == 20


def test_a_wrong_code_and_a_tester_who_leaves_give_no_record(bench: Bench):
    status, record, said = bench.test(code="WRONG")
    assert (status, record) == (2, "")
    assert "the code does not fit" in said
    status, record, said = bench.test(leaves_after=2)
    assert (status, record) == (2, "")
    assert "the tester has left" in said
