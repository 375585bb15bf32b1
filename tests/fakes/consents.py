"""The ConsentBook in memory."""

from datetime import datetime

from kentongan_server.domain.consent import Consent, Erasure


class FakeConsents:
    """`kept` by id, `wishes` by person."""

    def __init__(self) -> None:
        self.kept: dict[str, Consent] = {}
        self.wishes: dict[str, Erasure] = {}

    def put(self, consent: Consent) -> None:
        """See the port, as with everything below."""
        self.kept[consent.id] = consent

    def of_person(self, person: str) -> list[Consent]:
        mine = [one for one in self.kept.values() if one.person == person]
        return sorted(mine, key=lambda one: (one.agreed_at, one.id), reverse=True)

    def erasure(self, person: str) -> Erasure | None:
        return self.wishes.get(person)

    def put_erasure(self, erasure: Erasure) -> None:
        self.wishes[erasure.person] = erasure

    def drop_erasure(self, person: str) -> None:
        self.wishes.pop(person, None)

    def erasures_due(self, now: datetime, limit: int) -> list[Erasure]:
        due = [one for one in self.wishes.values() if one.due_at <= now]
        return sorted(due, key=lambda one: one.due_at)[:limit]
