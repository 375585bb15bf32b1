"""Prints docs/contract.md from the package, so that the page cannot say what the code does not."""

import inspect
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from kentongan_contract import checks, codec, frames, freshness, messages, peers, seal, topics, updates

EXAMPLES = Path(codec.__file__).parent / "examples"
SPEAKERS = {"up": "the node, or its gateway for it", "down": "the server"}


def main() -> None:
    """Write the page to standard output."""
    parts = [head(), *map(message, [*messages.MESSAGES.values(), *updates.UPDATES.values()]), closing()]
    sys.stdout.write("\n".join(parts))


def head() -> str:
    """The topics and the seal."""
    rows = [row("up", kind) for kind in topics.UP_KINDS] + [row("down", kind) for kind in topics.DOWN_KINDS]
    return f"""# The contract

Printed by `python contract/print_contract.py > docs/contract.md`; change the package, not this page.
How it may be changed: [contract/README.md](../contract/README.md). This is minor version {messages.MINOR}.

## Topics

MQTT 3.1.1, QoS 1. `{{node}}` is 1 to {topics.NODE_LENGTH} lower-case letters, digits and hyphens; it is also the node's
user name and client id. A node subscribes to `{topics.every_down("node").replace("node", "{node}")}` and nothing else.

| topic | said by | retained |
|---|---|---|
{chr(10).join(rows)}

## On the wire

A payload is `<{seal.TAG_HEX} hex digits> <JSON>`: the HMAC-SHA256, made with the node's own key, of the purpose (the
message's kind), the node's name and the JSON exactly as it travels. The JSON is one object of at most {codec.LONGEST}
bytes of UTF-8. Unknown fields are ignored; a missing, mistyped or unbounded one has the message refused.

Purposes a seal can have: {", ".join(f"`{purpose}`" for purpose in seal.PURPOSES)}.
Vectors: [`sealed.json`]({link("vectors/sealed.json")}), [`node_key.json`]({link("vectors/node_key.json")}).
"""


def law(check: checks.Check) -> str:
    """What a check takes, in words."""
    text = check.law
    while "{" in text:
        said = vars(check)
        if "words" in said:
            said = {"words": " · ".join(f"`{word}`" for word in said["words"])}
        check, text = said.get("outcome") or said.get("word") or check, text.format(**said)
    return text


def row(direction: str, kind: str) -> str:
    """One topic's line in the table."""
    retained = "yes; also the last will" if kind in topics.RETAINED else "**never**"
    return f"| `{topics.ROOT}/{{node}}/{direction}/{kind}` | {SPEAKERS[direction]} | {retained} |"


def message(kind: type[messages.Message]) -> str:
    """One message: what it means, its fields, its example."""
    example = (EXAMPLES / f"{kind.KIND}.json").read_text(encoding="utf-8")
    return f"""## {kind.__name__}

{inspect.getdoc(kind)}

{fields(kind)}

```json
{example}```
"""


def fields(kind: type[messages.Message]) -> str:
    """What each field holds, as a table."""
    rows = [
        f"| `{name}` | {law(messages.CHECKS[check])}{', or null' if may_be_null else ''} |"
        for name, check, may_be_null in kind.FIELDS
    ]
    return "\n".join(["| field | holds |", "|---|---|", *rows])


def closing() -> str:
    """Freshness, the serial line and the peer alarm, in the words of their own files."""
    return f"""## Freshness

{inspect.getdoc(freshness)}

## The serial line

{inspect.getdoc(frames)}

Vector: [`frame.json`]({link("vectors/frame.json")}).

## Between neighbours

{inspect.getdoc(peers)}

{fields(peers.PeerWord)}

Vector: [`peer.json`]({link("vectors/peer.json")}).
"""


def link(example: str) -> str:
    """An example's address, seen from docs/."""
    return f"../contract/kentongan_contract/examples/{example}"


if __name__ == "__main__":
    main()
