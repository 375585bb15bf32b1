"""What a household's home automation may read of its RT's kentongan: never a way to command one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Shown:
    """One kentongan as a household sees it."""

    node: str
    name: str
    place: str


@dataclass(frozen=True, slots=True)
class Document:
    """What is published once, retained, at the household's own broker."""

    topic: str
    payload: dict[str, Any]


class HomeView(Protocol):
    """Describes kentongan to a home automation."""

    def documents(self, shown: Sequence[Shown]) -> list[Document]:
        """One for each kentongan, to be retained at home."""
        ...

    def bridge(self, shown: Sequence[Shown], reader: str) -> str:
        """What the household's broker is told to fetch from the city's, as `reader`; nothing goes the other way."""
        ...
