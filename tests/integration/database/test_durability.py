"""What was acknowledged is there: after a kill, after a full disk, whole or not at all."""

import json
import os
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.integration.database.furnished import ROOT, assert_whole, opened, report, rows

pytestmark = [pytest.mark.real, pytest.mark.slow]

DEADLINE_S = 60
DISK_MIB = 4


def child(name: str, *arguments: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-u", "-m", f"tests.integration.database.{name}", *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)


def killed_after(path: Path, acknowledgements: int) -> set[str]:
    """Let a child write, kill it in the middle, and give every report that it had acknowledged."""
    process = child("writing_child", str(path))
    assert process.stdout is not None
    said = b""
    deadline = time.monotonic() + DEADLINE_S
    while said.count(b"\n") < acknowledgements:
        assert time.monotonic() < deadline, "the child wrote too little"
        assert process.poll() is None, "the child ended by itself"
        if select.select([process.stdout], [], [], 1)[0]:
            said += os.read(process.stdout.fileno(), 65536)
    process.kill()
    said += process.stdout.read()
    process.wait()
    process.stdout.close()
    return set(said.decode().split("\n")[:-1])  # what follows the last newline was not yet said


@pytest.mark.parametrize("acknowledgements", [1, 57, 400])
async def test_every_acknowledged_report_survives_kill_9(tmp_path: Path, acknowledgements: int) -> None:
    path = tmp_path / "town.sqlite3"
    acknowledged = killed_after(path, acknowledgements)
    assert len(acknowledged) >= acknowledgements
    assert_whole(path)
    kept = {name for (name,) in rows(path, "SELECT id FROM reports")}
    assert acknowledged <= kept
    with opened(path) as transactions:
        again = await report(transactions, min(acknowledged))
        assert again.repeated
        assert not (await report(transactions, "after-the-crash")).repeated


async def test_a_process_that_is_killed_again_and_again_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "town.sqlite3"
    acknowledged: set[str] = set()
    for _ in range(3):
        acknowledged |= killed_after(path, 40)
        assert_whole(path)
    assert acknowledged <= {name for (name,) in rows(path, "SELECT id FROM reports")}


def _mount(folder: str) -> bool:
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m", "kentongan-test", folder]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _may_mount() -> bool:
    with tempfile.TemporaryDirectory() as folder:
        mounted = os.geteuid() == 0 and _mount(folder)
        if mounted:
            subprocess.run(["umount", folder], check=True)
    return mounted


@contextmanager
def small_room(tmp_path: Path, how: str) -> Iterator[Path]:
    """A folder in which little can be written: by a quota of the child's own, or on a small disk."""
    if how == "quota":
        yield tmp_path
        return
    assert _mount(str(tmp_path))
    try:
        (tmp_path / "ballast").write_bytes(b"\0" * ((DISK_MIB - 1) * 1024 * 1024))
        yield tmp_path
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)


# A quota can be set everywhere; a small disk, which fails in another way, is tried as well where root may mount one.
@pytest.mark.parametrize("how", ["quota", *(["disk"] if _may_mount() else [])])
def test_a_full_disk_refuses_and_recovers(tmp_path: Path, how: str) -> None:
    with small_room(tmp_path, how) as folder:
        path = folder / "town.sqlite3"
        process = child("full_disk_child", str(path), how)
        said, _ = process.communicate(timeout=DEADLINE_S)
        assert process.returncode == 0
        *lines, last = [json.loads(line) for line in said.decode().splitlines()]
        assert last == {"closed": True}, "it comes to its end with the disk as it is"

        def kept(phase: str) -> list[bool]:
            return [line["kept"] for line in lines if line["phase"] == phase]

        assert any(kept("filling"))
        assert not all(kept("filling"))
        assert kept("full")[-1] is False, "what cannot be kept is not acknowledged"
        assert kept("after")
        assert all(kept("after")), "it goes on by itself when there is room, also with what it refused"
        acknowledged = {line["report"] for line in lines if line["kept"]}
        assert {name for (name,) in rows(path, "SELECT id FROM reports")} == acknowledged
        assert_whole(path)
