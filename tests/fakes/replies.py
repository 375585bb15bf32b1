"""The Replies in memory."""

from datetime import datetime


class FakeReplies:
    """`digests` by delivery id."""

    def __init__(self) -> None:
        self.digests: dict[str, str] = {}

    def seen(self, delivery: str) -> str | None:
        """See the port, as with everything below."""
        return self.digests.get(delivery)

    def keep(self, delivery: str, digest: str, at: datetime) -> None:  # noqa: ARG002  # the real one prunes by it
        if delivery in self.digests:
            raise ValueError("A delivery id is kept once.")
        self.digests[delivery] = digest
