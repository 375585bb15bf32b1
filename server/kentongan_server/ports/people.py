"""Where people, their memberships and their access tokens are kept."""

from collections.abc import Collection
from typing import Protocol

from kentongan_server.domain.people import Person


class PeopleBook(Protocol):
    """People within one transaction."""

    def bearer(self, token_hash: str) -> Person | None:
        """The person who holds the access token with this SHA-256 (hex)."""
        ...

    def put_person(self, person: Person, token_hash: str | None) -> None:
        """Keep a person with exactly these memberships, and an access token where one is given."""
        ...

    def members(self, region: str) -> int:
        """How many people belong to the region."""
        ...

    def move_members(self, region: str, to: str, people: Collection[str] | None) -> int:
        """Carry the memberships of `region`, of these people or (None) all, to another region; how many there were."""
        ...
