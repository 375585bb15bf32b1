"""The portable tests again, the very same files, inside the real MicroPython."""

import ast
import os
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PORTABLE = HERE / "portable"
CONTRACT = HERE.parent.parent / "contract"


@pytest.mark.real
def test_the_portable_tests_pass_inside_micropython(micropython_path):
    run = subprocess.run(
        [micropython_path, HERE / "run_portable.py", PORTABLE],
        env=os.environ | {"MICROPYPATH": f".frozen:{CONTRACT}"},
        capture_output=True,
        text=True,
        timeout=110,
    )
    print(run.stdout + run.stderr)
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.endswith("0 failed on micropython\n")
    assert {tuple(line.split()[1:]) for line in run.stdout.splitlines() if line.startswith("passed ")} == every_test()


def every_test() -> set[tuple[str, ...]]:
    """(file, function) of every portable test, read without running anything."""
    return {
        (file.name, node.name)
        for file in PORTABLE.glob("test_*.py")
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }
