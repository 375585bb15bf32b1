"""The server's commands as somebody types them: what they do, and one sentence when they cannot."""

import asyncio
import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from tests.integration.database.furnished import opened, rows
from tests.unit.server.test_city_file import a_city, changed

from kentongan_contract.claim import digest
from kentongan_contract.errors import StaleError
from kentongan_contract.freshness import Freshness
from kentongan_node.provisioning import Settings

pytestmark = pytest.mark.real


def typed(folder: Path, *words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run one command of the server's in this folder, with these settings and no others."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("KENTONGAN_")}
    settings = {
        "KENTONGAN_DATABASE_URL": f"sqlite:///{folder / 'town.sqlite3'}",
        "KENTONGAN_MASTER_KEY_FILE": str(folder / "keys" / "master.key"),
        "KENTONGAN_RECORD_KEY_FILE": str(folder / "keys" / "record.key"),
        **{f"KENTONGAN_{name}": value for name, value in environment.items()},
    }
    command = [sys.executable, "-m", "kentongan_server", *words]
    return subprocess.run(command, cwd=folder, env={**clean, **settings}, capture_output=True, text=True, timeout=60)


def assert_one_sentence(said: "subprocess.CompletedProcess[str]", *names: str) -> None:
    assert said.returncode == 2
    assert said.stdout == ""
    assert "Traceback" not in said.stderr
    assert len(said.stderr.strip().splitlines()) == 1, said.stderr
    for name in names:
        assert name in said.stderr


def test_a_city_is_installed_and_again_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "city.json").write_text(json.dumps(a_city()))
    for _ in range(2):
        said = typed(tmp_path, "install-city", "city.json")
        assert said.stdout == "1 regions, 2 nodes and 2 people are installed.\n", said.stderr
    assert rows(tmp_path / "town.sqlite3", "SELECT id FROM nodes ORDER BY id") == [("gw-0101",), ("ktg-0101-1",)]
    assert rows(tmp_path / "town.sqlite3", "SELECT count(*) FROM memberships") == [(2,)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"{", "Invalid JSON"),
        (changed("people.0.role", "king"), "people.0.role"),
        (changed("people.0.region", "nowhere"), "belongs to nowhere"),
        (changed("people.1.token", "a token of sixteen and more"), "same access token"),
    ],
)
def test_a_city_that_is_none_is_refused_and_leaves_nothing(tmp_path: Path, text: bytes, says: str) -> None:
    (tmp_path / "city.json").write_bytes(text)
    assert_one_sentence(typed(tmp_path, "install-city", "city.json"), "city.json", says)
    if (tmp_path / "town.sqlite3").exists():
        assert rows(tmp_path / "town.sqlite3", "SELECT count(*) FROM regions") == [(0,)]


def test_a_city_file_that_is_not_there(tmp_path: Path) -> None:
    assert_one_sentence(typed(tmp_path, "install-city", "nothing.json"), "nothing.json cannot be read")


MADE = ("master.key", "cap.key", "cap.pem", "record.key", "record.pub")


def test_keys_are_made_once_and_for_their_owner_alone(tmp_path: Path) -> None:
    settings = {"CAP_KEY_FILE": str(tmp_path / "keys" / "cap.key"), "CAP_CERT_FILE": str(tmp_path / "keys" / "cap.pem")}
    made = []
    for _ in range(2):
        said = typed(tmp_path, "make-keys", **settings)
        assert said.returncode == 0, said.stderr
        made.append([(tmp_path / "keys" / name).read_bytes() for name in MADE])
    assert made[0] == made[1]
    assert len(bytes.fromhex(made[0][0].decode())) == 32
    for name in ("master.key", "cap.key", "record.key"):
        assert stat.S_IMODE((tmp_path / "keys" / name).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("key", "says"),
    [(None, "make-keys"), ("not hex", "master.key"), ("ab" * 31, "64 hex digits")],
    ids=["no key", "no hex", "too short"],
)
def test_without_its_key_the_server_does_not_start(tmp_path: Path, key: str | None, says: str) -> None:
    if key is not None:
        (tmp_path / "keys").mkdir()
        (tmp_path / "keys" / "master.key").write_text(key)
    assert_one_sentence(typed(tmp_path, "run"), says)


