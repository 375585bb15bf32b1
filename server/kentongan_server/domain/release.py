"""A new program for the kentongan: to a few of them first, then to one RT, then to all; halted by the first that does badly.

    receiving ──► few ──► rt ──► all ──► done          halted from each of few, rt, all, for good

A node that refuses it or rolls it back halts it everywhere. So does the time, in the two small rings: a ring whose nodes
do not all say within a day that they run it is a ring that does badly. In the last ring a node that is away is no fault; it is
offered the release when it comes back. What may be signed is not decided here: each node checks the signature itself.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from kentongan_server.domain.errors import ConflictError
from kentongan_server.domain.place import Node, NodeRole, Presence

FEW = 3
PATIENCE = timedelta(days=1)
FAILED = frozenset({"rolled_back", "refused"})


class Ring(StrEnum):
    """How far it has come, or how it ended."""

    RECEIVING = "receiving"
    FEW = "few"
    RT = "rt"
    ALL = "all"
    DONE = "done"
    HALTED = "halted"


OPEN = frozenset({Ring.RECEIVING, Ring.FEW, Ring.RT, Ring.ALL})
GIVEN = frozenset({Ring.FEW, Ring.RT, Ring.ALL, Ring.DONE})
_NEXT = {Ring.FEW: Ring.RT, Ring.RT: Ring.ALL, Ring.ALL: Ring.DONE}


@dataclass(frozen=True, slots=True)
class Release:
    """`region` is the RT of the second ring; `size` the manifest's bytes; `reason` why it was halted."""

    sequence: int
    version: str
    region: str
    size: int
    ring: Ring
    ring_at: datetime
    started_by: str
    started_at: datetime
    reason: str | None = None

    def moved(self, ring: Ring, now: datetime, reason: str | None = None) -> "Release":
        """The same in another ring."""
        return replace(self, ring=ring, ring_at=now, reason=reason)

    def halted(self, now: datetime, reason: str) -> "Release":
        """No node is offered it any more; those that run it go on running it."""
        if self.ring not in OPEN:
            raise ConflictError(f"Release {self.sequence} is {self.ring} already; only one under way can be halted.")
        return self.moved(Ring.HALTED, now, reason)

    def members(self, nodes: Collection[Node]) -> list[Node]:
        """The nodes of the ring: those at hand, with their own program room; a gateway's kentongan has none."""
        able = [
            n for n in nodes if n.role is NodeRole.KENTONGAN and n.presence is Presence.ONLINE and not n.out_of_service
        ]
        if self.ring is Ring.FEW:
            begun = [node for node in able if node.offered == self.sequence]
            rest = [node for node in able if node.offered != self.sequence]
            return (begun + rest)[:FEW] if len(begun) < FEW else begun
        if self.ring is Ring.RT:
            return [node for node in able if node.region == self.region]
        return able if self.ring in (Ring.ALL, Ring.DONE) else []

    def judged(self, nodes: Collection[Node], now: datetime) -> "Release":
        """Halted, moved on, or the same, by what every node says."""
        if self.ring not in _NEXT:
            return self
        bad = [node.id for node in nodes if node.offered == self.sequence and node.updating in FAILED]
        if bad:
            return self.halted(now, f"{bad[0]} did not keep it.")
        members = self.members(nodes)
        late = [node.id for node in members if node.release < self.sequence]
        if members and not late:
            return self.moved(_NEXT[self.ring], now)
        if self.ring is not Ring.ALL and now - self.ring_at >= PATIENCE:
            who = late[0] if late else "No kentongan of the ring"
            return self.halted(now, f"{who} did not say within a day that it runs it.")
        return self

    def wants(self, nodes: Collection[Node]) -> list[Node]:
        """Who is to be offered it now."""
        return [n for n in self.members(nodes) if n.release < self.sequence and n.updating not in ("fetching", "trial")]
