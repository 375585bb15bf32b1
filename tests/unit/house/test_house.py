"""The rules of the house bite: for each there is a planted offence that must be seen, and none in what we keep."""

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).resolve().parents[3]
ROOMS = ("contract", "firmware", "gateway", "broker_config", "server", "command_centre", "demo")
LONGEST_FILE = 400
NAMELESS = {"utils", "util", "helpers", "helper", "common", "services", "misc", "tools"}
CODE = {".py", ".js", ".css", ".html", ".sh"}

# contract of .importlinter → the files that break it
PLANTED = {
    "The server's floors, top to bottom": {
        "server/kentongan_server/utils.py": "",
        "server/kentongan_server/domain/planted_up.py": "import kentongan_server.use_cases.reporting.take_report",
        "server/kentongan_server/inbound/http/planted_across.py": "import kentongan_server.outbound.database.engine",
    },
    "The programs know each other only through the contract": {
        "gateway/kentongan_gateway/planted_server.py": "import kentongan_server.domain.place",
        "server/kentongan_server/domain/planted_node.py": "import kentongan_node.lifecycle",
    },
    "A stage never imports another stage; they meet in domain.events": {
        "server/kentongan_server/use_cases/reporting/planted_stage.py": (
            "from kentongan_server.use_cases.alarming import raise_alarm"
        ),
    },
    "An outbound neighbour never imports another": {
        "server/kentongan_server/outbound/notify/planted_neighbour.py": (
            "from kentongan_server.outbound.mqtt.signer import Signer"
        ),
    },
    "Domain, ports and use cases know no framework, clock, chance, socket or wire": {
        "server/kentongan_server/domain/planted_time.py": "import time",
        "server/kentongan_server/ports/planted_sql.py": "from sqlalchemy import select",
        "server/kentongan_server/use_cases/reporting/planted_wire.py": "from kentongan_contract import topics",
    },
    "The contract imports json, hashlib, binascii and itself": {
        "contract/kentongan_contract/planted_types.py": "from typing import Any",
    },
    "In the server only the MQTT rooms know the contract": {
        "server/kentongan_server/inbound/http/planted_topics.py": "from kentongan_contract import topics",
    },
    "Only the composition root reads the server's settings": {
        "server/kentongan_server/inbound/http/planted_settings.py": "from kentongan_server.settings import Settings",
    },
    "Only board.py and the links touch the hardware's modules": {
        "firmware/kentongan_node/planted_pin.py": "import machine",
    },
    "One file for each device library": {"gateway/kentongan_gateway/planted_port.py": "import serial"},
    "Only siren.py knows gpiozero": {"gateway/kentongan_gateway/planted_led.py": "import gpiozero"},
    "Only the links to the broker know paho": {
        "server/kentongan_server/inbound/mqtt/planted_client.py": "import paho.mqtt.client",
    },
    "No room needs itself": {
        "broker_config/kentongan_broker/planted_hen.py": "from kentongan_broker import planted_egg",
        "broker_config/kentongan_broker/planted_egg.py": "from kentongan_broker import planted_hen",
    },
}


def lint(house: Path) -> str:
    """What the layer rules say of this copy of the house."""
    rooms = [str(house / room) for room in ROOMS]
    command = [
        str(Path(sys.executable).parent / "lint-imports"),
        "--no-cache",
        "--config",
        str(house / ".importlinter"),
    ]
    said = subprocess.run(
        command, cwd=house, env={"PYTHONPATH": ":".join(rooms), "COLUMNS": "500"}, capture_output=True, text=True
    )
    assert (said.returncode == 0) == (" 0 broken" in said.stdout), said.stdout + said.stderr
    return said.stdout


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rooms and their rules, somewhere else."""
    house = tmp_path_factory.mktemp("house")
    shutil.copy(ROOT / ".importlinter", house)
    for room in ROOMS:
        shutil.copytree(ROOT / room, house / room, ignore=shutil.ignore_patterns("__pycache__", "static"))
    return house


@pytest.fixture(scope="module")
def said_of_the_planted(copy: Path) -> str:
    """The verdict on the house with every offence in it at once."""
    assert " 0 broken" in lint(copy), "the house itself is in order"
    for files in PLANTED.values():
        for name, text in files.items():
            (copy / name).write_text(text + "\n")
    return lint(copy)


def test_every_rule_has_a_planted_offence() -> None:
    rules = re.findall(r"^name = (.+)$", (ROOT / ".importlinter").read_text(), re.MULTILINE)
    assert sorted(rules) == sorted(PLANTED)


@pytest.mark.parametrize("rule", PLANTED)
def test_a_planted_import_is_seen(said_of_the_planted: str, rule: str) -> None:
    assert f"{rule} BROKEN" in said_of_the_planted
    _, _, details = said_of_the_planted.partition("Broken contracts")
    section = re.split(r"\n.+\n-{8,}\n", details.partition(f"{rule}\n{'-' * len(rule)}\n")[2])[0]
    for name in PLANTED[rule]:
        assert re.search(rf"\b{Path(name).stem}\b", section), f"{name} was not seen:\n{section}"


# what imports cannot show


def tracked() -> list[Path]:
    """Every file that we keep, as git knows it."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [ROOT / name for name in listed.decode().split("\0") if name and (ROOT / name).is_file()]


