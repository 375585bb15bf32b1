"""The Destinations in memory."""

from collections.abc import Collection
from datetime import datetime

from kentongan_server.domain.notification import Destination
from kentongan_server.domain.preferences import Preferences


class FakeDestinations:
    """`known` by id; `codes` by destination; `preferred` by person."""

    def __init__(self) -> None:
        self.known: dict[str, Destination] = {}
        self.codes: dict[str, tuple[str, datetime, int]] = {}
        self.preferred: dict[str, Preferences] = {}

    def put(self, destination: Destination) -> None:
        """See the port, as with everything below."""
        self.known[destination.id] = destination

    def destination(self, destination_id: str) -> Destination | None:
        return self.known.get(destination_id)

    def of_people(self, people: Collection[str]) -> list[Destination]:
        return sorted((d for d in self.known.values() if d.person in people), key=lambda d: d.id)

    def at_address(self, channel: str, address: str) -> list[Destination]:
        return [d for d in self.known.values() if (d.channel, d.address) == (channel, address)]

    def remove(self, destination_id: str) -> None:
        self.known.pop(destination_id, None)
        self.codes.pop(destination_id, None)

    def expect_code(self, destination_id: str, code: str, until: datetime) -> None:
        self.codes[destination_id] = (code, until, 0)

    def code(self, destination_id: str) -> tuple[str, datetime, int] | None:
        return self.codes.get(destination_id)

    def count_wrong_code(self, destination_id: str) -> None:
        code, until, wrong = self.codes[destination_id]
        self.codes[destination_id] = (code, until, wrong + 1)

    def preferences(self, people: Collection[str]) -> dict[str, Preferences]:
        return {person: self.preferred[person] for person in people if person in self.preferred}

    def put_preferences(self, person: str, preferences: Preferences) -> None:
        self.preferred[person] = preferences
