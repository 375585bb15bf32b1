"""People, memberships and access tokens as rows; of a token only its hash is kept."""

from collections.abc import Collection

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from kentongan_server.domain.people import Membership, Person, Role
from kentongan_server.outbound.database.tables import memberships, people

_BEARER = select(people).where(people.c.token_hash == bindparam("token_hash"))
_MEMBERSHIPS = select(memberships).where(memberships.c.person == bindparam("person"))
_MEMBERS = select(func.count(memberships.c.person.distinct())).where(memberships.c.region == bindparam("region"))


class PeopleRows:
    """The PeopleBook on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def bearer(self, token_hash: str) -> Person | None:
        row = self._connection.execute(_BEARER, {"token_hash": token_hash}).one_or_none()
        if row is None:
            return None
        found = self._connection.execute(_MEMBERSHIPS, {"person": row.id})
        return Person(row.id, row.name, tuple(Membership(Role(m.role), m.region, m.vouched) for m in found))

    def put_person(self, person: Person, token_hash: str | None) -> None:
        known = self._connection.execute(select(people.c.id).where(people.c.id == person.id)).one_or_none()
        values = {"name": person.name, "token_hash": token_hash}
        if known is None:
            self._connection.execute(insert(people), {"id": person.id, **values})
        else:
            self._connection.execute(update(people).where(people.c.id == person.id).values(values))
        self._connection.execute(delete(memberships).where(memberships.c.person == person.id))
        for membership in person.memberships:
            row = {
                "person": person.id,
                "role": membership.role,
                "region": membership.region,
                "vouched": membership.vouched,
            }
            self._connection.execute(insert(memberships), row)

    def members(self, region: str) -> int:
        return self._connection.execute(_MEMBERS, {"region": region}).scalar_one()

    def move_members(self, region: str, to: str, people: Collection[str] | None) -> int:
        change = update(memberships).where(memberships.c.region == region).values(region=to)
        if people is not None:
            change = change.where(memberships.c.person.in_(sorted(people)))
        return self._connection.execute(change).rowcount
