"""What is committed is there after any end, and a broken disk never stops the gateway."""

import sqlite3
import stat
import subprocess
import sys
import textwrap

import pytest

from kentongan_gateway.spool import Forget, Heard, Keep, Kept, Sounded, Spool, SpoolError
from kentongan_gateway.spool_writer import SpoolWriter

NOW = 1_800_000_000


@pytest.fixture
def path(tmp_path):
    return tmp_path / "spool.sqlite3"


def kept(name: str, node: str = "ktg-0101-2") -> Keep:
    return Keep(Kept(name, node, b"sealed " + name.encode()))


def test_reports_come_back_in_their_order(path):
    spool = Spool(path)
    spool.write([kept("c"), kept("a"), kept("b"), kept("a")])
    spool.write([Forget("c")])
    spool.close()
    again = Spool(path)
    assert again.trouble is None
    assert [report.id for report in again.kept()] == ["a", "b"]
    assert again.kept()[0] == Kept("a", "ktg-0101-2", b"sealed a")


def test_boots_rise_and_an_empty_spool_begins_at_the_time_of_day(path):
    spool = Spool(path)
    assert spool.next_boot(NOW) == NOW
    spool.close()
    spool = Spool(path)
    assert spool.next_boot(5) == NOW + 1


def test_soundings_and_counters_are_remembered_and_a_new_key_starts_anew(path):
    spool = Spool(path)
    spool.write([Sounded("n1", "n1.1.1"), Sounded("n2", "n2.1.1"), Heard("n1", "k1", 7), Heard("n1", "k1", 2**63 - 1)])
    spool.close()
    spool = Spool(path)
    assert spool.sounded() == [("n1", "n1.1.1"), ("n2", "n2.1.1")]
    assert spool.heard([("n1", "k1"), ("n2", "k2")]) == {"n1": 2**63 - 1}
    assert spool.heard([("n1", "k2")]) == {}


def test_soundings_are_bounded_and_the_newest_stay(path):
    spool = Spool(path)
    spool.write([Sounded("n", f"n.1.{number}") for number in range(1500)])
    assert len(spool.sounded()) == 1000
    assert spool.sounded()[-1] == ("n", "n.1.1499")


def test_a_failed_write_changes_nothing(path):
    spool = Spool(path)
    with pytest.raises(sqlite3.Error):
        spool.write([kept("a"), Heard("n", "k", "not a number")])
    assert spool.kept() == []


def test_it_commits_to_the_disk(path):
    spool = Spool(path)
    assert spool._database.execute("PRAGMA synchronous").fetchone() == (2,)
    assert spool._database.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.parametrize("content", [b"this is no database, whatever its name", b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_file_is_moved_aside_and_begun_anew(path, content):
    path.write_bytes(content)
    spool = Spool(path)
    assert "damaged" in spool.trouble
    (aside,) = path.parent.glob("spool.sqlite3.broken-*")
    assert aside.read_bytes() == content
    assert spool.next_boot(NOW) == NOW
    spool.write([kept("a")])
    spool.close()
    assert [report.id for report in Spool(path).kept()] == ["a"]


def test_a_spool_that_another_gateway_holds_is_refused_with_a_sentence(path):
    holder = Spool(path)
    holder.next_boot(NOW)
    with pytest.raises(SpoolError, match="belongs to another gateway that is running"):
        Spool(path)


def test_a_spool_of_another_version_is_refused_and_left_alone(path):
    Spool(path).close()
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 9")
    database.close()
    with pytest.raises(SpoolError, match="another version"):
        Spool(path)
    assert path.exists()


def test_where_nothing_can_be_written_it_lives_in_memory_and_says_so(tmp_path):
    # A folder in the file's place is what root, too, cannot write to.
    path = tmp_path / "spool.sqlite3"
    path.mkdir()
    spool = Spool(path)
    assert "memory only" in spool.trouble
    assert spool.next_boot(NOW) == NOW
    spool.write([kept("a")])
    assert [report.id for report in spool.kept()] == ["a"]


def test_a_kill_at_any_moment_loses_nothing_that_was_committed(path):
    program = textwrap.dedent("""
        import sys
        from pathlib import Path
        from kentongan_gateway.spool import Keep, Kept, Spool
        spool = Spool(Path(sys.argv[1]))
        number = 0
        while True:
            spool.write([Keep(Kept(f"r{number}", "n", b"x" * 300))])
            print(number, flush=True)
            number += 1
    """)
    child = subprocess.Popen([sys.executable, "-c", program, path], stdout=subprocess.PIPE, text=True)
    said = [child.stdout.readline() for _ in range(50)]
    child.kill()
    said += child.stdout.read().splitlines()
    child.wait()
    committed = int(said[-1])
    found = [report.id for report in Spool(path).kept()]
    assert found[: committed + 1] == [f"r{number}" for number in range(committed + 1)]
    assert len(found) - committed - 1 in (0, 1)


class Flaky:
    """A spool whose disk can be full."""

    def __init__(self) -> None:
        self.full = False
        self.written: list = []
        self.closed = False

    def write(self, notes) -> None:
        if self.full:
            raise sqlite3.OperationalError("database or disk is full")
        self.written += notes

    def close(self) -> None:
        self.closed = True


def test_the_writer_writes_in_order_and_closes(path):
    writer = SpoolWriter(Spool(path), lambda _trouble: None, lambda: None)
    for number in range(300):
        writer.add(kept(f"r{number}"))
    assert writer.close(10)
    assert [report.id for report in Spool(path).kept()] == [f"r{number}" for number in range(300)]


def test_a_full_disk_drops_nothing(eventually):
    spool, troubles, recovered = Flaky(), [], []
    writer = SpoolWriter(spool, troubles.append, lambda: recovered.append(True))
    spool.full = True
    writer.add(kept("a"))
    eventually(lambda: writer.failing)
    writer.add(kept("b"))
    assert not writer.settled
    spool.full = False
    eventually(lambda: writer.settled)
    assert spool.written == [kept("a"), kept("b")]
    assert troubles == ["OperationalError: database or disk is full"]
    assert recovered == [True]
    assert writer.close(10)
    assert spool.closed


def test_closing_with_a_full_disk_does_not_hang():
    spool = Flaky()
    spool.full = True
    writer = SpoolWriter(spool, lambda _trouble: None, lambda: None)
    writer.add(kept("a"))
    assert writer.close(10)
    assert spool.closed


def test_nobody_else_reads_it(path):
    spool = Spool(path)
    spool.next_boot(NOW)
    assert [stat.S_IMODE(part.stat().st_mode) for part in sorted(path.parent.iterdir())] == [0o600, 0o600]
