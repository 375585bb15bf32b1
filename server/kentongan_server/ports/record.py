"""The record as a chain: what makes it verifiable, beside what makes it readable."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from kentongan_server.domain.record import Checkpoint, Head, Link


class RecordBook(Protocol):
    """The chain and its checkpoints within one transaction."""

    def head(self) -> Head | None:
        """The newest entry, None while there is none."""
        ...

    def beginning(self) -> Head:
        """Before which entry the chain now begins: the genesis, or the last one that retention removed."""
        ...

    def links(self, after: int, limit: int) -> list[Link]:
        """The entries after this number, in order."""
        ...

    def links_of_incident(self, incident_id: str) -> list[Link]:
        """The entries of one incident, in order."""
        ...

    def links_of_actor(self, actor: str) -> list[Link]:
        """The entries of which this person is the actor, in order."""
        ...

    def empty(self, kept: Mapping[int, tuple[str | None, str]]) -> None:
        """Erase the personal part of these entries: actor and facts become what is given, the salt is gone."""
        ...

    def prune(self, through: Head) -> None:
        """Remove the entries up to this one."""
        ...

    def checkpoints(self) -> list[Checkpoint]:
        """Every checkpoint, in order."""
        ...

    def last_checkpoint(self) -> Checkpoint | None:
        """The newest checkpoint."""
        ...

    def checkpoint_at_or_after(self, seq: int) -> Checkpoint | None:
        """The first checkpoint that covers this entry."""
        ...

    def add_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Keep a new checkpoint."""
        ...


class CheckpointSeal(Protocol):
    """Signs checkpoints; whoever has the public key alone can check them."""

    @property
    def key(self) -> str:
        """The public key's name."""
        ...

    def sign(self, text: bytes) -> str:
        """The signature, as text."""
        ...

    def holds(self, key: str, text: bytes, signature: str) -> bool:
        """True when a key known under this name signed `text`."""
        ...


class CheckpointSink(Protocol):
    """Where checkpoints go besides the database: a file that only grows, on another disk or machine if possible."""

    def last_number(self) -> int:
        """The number of the newest checkpoint there, 0 for none."""
        ...

    def append(self, checkpoints: Iterable[Checkpoint]) -> None:
        """Write them at the end, durably."""
        ...

    def all(self) -> list[Checkpoint]:
        """Everything there, in order."""
        ...
