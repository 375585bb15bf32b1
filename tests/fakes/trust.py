"""The TrustBook in memory."""

from datetime import datetime

from kentongan_server.domain.trust import Cooldown


class FakeTrust:
    """`cooldowns` by id."""

    def __init__(self) -> None:
        self.cooldowns: dict[str, Cooldown] = {}

    def is_cooling(self, person: str, at: datetime) -> bool:
        """See the port, as with everything below."""
        return any(cooldown.counts(at) for cooldown in self.of_person(person))

    def add(self, cooldown: Cooldown) -> None:
        if cooldown.id in self.cooldowns:
            raise ValueError("A cooldown has an id of its own.")
        self.cooldowns[cooldown.id] = cooldown

    def put(self, cooldown: Cooldown) -> None:
        self.cooldowns[cooldown.id] = cooldown

    def of_person(self, person: str) -> list[Cooldown]:
        found = [cooldown for cooldown in self.cooldowns.values() if cooldown.person == person]
        return sorted(found, key=lambda cooldown: cooldown.since, reverse=True)
