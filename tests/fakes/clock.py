"""A clock that a test moves by hand."""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 1, 18, 0, 0, tzinfo=UTC)


class FakeClock:
    """Stands still until it is told to go on, and never goes back."""

    def __init__(self, now: datetime = START) -> None:
        self._now = now

    def now(self) -> datetime:
        """See the port."""
        return self._now

    def advance(self, by: timedelta) -> None:
        """Let time pass; whole milliseconds, as the machine's clock tells them."""
        if by < timedelta(0):
            raise ValueError("Time does not run backwards here.")
        self._now += by

    def pass_seconds(self, seconds: float) -> None:
        """Let so many seconds pass."""
        self.advance(timedelta(seconds=seconds))
