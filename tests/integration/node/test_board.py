"""boot.py, main.py and the reference board in real MicroPython, on LittleFS, with pins, radio and line of no matter."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.integration.node.node_process import ROOT, firmware_environment

from kentongan_contract import codec, frames, messages, seal

pytestmark = pytest.mark.real

BOARD = Path(__file__).parent / "board"
KEY = bytes(range(32))
LINK = bytes(range(32, 64))
SIREN, RED, DRIVE = 15, 13, 12


def _run(micropython: Path, script: str, *words: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The events told and the last line."""
    environment = firmware_environment()
    environment["MICROPYPATH"] = f"{BOARD}:{environment['MICROPYPATH']}"
    done = subprocess.run(
        [str(micropython), "-X", "heapsize=128m", str(BOARD / script), *words],
        env=environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return lines[:-1], lines[-1]


def _settings(folder: Path, **more: object) -> str:
    path = folder / "settings.json"
    path.write_text(json.dumps({"node": "ktg-a", **more}))
    return str(path)


def _first(history: list[list[int]], pin: int, level: int, since: int = 0) -> int:
    return next(at for at, number, found in history[since:] if (number, found) == (pin, level))


def test_the_reference_board_over_wifi(city, micropython_path, tmp_path):
    broker = {"host": city.broker.host, "port": city.broker.port, "password": "a password"}
    settings = _settings(tmp_path, key=city.keys["ktg-a"].hex(), wifi=[{"ssid": "rt"}], tls=None, **broker)
    events, board = _run(micropython_path, "run_board.py", settings, "800", "2500")
    told = [event["event"] for event in events]
    assert told == ["joined", "connected", "siren", "pressed", "kept"]
    assert board["history"][0][1:] == [SIREN, 0]  # silent before anything else
    pressed = _first(board["history"], 4, 0)
    assert 300 <= _first(board["history"], SIREN, 1) - pressed <= 400
    assert _first(board["history"], RED, 1) >= pressed
    assert board["fed"] > 100
    report = events[-1]["report"]
    assert report in board["files"]["report.journal"]
    assert city.server.wait_report("ktg-a", report, times=2)
    state = city.server.wait_state("ktg-a", lambda state: state.siren == "sounding")
    assert (state.report, state.rssi_dbm, state.battery_mv, state.mains) == (report, -61, None, None)
    assert "boot" in board["files"]["boot.journal"]


def test_the_reference_board_over_the_line(micropython_path, tmp_path):
    settings = _settings(tmp_path, key=KEY.hex(), uplink="serial", link_key=LINK.hex())
    events, board = _run(micropython_path, "run_board.py", settings, "500", "2000")
    reader = frames.FrameReader()
    said = []
    for encoded in reader.feed(bytes.fromhex(board["line"])):
        frame = frames.decode({"ktg-a": seal.Key(LINK)}, encoded)
        said.append(codec.decode(frame.kind, seal.unseal(seal.Key(KEY), frame.kind, "ktg-a", frame.payload)))
    reports = [message for message in said if isinstance(message, messages.Report)]
    states = [message for message in said if isinstance(message, messages.State)]
    assert {report.id for report in reports} == {events[-1]["report"]}
    assert len(reports) >= 2
    assert states[0].presence == "online"
    assert states[-1].siren == "sounding"
    assert board["pins"][str(DRIVE)] == 0  # the bus is let go of


def test_the_power_cut_before_every_flash_write_loses_no_report(micropython_path):
    cuts, first, rewrites = 0, 0, 0
    while True:
        _, result = _run(micropython_path, "cut_power.py", str(first), str(first + 40))
        assert result["failures"] == []
        cuts += result["cuts"]
        rewrites += result["rewrites"]
        first += 40
        if result["cuts"] == 0:
            break
    assert cuts > 100
    assert rewrites > 0


def test_the_power_cut_before_every_flash_write_spoils_no_book_and_repeats_no_command(micropython_path):
    cuts, first = 0, 0
    while True:
        _, result = _run(micropython_path, "cut_keepers.py", str(first), str(first + 40))
        assert result["failures"] == []
        cuts += result["cuts"]
        first += 40
        if result["cuts"] == 0:
            break
    assert cuts > 30


def test_without_settings_the_board_says_why_and_still_sounds(micropython_path, tmp_path):
    environment = firmware_environment()
    environment["MICROPYPATH"] = f"{BOARD}:{environment['MICROPYPATH']}"
    (tmp_path / "settings.json").write_text("{}")
    done = subprocess.run(
        [str(micropython_path), str(BOARD / "run_board.py"), str(tmp_path / "settings.json"), "300", "1500"],
        env=environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.stderr == "settings: node is missing; it must be 1 to 32 lower-case letters, digits and hyphens\n"
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert [event.get("event") for event in events] == ["safe_mode", "siren", None]
    assert _first(events[-1]["history"], SIREN, 1) - _first(events[-1]["history"], 4, 0) <= 400
    assert events[-1]["fed"] == 0  # the console is a technician's now


def test_after_a_boot_loop_the_button_sounds_and_nothing_else_runs(micropython_path, tmp_path):
    settings = _settings(tmp_path, key=KEY.hex(), uplink="serial", link_key=LINK.hex())
    events, board = _run(micropython_path, "run_board.py", settings, "500", "2000", "5")
    assert [(event["event"], event.get("reason")) for event in events] == [("safe_mode", "boot loop"), ("siren", None)]
    assert _first(board["history"], SIREN, 1) - _first(board["history"], 4, 0) <= 400
    assert board["line"] == ""
    assert board["fed"] > 100
    _, board = _run(micropython_path, "run_board.py", settings, "500", "2000", "4")
    assert board["line"] != ""


def test_the_power_cut_before_every_flash_write_of_an_update_leaves_a_whole_program(micropython_path):
    cuts, first, started = 0, 0, {"old": 0, "new": 0}
    while True:
        _, result = _run(micropython_path, "cut_update.py", str(first), str(first + 40))
        assert result["neither"] == []
        cuts += result["cuts"]
        started = {name: started[name] + result[name] for name in started}
        first += 40
        if result["cuts"] < 40:
            break
    assert cuts > 100
    assert started["old"] > 0
    assert started["new"] > 0
