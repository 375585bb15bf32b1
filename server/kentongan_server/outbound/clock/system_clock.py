"""The time of this machine, and ids that sort by it."""

from datetime import UTC, datetime

from ulid import ULID


class SystemClock:
    """Tells the machine's time."""

    def now(self) -> datetime:
        """The time, aware, in UTC, to the millisecond that the database keeps."""
        now = datetime.now(UTC)  # noqa: TID251  # the one place that may ask
        return now.replace(microsecond=now.microsecond // 1000 * 1000)


class UlidIdentifiers:
    """Makes ULIDs."""

    def new(self) -> str:
        """A fresh ULID, 26 characters."""
        return str(ULID())
