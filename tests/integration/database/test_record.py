"""The record on a real database: it refuses to be changed, and the command finds what was changed all the same."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from tests.integration.database.cluster import Cluster
from tests.integration.database.furnished import furnish, opened, report, rows
from tests.unit.server.town import SARI

from kentongan_server.inbound.clock.checkpointer import Checkpointer
from kentongan_server.outbound.record.checkpoint_file import CheckpointFile
from kentongan_server.outbound.record.seal import ensure_record_key, open_seal
from kentongan_server.use_cases.governing.verify_record import receipt_of

pytestmark = pytest.mark.real

CHANGES = (
    "UPDATE timeline SET facts = '{}' WHERE seq = 2",
    "UPDATE timeline SET salt = NULL, facts = '{}', at = 0 WHERE seq = 2",
    "DELETE FROM timeline WHERE seq = 2",
    "DELETE FROM timeline",
    "UPDATE checkpoints SET seq = 1",
    "DELETE FROM checkpoints",
)


class Kept:
    """A town whose record is signed."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "town.sqlite3"
        self.key = folder / "record.key"
        self.file = folder / "checkpoints.jsonl"
        self.receipt: dict[str, object] = {}

    async def fill(self) -> None:
        ensure_record_key(self.key)
        with opened(self.path) as transactions:
            await furnish(transactions)
            checkpointer = Checkpointer(transactions, open_seal(self.key), CheckpointFile(self.file))
            for number in range(6):
                await report(transactions, f"r-{number}")
                if number % 2:
                    await checkpointer.take()
            self.receipt = await transactions.read(lambda uow: receipt_of(uow, "r-2", SARI))

    def command(self, *words: str) -> "subprocess.CompletedProcess[str]":
        environment = {
            "KENTONGAN_DATABASE_URL": f"sqlite:///{self.path}",
            "KENTONGAN_RECORD_KEY_FILE": str(self.key),
            "KENTONGAN_CHECKPOINT_FILE": str(self.file),
        }
        command = [sys.executable, "-m", "kentongan_server", "audit", *words]
        return subprocess.run(command, env=os.environ | environment, capture_output=True, text=True)

    def force(self, statement: str) -> None:
        """What the owner of the database can do."""
        with closing(sqlite3.connect(self.path)) as connection, connection:
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                connection.execute(f"DROP TRIGGER {name}")
            connection.execute(statement)


@pytest.fixture
async def kept(tmp_path: Path) -> Kept:
    found = Kept(tmp_path)
    await found.fill()
    return found


@pytest.mark.parametrize("change", CHANGES)
async def test_sqlite_refuses_to_change_the_record(kept: Kept, change: str) -> None:
    before = rows(kept.path, "SELECT * FROM timeline")
    with closing(sqlite3.connect(kept.path)) as connection, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(change)
    assert rows(kept.path, "SELECT * FROM timeline") == before


@pytest.fixture
def address(postgresql: Cluster) -> Iterator[str]:
    return postgresql.emptied()


@pytest.mark.parametrize("change", [*CHANGES, "TRUNCATE timeline"])
async def test_postgresql_refuses_to_change_the_record(address: str, change: str, tmp_path: Path) -> None:
    ensure_record_key(tmp_path / "record.key")
    with opened(address) as transactions:
        await furnish(transactions)
        await report(transactions, "r-1")
        sink = CheckpointFile(tmp_path / "file")
        await Checkpointer(transactions, open_seal(tmp_path / "record.key"), sink).take()
    with psycopg.connect(address) as connection, pytest.raises(psycopg.errors.RaiseException, match="append-only"):
        connection.execute(change)


async def test_the_command_finds_the_record_whole_and_then_not(kept: Kept) -> None:
    whole = kept.command("verify")
    assert (whole.returncode, whole.stderr) == (0, "")
    assert "3 checkpoints" in whole.stdout
    kept.force("UPDATE timeline SET facts = replace(facts, 'theft', 'panic') WHERE seq = 1")
    broken = kept.command("verify")
    assert broken.returncode == 1
    assert "Entry 1 does not say what it said" in broken.stderr


async def test_the_command_finds_a_cut_end_with_its_checkpoints(kept: Kept) -> None:
    kept.force("DELETE FROM timeline WHERE seq > 5")
    kept.force("DELETE FROM checkpoints WHERE seq > 5")
    broken = kept.command("verify")
    assert broken.returncode == 1
    assert "is not in the database" in broken.stderr or "the end is missing" in broken.stderr


async def test_without_the_file_of_checkpoints_it_says_so(kept: Kept) -> None:
    kept.file.unlink()
    said = kept.command("verify")
    assert said.returncode == 2
    assert "cut end" in said.stderr


async def test_a_reporter_can_check_a_receipt_with_the_public_key_alone(kept: Kept, tmp_path: Path) -> None:
    good = tmp_path / "receipt.json"
    good.write_text(json.dumps(kept.receipt))
    assert kept.command("verify-receipt", str(good), "--key", str(kept.key.with_suffix(".pub"))).returncode == 0
    for part, value in (("previous", "0" * 64), ("following", []), ("entry", {**kept.receipt["entry"], "at": 1})):
        bad = tmp_path / "bad.json"
        bad.write_text(json.dumps({**kept.receipt, part: value}))
        assert kept.command("verify-receipt", str(bad)).returncode == 1, part


async def test_a_line_torn_by_a_power_cut_is_written_whole_by_the_next(kept: Kept) -> None:
    text = kept.file.read_text()
    kept.file.write_text(text[:-40])
    with opened(kept.path) as transactions:
        await report(transactions, "r-later")
        await Checkpointer(transactions, open_seal(kept.key), CheckpointFile(kept.file)).take()
    assert kept.command("verify").returncode == 0
