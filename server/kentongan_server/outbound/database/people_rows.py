"""People, memberships, PINs and access tokens as rows; of a token only its hash is kept."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, func, insert, or_, select, update

from kentongan_server.domain.granting import Grant
from kentongan_server.domain.people import Membership, Person, Role
from kentongan_server.domain.pin import Pin
from kentongan_server.outbound.database.scopes import lies_in
from kentongan_server.outbound.database.statement import Statement
from kentongan_server.outbound.database.tables import memberships, people, pins
from kentongan_server.outbound.database.values import from_ms_or_none, to_ms, to_ms_or_none

_HELD = and_(
    memberships.c.revoked_at.is_(None),
    or_(memberships.c.valid_from.is_(None), memberships.c.valid_from <= bindparam("at")),
    or_(memberships.c.valid_until.is_(None), memberships.c.valid_until > bindparam("at")),
)
_BEARER = Statement(select(people).where(people.c.token_hash == bindparam("token_hash")))
_PERSON = Statement(select(people).where(people.c.id == bindparam("id")))
_MEMBERS = Statement(
    select(func.count(memberships.c.person.distinct()).label("count")).where(
        memberships.c.region == bindparam("region"), _HELD
    )
)
_BY_AGE = (func.coalesce(memberships.c.granted_at, 0), memberships.c.id)
_MEMBERSHIPS = Statement(
    select(memberships).where(memberships.c.person == bindparam("person"), _HELD).order_by(*_BY_AGE)
)
_HERE = select(memberships.c.person).where(memberships.c.region == bindparam("region"), _HELD)
_HOLDERS = Statement(
    select(memberships, people.c.name)
    .join(people, people.c.id == memberships.c.person)
    .where(memberships.c.person.in_(_HERE), _HELD)
    .order_by(people.c.name, people.c.id, *_BY_AGE)
)
_INSTALLED = and_(memberships.c.person == bindparam("of"), memberships.c.granted_at.is_(None))


class PeopleRows:
    """The PeopleBook on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def bearer(self, token_hash: str, at: datetime) -> Person | None:
        return self._whole(_BEARER.first(self._connection, token_hash=token_hash), at)

    def person(self, person_id: str, at: datetime) -> Person | None:
        return self._whole(_PERSON.first(self._connection, id=person_id), at)

    def put_person(self, person: Person, token_hash: str | None) -> None:
        known = _PERSON.first(self._connection, id=person.id)
        values = {"name": person.name, "token_hash": token_hash}
        if known is None:
            self._connection.execute(insert(people), {"id": person.id, **values})
        else:
            self._connection.execute(update(people).where(people.c.id == person.id).values(values))
        self._connection.execute(delete(memberships).where(_INSTALLED), {"of": person.id})
        for number, membership in enumerate(person.memberships):
            row = _row(Grant(f"{person.id}.{number}", person.id, membership, None, None))
            self._connection.execute(insert(memberships), row)

    def forget_token(self, token_hash: str) -> None:
        self._connection.execute(update(people).where(people.c.token_hash == token_hash).values(token_hash=None))

    def add_person(self, person_id: str, name: str) -> None:
        self._connection.execute(insert(people), {"id": person_id, "name": name, "token_hash": None})

    def members(self, region: str, at: datetime) -> int:
        found = _MEMBERS.first(self._connection, region=region, at=to_ms(at))
        return found.count if found else 0

    def move_members(self, region: str, to: str, people: Collection[str] | None) -> int:
        here = memberships.c.region == region
        change = update(memberships).where(here, memberships.c.revoked_at.is_(None)).values(region=to)
        if people is not None:
            change = change.where(memberships.c.person.in_(sorted(people)))
        return self._connection.execute(change).rowcount

    def holders(self, region: str, roles: Collection[Role], at: datetime) -> list[Person]:
        found: dict[str, tuple[str, list[Membership]]] = {}
        for row in _HOLDERS.all(self._connection, region=region, at=to_ms(at)):
            found.setdefault(row.person, (row.name, []))[1].append(_membership(row))
        return [
            Person(id, name, tuple(held))
            for id, (name, held) in found.items()
            if any(one.region == region and one.role in roles for one in held)
        ]

    def add_grant(self, grant: Grant) -> None:
        self._connection.execute(insert(memberships), _row(grant))

    def set_grant(self, grant: Grant) -> None:
        self._connection.execute(update(memberships).where(memberships.c.id == grant.id).values(_row(grant)))

    def grant(self, grant_id: str) -> Grant | None:
        row = self._connection.execute(select(memberships).where(memberships.c.id == grant_id)).one_or_none()
        return None if row is None else _grant(row)

    def grants_of(self, person_id: str) -> list[Grant]:
        query = select(memberships).where(memberships.c.person == person_id).order_by(*_BY_AGE)
        return [_grant(row) for row in self._connection.execute(query)]

    def grants_within(self, region: str | None, at: datetime) -> list[Grant]:
        scope = lies_in(memberships.c.region, None if region is None else [region])
        query = select(memberships).where(_HELD, scope).order_by(*_BY_AGE)
        return [_grant(row) for row in self._connection.execute(query, {"at": to_ms(at)})]

    def pin(self, person_id: str) -> Pin | None:
        row = self._connection.execute(select(pins).where(pins.c.person == person_id)).one_or_none()
        if row is None:
            return None
        return Pin(row.person, row.own_hash, row.duress_hash, row.tries, from_ms_or_none(row.tried_at))

    def put_pin(self, pin: Pin) -> None:
        values = {
            "own_hash": pin.own_hash,
            "duress_hash": pin.duress_hash,
            "tries": pin.tries,
            "tried_at": to_ms_or_none(pin.tried_at),
        }
        if self.pin(pin.person) is None:
            self._connection.execute(insert(pins), {"person": pin.person, **values})
        else:
            self._connection.execute(update(pins).where(pins.c.person == pin.person).values(values))

    def _whole(self, row: Any, at: datetime) -> Person | None:
        if row is None:
            return None
        found = _MEMBERSHIPS.all(self._connection, person=row.id, at=to_ms(at))
        return Person(row.id, row.name, tuple(_membership(m) for m in found))


def _row(grant: Grant) -> dict[str, Any]:
    membership = grant.membership
    return {
        "id": grant.id,
        "person": grant.person,
        "role": membership.role,
        "region": membership.region,
        "vouched": membership.vouched,
        "valid_from": to_ms_or_none(membership.valid_from),
        "valid_until": to_ms_or_none(membership.valid_until),
        "granted_by": grant.granted_by,
        "granted_at": to_ms_or_none(grant.granted_at),
        "revoked_by": grant.revoked_by,
        "revoked_at": to_ms_or_none(grant.revoked_at),
    }


def _membership(row: Any) -> Membership:
    return Membership(
        role=Role(row.role),
        region=row.region,
        vouched=row.vouched,
        valid_from=from_ms_or_none(row.valid_from),
        valid_until=from_ms_or_none(row.valid_until),
    )


def _grant(row: Any) -> Grant:
    return Grant(
        id=row.id,
        person=row.person,
        membership=_membership(row),
        granted_by=row.granted_by,
        granted_at=from_ms_or_none(row.granted_at),
        revoked_by=row.revoked_by,
        revoked_at=from_ms_or_none(row.revoked_at),
    )
