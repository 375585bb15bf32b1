"""Where people are reached, and when they want to be left in peace."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from kentongan_server.domain.notification import Destination
from kentongan_server.domain.preferences import Preferences


class Destinations(Protocol):
    """Destinations and preferences within one transaction."""

    def put(self, destination: Destination) -> None:
        """Keep a destination, new or changed."""
        ...

    def destination(self, destination_id: str) -> Destination | None:
        """The destination with this id."""
        ...

    def of_people(self, people: Collection[str]) -> list[Destination]:
        """Every destination of these people, by id."""
        ...

    def at_address(self, channel: str, address: str) -> list[Destination]:
        """Whoever is reached there."""
        ...

    def remove(self, destination_id: str) -> None:
        """Forget it and the code it waits for."""
        ...

    def expect_code(self, destination_id: str, code: str, until: datetime) -> None:
        """The destination is confirmed by whoever says this code by then; an earlier code is void."""
        ...

    def code(self, destination_id: str) -> "tuple[str, datetime, int] | None":
        """The code that is waited for, until when, and how often a wrong one was said."""
        ...

    def count_wrong_code(self, destination_id: str) -> None:
        """Somebody said another code."""
        ...

    def preferences(self, people: Collection[str]) -> dict[str, Preferences]:
        """What these people prefer; those who never said are left out."""
        ...

    def put_preferences(self, person: str, preferences: Preferences) -> None:
        """Keep what a person prefers."""
        ...
