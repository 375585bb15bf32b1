"""Where codebooks are kept: every version, for ever."""

from datetime import datetime
from typing import Protocol

from kentongan_server.domain.codebook import Codebook


class CodebookShelf(Protocol):
    """Codebooks within one transaction. The one that we ship is always there."""

    def current(self, region: str) -> Codebook:
        """What an alarm in this region sounds by: the region's own newest version, else the city's newest, `since`
        it went back to that or was renewed."""
        ...

    def version(self, name: str) -> Codebook | None:
        """The codebook of this name, however old."""
        ...

    def versions(self, region: str | None) -> list[Codebook]:
        """Every version of this region's own, or (None) of the city's, newest first."""
        ...

    def add(self, book: Codebook) -> None:
        """Keep a new version; it is current from now on."""
        ...

    def forget_own(self, region: str, at: datetime) -> None:
        """The region goes back to the city's codebook; its own versions stay readable."""
        ...

    def renew(self, region: str, at: datetime) -> None:
        """The region's codebook counts as changed then: a kentongan that came from elsewhere keeps what is newest."""
        ...

    def last_change(self) -> datetime | None:
        """When any region's codebook was last adopted, given up or renewed."""
        ...
