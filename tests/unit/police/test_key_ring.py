"""Keys are added, activated and retired while everything runs, and nobody is ever left without one."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kentongan_server.outbound.police.key_ring import KeyRing, KeyRingError

NOW = datetime(2026, 3, 1, tzinfo=UTC)
GIVEN = b"the environment's own secret"


def test_the_environment_s_secret_signs_until_another_is_active(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path / "keys.json", GIVEN, (b"the one before it was changed",))
    assert ring.active.secret == GIVEN
    new = ring.add("2026-b", NOW)
    assert ring.active.secret == GIVEN, "accepted is not yet active"
    assert ring.secrets == [new.encode(), GIVEN, b"the one before it was changed"]
    ring.activate("2026-b")
    assert (ring.active.name, ring.active.secret) == ("2026-b", new.encode())


def test_a_running_server_sees_what_the_command_did(tmp_path: Path) -> None:
    running, command = (KeyRing(tmp_path / "keys.json", GIVEN) for _ in range(2))
    assert running.secrets == [GIVEN]
    secret = command.add("b", NOW, "x" * 16)
    assert running.secrets == [secret.encode(), GIVEN]
    command.activate("b")
    assert running.active.name == "b"
    command.add("c", NOW)
    command.activate("c")
    command.retire("b")
    assert [key.name for key, _ in running.keys] == ["c"]


def test_the_file_is_its_owner_s_alone(tmp_path: Path) -> None:
    KeyRing(tmp_path / "keys.json").add("a", NOW)
    assert stat.S_IMODE((tmp_path / "keys.json").stat().st_mode) == 0o600


def test_what_would_leave_somebody_without_a_key_is_refused(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path / "keys.json")
    with pytest.raises(KeyRingError, match="no active key"):
        _ = ring.active
    ring.add("a", NOW)
    ring.activate("a")
    for wrong in (
        lambda: ring.retire("a"),
        lambda: ring.retire("b"),
        lambda: ring.activate("b"),
        lambda: ring.add("a", NOW),
        lambda: ring.add("two words", NOW),
        lambda: ring.add("b", NOW, "short"),
        lambda: KeyRing(None).add("a", NOW),
    ):
        with pytest.raises(KeyRingError):
            wrong()
    assert ring.active.name == "a"


def test_a_damaged_file_is_refused_at_first_and_later_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    ring = KeyRing(file)
    ring.add("a", NOW)
    ring.activate("a")
    file.write_text("{")
    assert ring.active.name == "a"
    with pytest.raises(KeyRingError, match="backup"):
        _ = KeyRing(file).secrets
