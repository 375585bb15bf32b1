"""What the pages say must be so: links lead somewhere, commands exist, files named in the flow are there, prints are fresh."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PAGES = sorted(
    page
    for page in [*ROOT.glob("*.md"), *ROOT.glob("*/*.md"), *ROOT.glob("docs/**/*.md")]
    if not any(part.startswith(".") for part in page.relative_to(ROOT).parts)
)
ROOMS = (
    "contract/kentongan_contract",
    "firmware/kentongan_node",
    "gateway/kentongan_gateway",
    "server/kentongan_server",
)


def _name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_link_leads_somewhere(page: Path):
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text()):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{target} in {_name(page)}"


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_command_is_one(page: Path):
    known = subprocess.run(
        [sys.executable, str(ROOT / "kentongan"), "help"], capture_output=True, text=True, check=True
    ).stdout
    commands = set(re.findall(r"\./kentongan ([a-z-]+)", known))
    named = set(re.findall(r"^(?:\$ )?\./kentongan ([a-z-]+)", page.read_text(), re.MULTILINE))
    assert named <= commands


def test_every_file_named_in_the_flow_is_there():
    text = (ROOT / "docs" / "flow.md").read_text().replace("\n", " ")
    named = [name for bracket in re.findall(r"\[`([^\]]+)`\]", text) for name in re.split(r"`,\s+`", bracket)]
    assert named
    for name in named:
        rooms = [ROOT / room for room in ROOMS]
        assert (ROOT / name).exists() or any(any(room.rglob(name)) for room in rooms), name


def test_the_states_are_printed_from_the_tables():
    subprocess.run([sys.executable, str(ROOT / "server" / "print_lifecycle.py"), "--check"], check=True)


def test_every_decision_is_in_the_index():
    index = (ROOT / "docs" / "decisions" / "README.md").read_text()
    for decision in (ROOT / "docs" / "decisions").glob("0*.md"):
        assert decision.name in index


def test_every_setting_says_what_it_is_for():
    from kentongan_server.settings import Settings

    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_what_is_kept_how_long_is_printed_from_the_rules():
    subprocess.run([sys.executable, str(ROOT / "server" / "print_retention.py"), "--check"], check=True)


def test_settings_and_metrics_are_printed_from_the_code():
    subprocess.run([sys.executable, str(ROOT / "server" / "print_operate.py"), "--check"], check=True)


def test_every_alert_asks_for_a_metric_that_is_there():
    named = set(re.findall(r"\b(kentongan_\w+)", (ROOT / "docs" / "operate" / "alerts.yml").read_text()))
    told = (ROOT / "docs" / "operate" / "monitoring.md").read_text()
    assert {name for name in named if f"`{name.removesuffix('_bucket')}`" not in told} == set()
