"""Ids that a test can foresee."""


class SequenceIdentifiers:
    """Counts: 26 characters that sort by their order, never the same twice."""

    def __init__(self) -> None:
        self._made = 0

    def new(self) -> str:
        """See the port."""
        self._made += 1
        return f"{self._made:026d}"
