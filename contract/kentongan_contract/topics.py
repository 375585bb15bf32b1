"""Every MQTT topic, built and parsed here and nowhere else.

`kentongan/v1/{node}/up/{kind}` is what a node says, `.../down/{kind}` what it is told. The region is not in the
topic: an RT that splits must not re-flash its nodes. `v1` changes only when the contract breaks.
"""

from .errors import TopicError

ROOT = "kentongan/v1"
UP_KINDS = ("report", "state", "fetch")
DOWN_KINDS = ("command", "receipt", "codebook", "time", "offer", "piece")
RETAINED = ("state",)
NODE_LENGTH = 32

EVERY_UP = ROOT + "/+/up/+"
EVERY_STATE = ROOT + "/+/up/state"

_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-"


def is_node_name(name: object) -> bool:
    """True for 1 to 32 lower-case letters, digits and hyphens: names that no broker can misread as a wildcard."""
    if type(name) is not str or not 0 < len(name) <= NODE_LENGTH:
        return False
    return all(letter in _LETTERS for letter in name)


def up(node: str, kind: str) -> str:
    """The topic on which `node` says `kind`."""
    return _topic(node, "up", kind, UP_KINDS)


def down(node: str, kind: str) -> str:
    """The topic on which `node` is told `kind`."""
    return _topic(node, "down", kind, DOWN_KINDS)


def every_down(node: str) -> str:
    """The one subscription of a node: its own commands and receipts, and nobody else's."""
    if not is_node_name(node):
        raise TopicError("not a node name")
    return ROOT + "/" + node + "/down/#"


def parse(topic: str) -> tuple[str, str, str]:
    """(node, direction, kind) of a topic; TopicError for anything that is not ours."""
    parts = topic.split("/")
    if len(parts) != 5 or parts[0] + "/" + parts[1] != ROOT:
        raise TopicError("not a kentongan topic")
    node, direction, kind = parts[2], parts[3], parts[4]
    kinds = UP_KINDS if direction == "up" else DOWN_KINDS if direction == "down" else ()
    if not is_node_name(node) or kind not in kinds:
        raise TopicError("not a kentongan topic")
    return node, direction, kind


def _topic(node: str, direction: str, kind: str, kinds: tuple[str, ...]) -> str:
    if not is_node_name(node):
        raise TopicError("not a node name")
    if kind not in kinds:
        raise TopicError("no such message kind")
    return ROOT + "/" + node + "/" + direction + "/" + kind
