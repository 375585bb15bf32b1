"""Prints docs/lifecycle.md from the transition tables; `--check` fails when the file differs.

Run: python server/print_lifecycle.py > docs/lifecycle.md
"""

import sys
from collections.abc import Mapping
from pathlib import Path

from kentongan_server.domain.guards import GUARDS
from kentongan_server.domain.lifecycle import ALARM, CITY_ALARM, COMMAND, DRILL, INCIDENT, NOTIFICATION

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "lifecycle.md"
TABLES: tuple[tuple[str, str, Mapping[str, Mapping[str, str]]], ...] = (
    ("Incident", "How far the event in the world has come.", INCIDENT),
    ("Alarm", "The decision to make noise.", ALARM),
    (
        "AlarmCommand",
        "One kentongan, one instruction, one end. *sent* means the broker took it, nothing more.",
        COMMAND,
    ),
    ("CityAlarm", "One person proposes, another confirms, and for some seconds either may still stop it.", CITY_ALARM),
    ("Drill", "A rehearsal, CAP's Exercise.", DRILL),
    (
        "Notification",
        "One word to one person. *sent* means the channel took it; an arrival may be heard of before it, and after a failure.",
        NOTIFICATION,
    ),
)


GUARDED = "Besides the state, an event needs the right person and time (`server/kentongan_server/domain/guards.py`):"


def guards() -> str:
    """Who may move an incident, as a table."""
    rows = ["| event | who | within | and |", "|---|---|---|---|"]
    for event, guard in GUARDS.items():
        who = [f"`{role}`" for role in guard.roles] + (["who reported it"] if guard.reporter else [])
        within = f"{guard.within} of {guard.since}" if guard.within else ""
        rows.append(f"| {event} | {' '.join(who) or 'nobody by hand'} | {within} | {guard.also} |")
    return "\n".join(rows)


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
        if table is INCIDENT:
            parts += [GUARDED, guards()]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        if not DOCUMENT.exists() or DOCUMENT.read_text() != document():
            sys.exit(
                "docs/lifecycle.md is not what the tables say. Type: python server/print_lifecycle.py > docs/lifecycle.md"
            )
    else:
        sys.stdout.write(document())
