"""The RecordBook over the FakeTimeline, a seal without cryptography, and a sink in memory."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace

from tests.fakes.timeline import FakeTimeline

from kentongan_server.domain.record import GENESIS, Checkpoint, Head, Link


class FakeRecord:
    """The chain is the timeline's own."""

    def __init__(self, timeline: FakeTimeline) -> None:
        self._timeline = timeline
        self.signed: list[Checkpoint] = []
        self.beginnings: list[Head] = [Head(0, GENESIS)]

    def head(self) -> Head | None:
        """See the port, as with everything below."""
        links = self._timeline.links
        return Head(links[-1].seq, links[-1].hash) if links else None

    def beginning(self) -> Head:
        return self.beginnings[-1]

    def links(self, after: int, limit: int) -> list[Link]:
        return [link for link in self._timeline.links if link.seq > after][:limit]

    def links_of_incident(self, incident_id: str) -> list[Link]:
        return [link for link in self._timeline.links if link.incident == incident_id]

    def links_of_actor(self, actor: str) -> list[Link]:
        return [link for link in self._timeline.links if link.actor == actor]

    def empty(self, kept: Mapping[int, tuple[str | None, str]]) -> None:
        self._timeline.links = [
            replace(link, actor=kept[link.seq][0], facts=kept[link.seq][1], salt=None) if link.seq in kept else link
            for link in self._timeline.links
        ]

    def prune(self, through: Head) -> None:
        self.beginnings = [*self.beginnings, through]
        self._timeline.links = self.links(through.seq, len(self._timeline.links))

    def checkpoints(self) -> list[Checkpoint]:
        return list(self.signed)

    def last_checkpoint(self) -> Checkpoint | None:
        return self.signed[-1] if self.signed else None

    def checkpoint_at_or_after(self, seq: int) -> Checkpoint | None:
        return next((checkpoint for checkpoint in self.signed if checkpoint.seq >= seq), None)

    def add_checkpoint(self, checkpoint: Checkpoint) -> None:
        self.signed = [*self.signed, checkpoint]


class FakeSeal:
    """Whoever knows `secret` can sign."""

    def __init__(self, secret: str = "known to us") -> None:  # noqa: S107
        self._secret = secret
        self.key = "fake-key"

    def sign(self, text: bytes) -> str:
        """See the port, as with everything below."""
        return hashlib.sha256(self._secret.encode() + text).hexdigest()

    def holds(self, key: str, text: bytes, signature: str) -> bool:
        return key == self.key and self.sign(text) == signature


class FakeSink:
    """`lines` is what it holds."""

    def __init__(self) -> None:
        self.lines: list[Checkpoint] = []

    def last_number(self) -> int:
        """See the port, as with everything below."""
        return self.lines[-1].number if self.lines else 0

    def append(self, checkpoints: Iterable[Checkpoint]) -> None:
        self.lines.extend(checkpoints)

    def all(self) -> list[Checkpoint]:
        return list(self.lines)
