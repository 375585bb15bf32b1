"""A duty officer in memory."""

from kentongan_server.ports.pager import PagingError


class FakePager:
    """`away` makes paging fail; `pages` holds what was said, in order."""

    def __init__(self) -> None:
        self.away = False
        self.pages: list[tuple[str, str | None]] = []

    async def page(self, reason: str, incident: str | None) -> None:
        """See the port."""
        if self.away:
            raise PagingError("The pager is away.")
        self.pages.append((reason, incident))
