"""Prints docs/lifecycle.md from the transition tables; `--check` fails when the file differs.

Run: python server/print_lifecycle.py > docs/lifecycle.md
"""

import sys
from collections.abc import Mapping
from pathlib import Path

from kentongan_server.domain.lifecycle import ALARM, COMMAND, INCIDENT

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "lifecycle.md"
TABLES: tuple[tuple[str, str, Mapping[str, Mapping[str, str]]], ...] = (
    ("Incident", "How far the event in the world has come.", INCIDENT),
    ("Alarm", "The decision to make noise.", ALARM),
    (
        "AlarmCommand",
        "One kentongan, one instruction, one end. *sent* means the broker took it, nothing more.",
        COMMAND,
    ),
)


def document() -> str:
    """The whole page."""
    parts = [
        "# States, and what may follow them",
        "Printed from `server/kentongan_server/domain/lifecycle.py` by `server/print_lifecycle.py`; do not edit by hand.",
        "An event without an arrow is illegal: it raises and changes nothing.",
    ]
    for name, meaning, table in TABLES:
        arrows = [
            f"    {state} --> {following}: {event}"
            for state, events in table.items()
            for event, following in events.items()
        ]
        first = next(iter(table))
        ends = [f"    {state} --> [*]" for state, events in table.items() if not events]
        diagram = "\n".join(["```mermaid", "stateDiagram-v2", f"    [*] --> {first}", *arrows, *ends, "```"])
        parts += [f"## {name}", meaning, diagram]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        if not DOCUMENT.exists() or DOCUMENT.read_text() != document():
            sys.exit(
                "docs/lifecycle.md is not what the tables say. Type: python server/print_lifecycle.py > docs/lifecycle.md"
            )
    else:
        sys.stdout.write(document())
