"""A machine without any drawing tool: every job says that it did not run and what to type; the facts are checked all the same."""

import os
import subprocess
import sys

from hardware.job import HERE
from hardware.jobs import JOBS


def run(*words: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": "/nonexistent", "PYTHONPATH": str(HERE.parent), "HOME": os.environ.get("HOME", "/")}
    command = [sys.executable, "-m", "hardware", *words]
    return subprocess.run(command, cwd=HERE.parent, env=environment, capture_output=True, text=True, timeout=60)


def test_what_did_not_run_is_named_with_the_line_to_type():
    done = run("check")
    lines = [line for line in done.stdout.splitlines() if line.startswith("NOT RUN")]
    assert len(lines) == len(JOBS)
    assert all(line.endswith("Type: ./kentongan hardware set-up") for line in lines)
    assert "ok      facts:" in done.stdout, done.stderr
    assert done.returncode == 0


def test_an_unknown_job_is_a_sentence():
    done = run("build", "house")
    assert done.returncode == 2
    assert "there is no job house; there are circuit" in done.stderr
