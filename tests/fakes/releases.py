"""The ReleaseShelf in memory."""

from kentongan_server.domain.release import Release


class FakeReleases:
    """`kept` by sequence, `files` by sequence and path."""

    def __init__(self) -> None:
        self.kept: dict[int, Release] = {}
        self.files: dict[tuple[int, str], bytes] = {}

    def release(self, sequence: int) -> Release | None:
        """See the port, as with everything below."""
        return self.kept.get(sequence)

    def releases(self) -> list[Release]:
        return [release for _, release in sorted(self.kept.items(), reverse=True)]

    def put(self, release: Release) -> None:
        self.kept[release.sequence] = release

    def put_file(self, sequence: int, path: str, body: bytes) -> None:
        self.files[sequence, path] = body

    def file(self, sequence: int, path: str) -> bytes | None:
        return self.files.get((sequence, path))

    def paths(self, sequence: int) -> set[str]:
        return {path for of, path in self.files if of == sequence}