def texts() -> Iterator[tuple[Path, str]]:
    for path in tracked():
        try:
            yield path.relative_to(ROOT), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def too_long(path: Path, text: str) -> bool:
    return path.suffix in CODE and len(text.splitlines()) > LONGEST_FILE


def is_nameless(path: Path) -> bool:
    return path.suffix in CODE and path.stem.lower() in NAMELESS


def says_a_topic(path: Path, text: str) -> bool:
    """The contract alone builds topics; the broker's rules repeat them, and the bench's peers are no part of the house."""
    written_elsewhere = path.parts[0] in ("contract", "tests", "docs") or path.parts[:2] == ("bench", "peers")
    is_rule = path.parts[0] == "broker_config" and path.name in ("acl", "README.md")
    return not written_elsewhere and not is_rule and re.search(r"kentongan/v\d", text) is not None


def dodges(tree: ast.AST) -> list[str]:
    """Every way in which a test may look away: skipping, expecting to fail, mocking, patching by a dotted path, sleeping."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in ("skip", "skipif", "xfail", "importorskip"):
            found.append(node.attr)
        elif isinstance(node, ast.ImportFrom | ast.Import):
            names = [getattr(node, "module", None) or "", *(alias.name for alias in node.names)]
            found += [name for name in names if name in ("unittest.mock", "mock", "skip", "xfail", "importorskip")]
            if "unittest" in names and "mock" in names:
                found.append("unittest.mock")
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            first = node.args[0] if node.args else None
            by_name = isinstance(first, ast.Constant) and isinstance(first.value, str)
            if node.func.attr in ("setattr", "delattr") and by_name and "." in first.value:
                found.append(f"patches {first.value}")
    return found


HOMES = {"www.w3.org", "www.apache.org"}  # names of namespaces and of a licence, not places to fetch from
NOWHERE = ("localhost", "127.0.0.1", "0.0.0.0", ".invalid", ".test", ".example", "example.com", "[::1]")


def foreign_hosts(text: str) -> set[str]:
    """Hosts of the world outside that a text names: what is needed comes from where the machine itself looks."""
    found = set()
    for address in re.findall(r"\b(?:https?|ftp|git|ssh)://[^\s\"'`<>)\]}\\]+", text):
        host = urlsplit(address.partition("{")[0].partition("$")[0]).netloc.rpartition("@")[2].partition(":")[0]
        if "." in host and host not in HOMES and not host.endswith(NOWHERE):
            found.add(host)
    return found


def machine_paths(text: str) -> list[str]:
    """Paths that exist on one machine only."""
    return re.findall(r"(?<![\w.])/(?:work|home|Users)/\w+", text)


def test_no_file_is_two_rooms() -> None:
    assert too_long(Path("a.py"), "x\n" * (LONGEST_FILE + 1))
    assert [str(path) for path, text in texts() if too_long(path, text)] == []


def test_every_file_has_a_name_of_its_own() -> None:
    assert is_nameless(Path("server/utils.py"))
    assert [str(path) for path, _ in texts() if is_nameless(path)] == []


def test_topics_are_built_in_the_contract_alone() -> None:
    assert says_a_topic(Path("server/planted.py"), 'publish("kentongan/v1/ktg-1/down/command")')
    assert [str(path) for path, text in texts() if says_a_topic(path, text)] == []


@pytest.mark.parametrize(
    "planted",
    [
        "import pytest\npytest.skip('later')",
        "@pytest.mark.xfail\ndef test(): ...",
        "@pytest.mark.skipif(True, reason='')\ndef test(): ...",
        "pytest.importorskip('paho')",
        "from unittest import mock",
        "from unittest.mock import Mock",
        "import unittest.mock",
        "monkeypatch.setattr('kentongan_server.main.run', None)",
    ],
)
def test_a_test_that_looks_away_is_seen(planted: str) -> None:
    assert dodges(ast.parse(planted))


def test_no_test_looks_away() -> None:
    found = {
        str(path): seen
        for path, text in texts()
        if path.parts[0] == "tests" and path.suffix == ".py" and (seen := dodges(ast.parse(text)))
    }
    assert found == {}


def test_nothing_is_fetched_from_a_place_that_we_name() -> None:
    assert foreign_hosts("see https:" + "//user@files.registry.org:443/simple/x") == {"files.registry.org"}
    found = {str(path): hosts for path, text in texts() if (hosts := foreign_hosts(text))}
    assert found == {}


def test_nothing_stands_where_only_one_machine_has_it() -> None:
    assert machine_paths("open('/home/somebody/city.json')")
    found = {str(path): seen for path, text in texts() if path != _HERE and (seen := machine_paths(text))}
    assert found == {}


_HERE = Path(__file__).resolve().relative_to(ROOT)
