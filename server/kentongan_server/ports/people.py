"""Where people, their memberships and their access tokens are kept."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from kentongan_server.domain.granting import Grant
from kentongan_server.domain.people import Person, Role
from kentongan_server.domain.pin import Pin


class PeopleBook(Protocol):
    """People within one transaction. A Person comes with the memberships held at the time asked for, and no other."""

    def bearer(self, token_hash: str, at: datetime) -> Person | None:
        """The person who holds the installed access token with this SHA-256 (hex)."""
        ...

    def person(self, person_id: str, at: datetime) -> Person | None:
        """The person with this id."""
        ...

    def put_person(self, person: Person, token_hash: str | None) -> None:
        """Keep a person with exactly these installed memberships, and an access token where one is given.

        What was granted by somebody stays as it is.
        """
        ...

    def forget_token(self, token_hash: str) -> None:
        """Let this installed access token open nothing any more."""
        ...

    def add_person(self, person_id: str, name: str) -> None:
        """Keep a new person who belongs nowhere yet."""
        ...

    def members(self, region: str, at: datetime) -> int:
        """How many people belong to the region."""
        ...

    def move_members(self, region: str, to: str, people: Collection[str] | None) -> int:
        """Carry the memberships of `region`, of these people or (None) all, to another region; how many there were."""
        ...

    def holders(self, region: str, roles: Collection[Role], at: datetime) -> list[Person]:
        """The people who hold one of these roles in exactly this region, by name."""
        ...

    def add_grant(self, grant: Grant) -> None:
        """Keep a membership that somebody gave."""
        ...

    def set_grant(self, grant: Grant) -> None:
        """Write what became of a grant: revoked, or vouched for."""
        ...

    def grant(self, grant_id: str) -> Grant | None:
        """The grant with this id."""
        ...

    def grants_of(self, person_id: str) -> list[Grant]:
        """Everything this person was ever given, oldest first."""
        ...

    def grants_within(self, region: str | None, at: datetime) -> list[Grant]:
        """What is held at that time in the region or below (None: the whole city), oldest first."""
        ...

    def pin(self, person_id: str) -> Pin | None:
        """The person's PINs, hashed."""
        ...

    def put_pin(self, pin: Pin) -> None:
        """Keep the person's PINs, new or tried."""
        ...
