"""Who may log in to the broker: the server and a second one beside it, every node that has its own connection, and for whom a gateway speaks.

A serial node has no login of its own; its gateway relays it and may speak for it, and for no other. A home may read the
states of its RT's kentongan, and nothing else at all.
"""

import json
import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kentongan_broker.errors import BrokerError
from kentongan_broker.private_file import write_private
from kentongan_contract import topics

SERVER = "server"
SECOND_SERVER = "server-2"
SERVERS = (SERVER, SECOND_SERVER)
PROBE = "probe"
RESERVED = (*SERVERS, PROBE)
HOME = "home-"


def new_password() -> str:
    """A password of 192 random bits: no list of guesses reaches it, so its hash need not be slow."""
    return secrets.token_urlsafe(24)


@dataclass(frozen=True)
class Enrolment:
    """Names and passwords; `relays` is gateway → its serial nodes, `homes` home → password, `readable` home → nodes.

    BrokerError for a name that could mislead a rule.
    """

    nodes: Mapping[str, str]
    relays: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    server_password: str = field(default_factory=new_password)
    second_server_password: str = field(default_factory=new_password)
    homes: Mapping[str, str] = field(default_factory=dict)
    readable: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        relayed: dict[str, str] = {}
        for gateway, serial_nodes in self.relays.items():
            if gateway not in self.nodes:
                raise BrokerError(f"The gateway {gateway} is not enrolled as a node.")
            for node in serial_nodes:
                if node in self.nodes:
                    raise BrokerError(f"{node} hangs on {gateway} and cannot have a login of its own.")
                if relayed.setdefault(node, gateway) != gateway:
                    raise BrokerError(f"{node} hangs on both {relayed[node]} and {gateway}.")
        for node in (*self.nodes, *relayed):
            if not topics.is_node_name(node) or node in RESERVED or node.startswith(HOME):
                raise BrokerError(f"{node!r} cannot be the name of a node.")
        self._assert_homes()

    def _assert_homes(self) -> None:
        for home in (*self.homes, *self.readable):
            if not topics.is_node_name(home) or not home.startswith(HOME):
                raise BrokerError(f"{home!r} cannot be the name of a home; let it begin with {HOME}.")

    @property
    def users(self) -> dict[str, str]:
        """Every login: name → password."""
        servers = {SERVER: self.server_password, SECOND_SERVER: self.second_server_password}
        return {**servers, **self.nodes, **self.homes}


def enrol(city: Mapping[str, Any], logins: Path | None = None) -> Enrolment:
    """Enrol everybody in a city description (the parsed city file), each with a password of their own.

    With `logins`, passwords are taken from that file and new ones added to it, readable by its owner alone.
    """
    names = Counter[str]()
    relays: dict[str, tuple[str, ...]] = {}
    for region in city["regions"]:
        names.update(node["id"] for node in region["nodes"])
        gateway = region.get("gateway")
        if gateway:
            relays[gateway["id"]] = tuple(gateway["serial_nodes"])
    readable: dict[str, tuple[str, ...]] = {}
    for region in city["regions"]:
        for home in region.get("homes", ()):
            seen = tuple(node["id"] for node in region["nodes"])
            readable[home] = (*readable.get(home, ()), *seen)
    repeated = [name for name, count in names.items() if count > 1]
    if repeated:
        raise BrokerError(f"The city names a node twice: {', '.join(repeated)}.")
    known = _read(logins) if logins is not None else {}
    serial_nodes = {node for nodes in relays.values() for node in nodes}
    enrolment = Enrolment(
        nodes={name: known.get(name) or new_password() for name in names if name not in serial_nodes},
        relays=relays,
        server_password=known.get(SERVER) or new_password(),
        second_server_password=known.get(SECOND_SERVER) or new_password(),
        homes={home: known.get(home) or new_password() for home in readable},
        readable=readable,
    )
    if logins is not None and known != enrolment.users:
        write_private(logins, json.dumps(enrolment.users, indent=1) + "\n")
    return enrolment


def _read(logins: Path) -> dict[str, str]:
    try:
        found = json.loads(logins.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as problem:
        raise BrokerError(f"The logins in {logins} cannot be read: {problem}") from problem
    if type(found) is not dict or not all(type(password) is str for password in found.values()):
        raise BrokerError(f"{logins} is not a file of logins.")
    return found
