"""`server keys` as somebody types it to change the secret shared with the police, and one sentence when that cannot be."""

import json
import stat
from pathlib import Path

import pytest
from tests.integration.cli.test_commands import assert_one_sentence, typed
from typer.testing import CliRunner, Result

from kentongan_server.main import app

pytestmark = pytest.mark.real


class Desk:
    """Whoever changes the keys; `file` holds them. The commands run in this process: a new one for each takes a second."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "keys" / "police.json"

    def types(self, *words: str, **settings: str) -> Result:
        given = {"POLICE_KEYS_FILE": str(self.file), **settings}
        named = {f"KENTONGAN_{name}": value for name, value in given.items() if value}
        return CliRunner(env=named).invoke(app, ["keys", *words])

    def lists(self) -> list[tuple[str, str]]:
        """(state, name) of each key."""
        said = self.types("list")
        assert said.exit_code == 0, said.stderr
        return [(line.split()[0], line.split()[1]) for line in said.stdout.splitlines()]


def assert_refused(said: Result, *names: str) -> None:
    """One sentence on the error stream, and nothing else."""
    assert said.exit_code == 2
    assert said.stdout == ""
    assert len(said.stderr.strip().splitlines()) == 1, said.stderr
    assert all(name in said.stderr for name in names), said.stderr


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_key_is_changed_with_an_overlap(desk: Desk) -> None:
    assert desk.lists() == []
    old = desk.types("add", "2026")
    assert len(old.stdout.strip()) >= 16
    assert "2026 is active" in desk.types("activate", "2026").stdout

    new = desk.types("add", "2027")
    assert new.stdout != old.stdout
    assert desk.lists() == [("active", "2026"), ("accepted", "2027")], "both are believed"
    assert "retire the old one" in desk.types("activate", "2027").stdout
    assert desk.lists() == [("accepted", "2026"), ("active", "2027")]
    assert desk.types("retire", "2026").stdout == "2026 is retired.\n"
    assert desk.lists() == [("active", "2027")]
    assert [key["secret"] for key in json.loads(desk.file.read_text())["keys"]] == [new.stdout.strip()]


def test_secrets_are_printed_once_and_kept_for_their_owner_alone(desk: Desk) -> None:
    secret = desk.types("add", "2026").stdout.strip()
    assert secret not in desk.types("list").stdout
    assert stat.S_IMODE(desk.file.stat().st_mode) == 0o600


def test_the_other_side_may_have_made_the_secret(desk: Desk) -> None:
    given = "a secret that the command centre made"
    assert desk.types("add", "theirs", "--secret", given).stdout.strip() == given


def test_112_has_keys_of_its_own(desk: Desk) -> None:
    desk.types("add", "2026")
    emergency = {"EMERGENCY_KEYS_FILE": str(desk.folder / "keys" / "112.json")}
    assert desk.types("list", "--recipient", "emergency", **emergency).stdout == ""
    desk.types("add", "a-112", "--recipient", "emergency", **emergency)
    assert desk.lists() == [("accepted", "2026")]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("add", "2026"), "There is a key 2026 already"),
        (("add", "two words"), "1 to 40 letters"),
        (("add", "2027", "--secret", "short"), "at least 16 bytes"),
        (("activate", "2027"), "There is no key 2027; add it first."),
        (("retire", "2027"), "There is no key 2027."),
        (("retire", "2026"), "activate another one first"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_changes_nothing(desk: Desk, words: tuple[str, ...], says: str) -> None:
    desk.types("add", "2026")
    desk.types("activate", "2026")
    before = desk.file.read_bytes()
    assert_refused(desk.types(*words), says)
    assert desk.file.read_bytes() == before


def test_without_a_key_file_in_the_settings(tmp_path: Path) -> None:
    """In a process of its own, as it is typed."""
    said = typed(tmp_path, "keys", "add", "2026", "--recipient", "emergency")
    assert_one_sentence(said, "KENTONGAN_EMERGENCY_KEYS_FILE")


@pytest.mark.parametrize("content", [b"", b"{", b'{"keys": 7}', b'{"keys": [{"name": "a"}], "active": "a"}', b"\xff"])
@pytest.mark.parametrize("verb", [("list",), ("add", "2027")])
def test_a_damaged_key_file_is_named_and_left_alone(desk: Desk, content: bytes, verb: tuple[str, ...]) -> None:
    desk.file.parent.mkdir()
    desk.file.write_bytes(content)
    assert_refused(desk.types(*verb), str(desk.file), "backup")
    assert desk.file.read_bytes() == content


def test_a_folder_that_cannot_be_written_is_one_sentence(desk: Desk) -> None:
    (desk.folder / "keys").write_text("a file where the folder should be")
    assert_refused(desk.types("add", "2026"), str(desk.file))
