"""The PeopleBook in memory."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from kentongan_server.domain.granting import Grant
from kentongan_server.domain.people import Person, Role
from kentongan_server.domain.pin import Pin
from kentongan_server.domain.region_code import is_within


class FakePeople:
    """`names` and `pins` by person, `tokens` from the token's hash to the person's id, `grants` by id."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.tokens: dict[str, str] = {}
        self.grants: dict[str, Grant] = {}
        self.pins: dict[str, Pin] = {}

    def bearer(self, token_hash: str, at: datetime) -> Person | None:
        """See the port, as with everything below."""
        return self.person(self.tokens.get(token_hash, ""), at)

    def person(self, person_id: str, at: datetime) -> Person | None:
        if person_id not in self.names:
            return None
        held = tuple(grant.membership for grant in self.grants_of(person_id) if grant.is_held(at))
        return Person(person_id, self.names[person_id], held)

    def put_person(self, person: Person, token_hash: str | None) -> None:
        if self.tokens.get(token_hash or "", person.id) != person.id:
            raise ValueError("A token belongs to one person.")
        self.names[person.id] = person.name
        self.tokens = {hashed: owner for hashed, owner in self.tokens.items() if owner != person.id}
        if token_hash is not None:
            self.tokens[token_hash] = person.id
        self.grants = {
            id: grant for id, grant in self.grants.items() if grant.person != person.id or grant.granted_at is not None
        }
        for number, membership in enumerate(person.memberships):
            self.add_grant(Grant(f"{person.id}.{number}", person.id, membership, None, None))

    def forget_token(self, token_hash: str) -> None:
        self.tokens.pop(token_hash, None)

    def add_person(self, person_id: str, name: str) -> None:
        if person_id in self.names:
            raise ValueError("This id is somebody's already.")
        self.names[person_id] = name

    def members(self, region: str, at: datetime) -> int:
        return len({g.person for g in self._held(at) if g.membership.region == region})

    def move_members(self, region: str, to: str, people: Collection[str] | None) -> int:
        here = [
            grant
            for grant in self.grants.values()
            if grant.membership.region == region
            and grant.revoked_at is None
            and (people is None or grant.person in people)
        ]
        for grant in here:
            self.grants[grant.id] = replace(grant, membership=replace(grant.membership, region=to))
        return len(here)

    def holders(self, region: str, roles: Collection[Role], at: datetime) -> list[Person]:
        ids = {g.person for g in self._held(at) if g.membership.region == region and g.membership.role in roles}
        found = [person for id in ids if (person := self.person(id, at)) is not None]
        return sorted(found, key=lambda person: (person.name, person.id))

    def add_grant(self, grant: Grant) -> None:
        if grant.id in self.grants or grant.person not in self.names or grant.granted_by == grant.person:
            raise ValueError("A grant has an id of its own, a person, and another who gave it.")
        self.grants[grant.id] = grant

    def set_grant(self, grant: Grant) -> None:
        if grant.id in self.grants:
            self.grants[grant.id] = replace(grant)

    def grant(self, grant_id: str) -> Grant | None:
        return self.grants.get(grant_id)

    def grants_of(self, person_id: str) -> list[Grant]:
        return sorted((g for g in self.grants.values() if g.person == person_id), key=_age)

    def grants_within(self, region: str | None, at: datetime) -> list[Grant]:
        def lies(code: str | None) -> bool:
            return region is None or (code is not None and is_within(code, region))

        return sorted((g for g in self._held(at) if lies(g.membership.region)), key=_age)

    def pin(self, person_id: str) -> Pin | None:
        return self.pins.get(person_id)

    def put_pin(self, pin: Pin) -> None:
        if pin.person not in self.names:
            raise ValueError("There is no such person.")
        self.pins[pin.person] = pin

    def _held(self, at: datetime) -> list[Grant]:
        return [grant for grant in self.grants.values() if grant.is_held(at)]


def _age(grant: Grant) -> tuple[float, str]:
    return (0.0 if grant.granted_at is None else grant.granted_at.timestamp(), grant.id)
