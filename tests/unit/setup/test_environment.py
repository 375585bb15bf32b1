"""What pip is asked for: the lock's packages by hash, and nothing that they would like besides."""

from pathlib import Path

import environment
import pytest


@pytest.mark.parametrize("status", [0, 1])
def test_a_lock_is_the_whole_closure(tmp_path: Path, status: int):
    folder = tmp_path / "venv" / "bin"
    folder.mkdir(parents=True)
    for name in ("python", "pip"):
        (folder / name).write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/asked\nexit {status}\n')
        (folder / name).chmod(0o755)
    lock = tmp_path / "a.lock"
    if status:
        with pytest.raises(environment.SetUpError, match="pip could not install the packages"):
            environment._with_pip(tmp_path / "venv", lock, 1)
    else:
        environment._with_pip(tmp_path / "venv", lock, 1)
    asked = (tmp_path / "asked").read_text().split()
    assert asked[:3] == ["-m", "pip", "install"]
    assert {"--require-hashes", "--no-deps", str(lock)} <= set(asked)
