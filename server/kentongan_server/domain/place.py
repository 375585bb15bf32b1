"""Where people live and what hangs there: regions and their kentongan."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from kentongan_server.domain.region_code import Level, level_of


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
    """A part of the city, of the level its code says; degrees WGS 84. `valid_until` is the first day without it.

    A region is never deleted: what happened in it stays. Those that took its place are its successors.
    """

    code: str
    name: str
    latitude: float
    longitude: float
    valid_from: date | None = None
    valid_until: date | None = None
    households: int | None = None

    @property
    def level(self) -> Level:
        """How high it stands in the tree; only an RT has kentongan."""
        return level_of(self.code)

    @property
    def has_ended(self) -> bool:
        """True when it was split or merged away."""
        return self.valid_until is not None


class Stationed(NamedTuple):
    """Where a node stands, and why it does not serve: all that calling it asks of it."""

    id: str
    region: str
    out_of_service: str | None


@dataclass(frozen=True, slots=True)
class Node:
    """A device with firmware, as last heard. (boot, session, seq) orders its words; `site` is where it hangs, `troubles`
    are the faults that stand, in the node's own words; `out_of_service` is why it is not to be commanded for now;
    `release` is the sequence of the program that it runs, `updating` what became of the one that was `offered`."""

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
    site: str | None = None
    troubles: tuple[str, ...] = ()
    out_of_service: str | None = None
    release: int = 0
    offered: int = 0
    updating: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """What a node says that is no report of an incident: its box was opened, or somebody tapped a PIN at it."""

    id: str
    node: str
    kind: str
    of: str | None


def unheard_node(name: str, region: str, role: NodeRole = NodeRole.KENTONGAN, site: str | None = None) -> Node:
    """A node that was just hung and has not said a word."""
    return Node(
        id=name,
        region=region,
        role=role,
        presence=Presence.UNKNOWN,
        siren="silent",
        boot=-1,
        session=-1,
        seq=-1,
        nonce=None,
        report=None,
        stage=None,
        site=site,
    )