@pytest.mark.parametrize("key", [None, "no key"], ids=["no key", "no PEM"])
def test_without_the_record_s_key_the_server_does_not_start(tmp_path: Path, key: str | None) -> None:
    assert typed(tmp_path, "make-keys").returncode == 0
    (tmp_path / "keys" / "record.key").unlink()
    if key is not None:
        (tmp_path / "keys" / "record.key").write_text(key)
    assert_one_sentence(typed(tmp_path, "run"), "record.key", "make-keys")


def test_a_setting_that_is_wrong_is_named(tmp_path: Path) -> None:
    assert_one_sentence(typed(tmp_path, "run", HTTP_PORT="70000"), "KENTONGAN_HTTP_PORT")


REGIONS = """code,name,latitude,longitude
33.74,Kota Semarang,-6.99,110.42
33.74.12,Gunungpati,110.38,-7.06
33.74.13,Semarang Barat,-6.99,110.39
"""


def test_a_file_is_imported_and_its_report_written(tmp_path: Path) -> None:
    (tmp_path / "regions.csv").write_text(REGIONS)
    would_be = typed(tmp_path, "import", "regions", "regions.csv", "--dry-run")
    assert would_be.returncode == 1
    assert "2 created, 0 changed, 0 unchanged, 1 refused" in would_be.stdout
    assert would_be.stdout.endswith("Nothing was kept.\n")
    assert rows(tmp_path / "town.sqlite3", "SELECT count(*) FROM regions") == [(0,)]
    said = typed(tmp_path, "import", "regions", "regions.csv", "--report", "report.csv")
    assert said.returncode == 1
    assert "row 3 33.74.12: Latitude and longitude are swapped" in said.stdout
    assert said.stderr == ""
    assert (tmp_path / "report.csv").read_text().splitlines()[2].startswith("3,33.74.12,refused,Latitude")
    again = typed(tmp_path, "import", "regions", "regions.csv", "--all-or-nothing")
    assert "0 created, 0 changed, 2 unchanged, 1 refused" in again.stdout
    assert rows(tmp_path / "town.sqlite3", "SELECT code FROM regions ORDER BY code") == [("33.74",), ("33.74.13",)]


@pytest.mark.parametrize(
    ("name", "text", "says"), [("nothing.csv", None, "cannot be read"), ("empty.csv", "", "is empty")]
)
def test_a_file_that_cannot_be_imported(tmp_path: Path, name: str, text: str | None, says: str) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    assert_one_sentence(typed(tmp_path, "import", "regions", name), name, says)


def test_a_made_up_city_is_written_and_imported(tmp_path: Path) -> None:
    said = typed(tmp_path, "make-city", "city", "--rts", "30", "--seed", "5")
    assert said.returncode == 0, said.stderr
    commands = [line.split()[3:] for line in said.stdout.splitlines() if "server import" in line]
    assert [what for what, _ in commands] == ["regions", "sites", "kentongan", "cameras", "adjacency"]
    for what, path in commands:
        taken = typed(tmp_path, "import", what, path)
        assert taken.returncode == 0, taken.stdout
    assert rows(tmp_path / "town.sqlite3", "SELECT count(*) FROM nodes") == [(30,)]


