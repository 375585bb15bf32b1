"""No place where a person lies is forgotten: not by the map of personal data, and not by an erasure."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from tests.integration.database.furnished import furnish, opened, report, rows
from tests.unit.server.town import SARI

from kentongan_server.domain.lifecycle import IncidentStatus
from kentongan_server.inbound.cli.personal_file import CATEGORIES
from kentongan_server.outbound.database.personal_rows import OWN, answered_for
from kentongan_server.outbound.database.tables import metadata, people

pytestmark = pytest.mark.real


def test_every_column_that_is_about_a_person_is_in_the_map() -> None:
    """What a person did among others is found by its foreign key; what is about them must be in the map by hand."""
    about = {c for table in metadata.sorted_tables for c in table.columns if c.name in ("person", "reporter", "actor")}
    assert about == {column for _, column in OWN.values()} - {people.c.id}, "add it to personal_rows.py"
    acted = {c for table in metadata.sorted_tables for c in table.columns if c.name == "by" or c.name.endswith("_by")}
    assert acted <= set(answered_for()), "give it a foreign key to people, or add it to NAMED in personal_rows.py"
    assert set(CATEGORIES) == set(OWN)


async def test_after_an_erasure_the_file_does_not_hold_the_person(tmp_path: Path) -> None:
    path = tmp_path / "town.sqlite3"
    with opened(path) as transactions:
        await furnish(transactions)
        taken = await report(transactions, "r-1", "Dua orang, motor hitam")
        await transactions.run(lambda uow: uow.incidents.set_status(taken.incident, IncidentStatus.CLOSED))
        for item in await transactions.read(lambda uow: uow.outbox.of_incidents([taken.incident])):
            await transactions.run(lambda uow, item=item: uow.outbox.finished(item.id, item.state))

    def run(*words: str) -> "subprocess.CompletedProcess[str]":
        environment = os.environ | {"KENTONGAN_DATABASE_URL": f"sqlite:///{path}"}
        command = [sys.executable, "-m", "kentongan_server", "privacy", *words]
        return subprocess.run(command, env=environment, capture_output=True, text=True)

    assert run("export", SARI.id, str(tmp_path / "sari.zip")).returncode == 0
    with zipfile.ZipFile(tmp_path / "sari.zip") as file:
        assert json.loads(file.read("data.json"))["data"]["reports"][0]["text"] == "Dua orang, motor hitam"
        page = file.read("data.html").decode()
    assert 'lang="id"' in page
    assert "hash" not in page
    assert run("breach", "--category", "reports").stdout.splitlines() == ["person,reports", f"{SARI.id},yes"]
    assert run("breach", "--category", "nonsense").returncode == 2
    erased = run("erase", SARI.id, "--by", "admin", "--yes")
    assert (erased.returncode, erased.stderr) == (0, "")
    for table in metadata.sorted_tables:
        held = repr(rows(path, f"SELECT * FROM {table.name}"))  # noqa: S608
        assert f"'{SARI.id}'" not in held, table.name
        assert f'"{SARI.id}"' not in held, table.name
        assert "motor hitam" not in held, table.name
    assert run("export", SARI.id, str(tmp_path / "again.zip")).returncode == 2
    assert run("retain").stdout == "Nothing is older than it may be.\n"
