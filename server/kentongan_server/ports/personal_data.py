"""What is known about a person, wherever it lies."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Protocol


class PersonalDataBook(Protocol):
    """Personal data within one transaction. A category is a sort of data, as the breach runbook names it."""

    def about(self, person: str) -> dict[str, list[dict[str, Any]]]:
        """Everything by category, times as text; secrets and their hashes are left out."""
        ...

    def words_of(self, person: str) -> set[str]:
        """What this person has written, as it may stand elsewhere too."""
        ...

    def incidents_of(self, person: str) -> set[str]:
        """The incidents that this person reported."""
        ...

    def entries_naming(self, person: str) -> set[int]:
        """The entries of the record that have this person as actor or name them in their facts."""
        ...

    def forget(self, person: str, pseudonym: str) -> dict[str, int]:
        """Remove the person everywhere but in the record; what others' rows need to name somebody gets the pseudonym."""
        ...

    def blur_positions(self, before: datetime, limit: int) -> int:
        """Take the precise position from so many reports received before then; how many."""
        ...

    def drop_words(self, before: datetime, limit: int) -> int:
        """Take the words from so many incidents' reports received before then; how many."""
        ...

    def drop_sessions(self, before: datetime, limit: int) -> int:
        """Remove so many sessions and tokens that ended before then; how many."""
        ...

    def drop_notifications(self, before: datetime, limit: int) -> int:
        """Remove so many notifications that were done before then; how many."""
        ...

    def drop_answers(self, before: datetime, limit: int) -> int:
        """Remove so many answers given before then to incidents that are over; how many."""
        ...

    def drop_deliveries(self, before: datetime, limit: int) -> int:
        """Remove so many deliveries to third parties that were done before then; how many."""
        ...

    def drop_destinations(self, before: datetime, limit: int) -> int:
        """Remove so many addresses whose code expired before then, and push endpoints that have failed since before then
        and taken nothing, if others took something meanwhile: else it may be us; how many."""
        ...

    def affected(self, categories: Collection[str], region: str | None) -> dict[str, list[str]]:
        """Whose data of these categories is held, in the region or below it: the categories by person."""
        ...
