"""The first administrator, roles from the command line, and a lost second factor, as somebody types them."""

import json
import re
from pathlib import Path

import pytest
from tests.integration.cli.test_commands import assert_one_sentence, typed
from tests.integration.database.furnished import rows
from tests.unit.server.test_city_file import a_city

pytestmark = pytest.mark.real
RT = "33.74.01.1001/RW01/RT01"


@pytest.fixture
def city(tmp_path: Path) -> Path:
    (tmp_path / "city.json").write_text(json.dumps(a_city()))
    assert typed(tmp_path, "make-keys").returncode == 0
    assert typed(tmp_path, "install-city", "city.json").returncode == 0
    return tmp_path


def test_the_first_administrator(city: Path) -> None:
    said = typed(city, "people", "make-admin", "Bu Lurah", "lurah@city.example")
    assert said.returncode == 0, said.stderr
    person, password = re.findall(r"Bu Lurah is (\w{26})\..*\n(\S+)\n", said.stdout)[0]
    assert len(password) >= 24
    held = rows(
        city / "town.sqlite3", "SELECT person, role, region, granted_by FROM memberships WHERE role = 'city_admin'"
    )
    assert (person, "city_admin", None, None) in held
    ((email, kept),) = rows(city / "town.sqlite3", "SELECT email, password_hash FROM logins")
    assert email == "lurah@city.example"
    assert password not in kept
    assert_one_sentence(typed(city, "people", "make-admin", "Another", "lurah@city.example"), "lurah@city.example")
    said = typed(city, "people", "reset-second-factor", "lurah@city.example")
    assert "enrol anew" in said.stdout
    said = typed(city, "people", "reset-password", "lurah@city.example")
    another = said.stdout.split()[-1]
    assert (said.returncode, len(another) >= 24, another == password) == (0, True, False)
    told = rows(city / "town.sqlite3", "SELECT person, what, by, seen_at FROM access_resets ORDER BY what")
    assert told == [(person, "password", None, None), (person, "second_factor", None, None)]


def test_a_role_is_given_and_stays_when_the_city_is_installed_again(city: Path) -> None:
    said = typed(city, "people", "grant", "resident-1", "ronda", RT)
    grant = said.stdout.split()[-1]
    assert typed(city, "install-city", "city.json").returncode == 0
    held = "SELECT id FROM memberships WHERE role = 'ronda' AND revoked_at IS NULL"
    assert rows(city / "town.sqlite3", held) == [(grant,)]
    assert typed(city, "people", "revoke", grant).stdout == "It is taken back.\n"
    assert rows(city / "town.sqlite3", held) == []


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("grant", "ghost", "ronda", RT), "ghost is nobody"),
        (("grant", "resident-1", "ronda"), "rt"),
        (("grant", "resident-1", "rt_head", "33.74.01.1001/RW01/RT99"), "no region of the city"),
        (("revoke", "nothing"), "no grant nothing"),
        (("reset-second-factor", "ghost"), "ghost is nobody"),
        (("reset-password", "ghost"), "Nobody signs in as ghost"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(city: Path, words: tuple[str, ...], says: str) -> None:
    assert_one_sentence(typed(city, "people", *words), says)


def test_without_the_master_key_nobody_is_made(tmp_path: Path) -> None:
    assert_one_sentence(typed(tmp_path, "people", "make-admin", "Bu Lurah", "lurah@city.example"), "make-keys")
