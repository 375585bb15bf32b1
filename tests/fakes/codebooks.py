"""The CodebookShelf in memory."""

from kentongan_server.domain.codebook import SHIPPED, Codebook


class FakeCodebooks:
    """`books` by version, in the order of adoption; `retired` are those of regions that went back to the city's."""

    def __init__(self) -> None:
        self.books: dict[str, Codebook] = {}
        self.retired: set[str] = set()

    def current(self, region: str) -> Codebook:
        """See the port, as with everything below."""
        living = [book for book in self.books.values() if book.version not in self.retired]
        own = [book for book in living if book.region == region]
        return (own or [book for book in living if book.region is None] or [SHIPPED])[-1]

    def version(self, name: str) -> Codebook | None:
        return SHIPPED if name == SHIPPED.version else self.books.get(name)

    def versions(self, region: str | None) -> list[Codebook]:
        found = [book for book in reversed(self.books.values()) if book.region == region]
        return [*found, SHIPPED] if region is None else found

    def add(self, book: Codebook) -> None:
        if book.version in self.books or book.adopted_at is None:
            raise ValueError("A codebook has a name of its own and is adopted at some time.")
        self.books[book.version] = book

    def forget_own(self, region: str) -> None:
        self.retired |= {book.version for book in self.books.values() if book.region == region}
