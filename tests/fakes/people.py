"""The PeopleBook in memory."""

from collections.abc import Collection
from dataclasses import replace

from kentongan_server.domain.people import Person


class FakePeople:
    """`people` by id, `tokens` from the token's hash to the person's id."""

    def __init__(self) -> None:
        self.people: dict[str, Person] = {}
        self.tokens: dict[str, str] = {}

    def bearer(self, token_hash: str) -> Person | None:
        """See the port, as with everything below."""
        return self.people.get(self.tokens.get(token_hash, ""))

    def put_person(self, person: Person, token_hash: str | None) -> None:
        if self.tokens.get(token_hash or "", person.id) != person.id:
            raise ValueError("A token belongs to one person.")
        self.people[person.id] = person
        self.tokens = {hashed: owner for hashed, owner in self.tokens.items() if owner != person.id}
        if token_hash is not None:
            self.tokens[token_hash] = person.id

    def members(self, region: str) -> int:
        return sum(region in person.regions for person in self.people.values())

    def move_members(self, region: str, to: str, people: Collection[str] | None) -> int:
        moved = 0
        for person in list(self.people.values()):
            if people is not None and person.id not in people:
                continue
            here = [m.region == region for m in person.memberships]
            moved += sum(here)
            memberships = tuple(
                replace(m, region=to) if moves else m for m, moves in zip(person.memberships, here, strict=True)
            )
            self.people[person.id] = replace(person, memberships=memberships)
        return moved
