"""Prints the settings and the metrics into docs/operate/; `--check` says whether they are fresh."""

import sys
from pathlib import Path
from typing import Any

from prometheus_client import Counter
from pydantic import SecretStr

from kentongan_server.inbound.metrics import Metrics
from kentongan_server.settings import Settings

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "operate"
BEGIN, END = "<!-- printed: begin -->\n", "<!-- printed: end -->\n"


def settings() -> str:
    """Every setting, as the server reads it."""
    rows = ["| setting | if not set | |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        rows.append(f"| `KENTONGAN_{name.upper()}` | {_default(field.default)} | {field.description} |")
    return "\n".join(rows) + "\n"


def _default(value: Any) -> str:
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    return "-" if value in (None, "", ()) else f"`{value}`"


def metrics() -> str:
    """Every figure of `/metrics`, as Prometheus names it."""
    rows = ["| metric | labels | |", "|---|---|---|"]
    found = Metrics()
    for metric in vars(found).values():
        if hasattr(metric, "describe"):
            (told,) = metric.describe()
            name = f"{told.name}_total" if isinstance(metric, Counter) else told.name
            labels = ", ".join(metric._labelnames) or "-"  # noqa: SLF001  # the library has no other way to ask
            rows.append(f"| `{name}` | {labels} | {told.documentation} |")
    return "\n".join(rows) + "\n"


def main(arguments: list[str]) -> int:
    """Print, or check."""
    stale = 0
    for page, printed in (("settings.md", settings()), ("monitoring.md", metrics())):
        path = FOLDER / page
        text = path.read_text(encoding="utf-8")
        before, _, rest = text.partition(BEGIN)
        fresh = before + BEGIN + printed + END + rest.partition(END)[2]
        if "--check" in arguments:
            stale += fresh != text
        else:
            path.write_text(fresh, encoding="utf-8")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
