"""Where new ids come from."""

from typing import Protocol


class Identifiers(Protocol):
    """Makes ids that sort by time and never repeat."""

    def new(self) -> str:
        """A fresh ULID, 26 characters."""
        ...
