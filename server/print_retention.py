"""Prints the retention table into docs/security/privacy.md; `--check` says whether it is fresh."""

import sys
from pathlib import Path

from kentongan_server.domain.retention import KEPT, RULES

PAGE = Path(__file__).resolve().parent.parent / "docs" / "security" / "privacy.md"
BEGIN, END = "<!-- printed: begin -->\n", "<!-- printed: end -->\n"


def printed() -> str:
    """The tables."""
    rows = ["| data | kept for | then | why it is kept |", "|---|---|---|---|"]
    rows += [f"| {rule.data} | {rule.keep.days} days | {rule.then} | {rule.why} |" for rule in RULES]
    rows += ["", "An erasure leaves:", "", *(f"- {what}: {why}" for what, why, _ in KEPT)]
    return "\n".join(rows) + "\n"


def main(arguments: list[str]) -> int:
    """Print, or check."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    fresh = before + BEGIN + printed() + END + rest.partition(END)[2]
    if "--check" in arguments:
        return 0 if fresh == text else 1
    PAGE.write_text(fresh, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
