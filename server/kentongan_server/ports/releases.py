"""Where releases of the firmware are kept, with their files."""

from typing import Protocol

from kentongan_server.domain.release import Release


class ReleaseShelf(Protocol):
    """Releases within one transaction; a path of "" is the manifest."""

    def release(self, sequence: int) -> Release | None:
        """The release, however it ended."""
        ...

    def releases(self) -> list[Release]:
        """Every one, newest first."""
        ...

    def put(self, release: Release) -> None:
        """Keep it as it is now."""
        ...

    def put_file(self, sequence: int, path: str, body: bytes) -> None:
        """Keep a file; the same path again replaces it."""
        ...

    def file(self, sequence: int, path: str) -> bytes | None:
        """One file."""
        ...

    def paths(self, sequence: int) -> set[str]:
        """What has come."""
        ...
