"""Where people live and what hangs there: regions and their kentongan."""

from dataclasses import dataclass
from enum import StrEnum


class Presence(StrEnum):
    """Whether a node is heard of; `unknown` until its first word."""

    ONLINE = "online"
    OFFLINE = "offline"
    UNKNOWN = "unknown"


class NodeRole(StrEnum):
    """A kentongan of its own, or the gateway's."""

    KENTONGAN = "kentongan"
    GATEWAY = "gateway"


@dataclass(frozen=True, slots=True)
class Region:
    """An RT: official code to the kelurahan, then RW and RT; degrees WGS 84."""

    code: str
    name: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Node:
    """A device with firmware, as last heard. (boot, session, seq) orders its words."""

    id: str
    region: str
    role: NodeRole
    presence: Presence
    siren: str
    boot: int
    session: int
    seq: int
    nonce: str | None
    report: str | None
    stage: str | None
