"""The CodebookShelf in memory."""

from dataclasses import replace
from datetime import datetime

from kentongan_server.domain.codebook import SHIPPED, Codebook


class FakeCodebooks:
    """`books` by version, in the order of adoption; `retired` are those of regions that went back to the city's,
    `given_up` when they did, `renewed` when one was renewed."""

    def __init__(self) -> None:
        self.books: dict[str, Codebook] = {}
        self.retired: set[str] = set()
        self.given_up: dict[str, datetime] = {}
        self.renewed: dict[str, datetime] = {}

    def current(self, region: str) -> Codebook:
        """See the port, as with everything below."""
        living = [book for book in self.books.values() if book.version not in self.retired]
        own = [book for book in living if book.region == region]
        book = own[-1] if own else ([SHIPPED] + [book for book in living if book.region is None])[-1]
        changes = [at for at in (self.given_up.get(region), self.renewed.get(region)) if at is not None]
        return replace(book, since=max(changes)) if changes else book

    def version(self, name: str) -> Codebook | None:
        return SHIPPED if name == SHIPPED.version else self.books.get(name)

    def versions(self, region: str | None) -> list[Codebook]:
        found = [book for book in reversed(self.books.values()) if book.region == region]
        return [*found, SHIPPED] if region is None else found

    def add(self, book: Codebook) -> None:
        if book.version in self.books or book.adopted_at is None:
            raise ValueError("A codebook has a name of its own and is adopted at some time.")
        self.books[book.version] = book

    def forget_own(self, region: str, at: datetime) -> None:
        living = {book.version for book in self.books.values() if book.region == region} - self.retired
        if living:
            self.given_up[region] = at
        self.retired |= living

    def renew(self, region: str, at: datetime) -> None:
        self.renewed[region] = at

    def last_change(self) -> datetime | None:
        adopted = [book.adopted_at for book in self.books.values() if book.adopted_at is not None]
        return max([*adopted, *self.given_up.values(), *self.renewed.values()], default=None)
