"""The README names every setting, and none that is not there."""

import re
from pathlib import Path

from kentongan_gateway.settings import Settings

README = Path(__file__).resolve().parents[3] / "gateway" / "README.md"


def test_the_settings_table_is_whole():
    table = [line for line in README.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    named = [name for line in table for name in re.findall(r"`([A-Z_]+)`", line.split("|")[1])]
    assert sorted(named) == sorted(name.upper() for name in Settings.model_fields)
