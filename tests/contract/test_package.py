"""What holds the package together: signatures fit the fields, nothing foreign is imported, the printed page is true."""

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kentongan_contract
from kentongan_contract import codec, messages, topics, updates
from kentongan_contract.errors import ContractError

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = Path(kentongan_contract.__file__).parent
EVERY = {**messages.MESSAGES, **updates.UPDATES}
ALLOWED_IMPORTS = {"json", "hashlib", "binascii"}


@pytest.mark.parametrize("message", EVERY.values(), ids=lambda message: message.KIND)
def test_a_constructor_takes_exactly_the_fields(message):
    parameters = list(inspect.signature(message).parameters)
    assert parameters == [messages.attribute(name) for name, _, _ in message.FIELDS]


def test_every_kind_has_a_topic():
    assert set(EVERY) == set(topics.UP_KINDS + topics.DOWN_KINDS)


@pytest.mark.parametrize("file", sorted(PACKAGE.glob("*.py")), ids=lambda file: file.name)
def test_nothing_is_imported_that_the_node_lacks(file):
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            assert {name.name for name in node.names} <= ALLOWED_IMPORTS
        if isinstance(node, ast.ImportFrom):
            assert node.level == 1 or node.module in ALLOWED_IMPORTS


def test_the_printed_page_is_true():
    printed = subprocess.run([sys.executable, ROOT / "contract" / "print_contract.py"], capture_output=True, check=True)
    page = ROOT / "docs" / "contract.md"
    assert page.read_bytes() == printed.stdout, "renew it: python contract/print_contract.py > docs/contract.md"


@given(st.sampled_from(sorted(EVERY)), st.binary(max_size=200))
def test_no_bytes_break_the_reader(kind, data):
    with pytest.raises(ContractError):
        codec.decode(kind, data)


@given(st.text(max_size=80))
def test_no_text_breaks_the_topics(text):
    try:
        node, direction, kind = topics.parse(text)
    except ContractError:
        return
    assert text == f"{topics.ROOT}/{node}/{direction}/{kind}"
