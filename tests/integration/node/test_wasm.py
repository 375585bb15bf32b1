"""The logic tests on 32 bits: MicroPython's WebAssembly build under Node.js, where a pointer has the chip's size."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import parts
import pytest
from tests.integration.node.node_process import FIRMWARE, ROOT

pytestmark = pytest.mark.real

HERE = Path(__file__).parent
UNIT_TESTS = ROOT / "tests" / "unit" / "node"


def _part(find: Callable[[], Path]) -> Path:
    try:
        return find()
    except parts.MissingPartError as problem:
        pytest.fail(str(problem), pytrace=False)


def test_the_logic_tests_pass_on_thirty_two_bits():
    library = _part(parts.micropython_wasm) / "micropython.mjs"
    words = [HERE / "run_on_wasm.mjs", library, HERE / "logic_on_wasm.py", ROOT / "contract", FIRMWARE, UNIT_TESTS]
    done = subprocess.run(
        [str(word) for word in (_part(parts.node_js), *words)], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert (result["interpreter"], result["failed"]) == ("micropython", [])
    files = [file for file in UNIT_TESTS.glob("test_*.py") if file.name != "test_bench.py"]  # see logic_on_wasm.py
    written = sum(line.startswith("def test_") for file in files for line in file.open())
    assert result["passed"] == written > 0