def test_a_household_s_documents_are_printed(tmp_path: Path) -> None:
    (tmp_path / "city.json").write_text(json.dumps(a_city()))
    typed(tmp_path, "install-city", "city.json")
    said = typed(tmp_path, "home-assistant", "33.74.01.1001/RW01/RT01")
    for line in said.stdout.splitlines():
        topic, _, document = line.partition(" ")
        assert topic.startswith("homeassistant/device/kentongan_")
        assert "components" in json.loads(document)
    bridge = typed(tmp_path, "home-assistant", "33.74.01.1001/RW01/RT01", "--bridge", "home-sari").stdout
    assert "remote_username home-sari" in bridge
    assert_one_sentence(typed(tmp_path, "home-assistant", "33.74.01"), "is no RT")


def test_a_kentongan_is_given_its_keys_and_a_code_for_its_box(tmp_path: Path) -> None:
    assert typed(tmp_path, "make-keys").returncode == 0
    (tmp_path / "logins.json").write_text(json.dumps({"ktg-1": "a password"}))
    words = ["issue-node", "ktg-1", "--rt", "33.74.01.1001/RW01/RT01", "--into", "out"]
    said = typed(tmp_path, *words, "--logins", "logins.json", "--host", "10.0.0.5", "--epoch", "2")
    assert said.returncode == 0, said.stderr
    settings = json.loads((tmp_path / "out" / "ktg-1.json").read_text())
    assert (settings["node"], settings["password"], settings["host"]) == ("ktg-1", "a password", "10.0.0.5")
    assert len(set(settings["group_keys"])) == 2  # the new epoch's first, the old one's while the RT changes over
    code = said.stdout.split("Code of the box: ")[1].split()[0]
    claim = json.loads((tmp_path / "out" / "ktg-1.claim.json").read_text())
    assert claim["hash"] == digest(code).decode()
    assert code not in (tmp_path / "out" / "ktg-1.claim.json").read_text()
    assert (tmp_path / "out" / "ktg-1.svg").read_text().startswith("<svg")
    assert stat.S_IMODE((tmp_path / "out" / "ktg-1.json").stat().st_mode) == 0o600
    Settings(settings)  # the node takes it as it is
    assert_one_sentence(typed(tmp_path, *words, "--logins", "none.json"), "none.json")
    assert_one_sentence(typed(tmp_path, "issue-node", "KTG 1", *words[2:]), "KTG 1")


def _attempt(folder: Path) -> int:
    """One command to the kentongan; its counter."""
    with opened(folder / "town.sqlite3") as transactions:
        taken = asyncio.run(transactions.run(lambda uow: uow.places.take_counters(["ktg-0101-1"])))
    return taken["ktg-0101-1"]


def test_after_a_copy_is_brought_back_a_kentongan_obeys_again_and_after_a_second_time_too(tmp_path: Path) -> None:
    """As docs/operate/backup.md says it; the kentongan's side is the very file that the firmware runs."""
    (tmp_path / "city.json").write_text(json.dumps(a_city()))
    assert typed(tmp_path, "install-city", "city.json").returncode == 0
    kentongan = Freshness()
    nonce = kentongan.issue(bytes(8), 0)
    kentongan.accept(nonce, _attempt(tmp_path), 1_000, 0)
    assert typed(tmp_path, "backup", "copy.sqlite3").returncode == 0
    for _ in range(3):
        kentongan.accept(nonce, _attempt(tmp_path), 1_000, 0)
    for _ in range(2):
        for name in ("town.sqlite3-wal", "town.sqlite3-shm"):
            (tmp_path / name).unlink(missing_ok=True)
        shutil.copy(tmp_path / "copy.sqlite3", tmp_path / "town.sqlite3")
        with pytest.raises(StaleError, match="counter"):
            kentongan.accept(nonce, _attempt(tmp_path), 1_000, 0)
        said = typed(tmp_path, "raise-counters")
        assert said.stdout == "The command counters of 2 nodes are above all that they can have seen.\n", said.stderr
        for _ in range(3):
            kentongan.accept(nonce, _attempt(tmp_path), 1_000, 0)


def test_the_page_about_copies_names_the_command() -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "operate" / "backup.md").read_text(encoding="utf-8")
    assert "./kentongan server raise-counters" in page
