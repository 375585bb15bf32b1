"""Logins, sessions, access tokens, second factors and resets as rows."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, or_, select, update

from kentongan_server.domain.access import RESTS_FOR, AccessToken, Login, Reset, ResetOf, SecondFactor, Session, Tries
from kentongan_server.outbound.database.access_tables import (
    access_resets,
    access_tokens,
    logins,
    second_factors,
    sessions,
    tries,
)
from kentongan_server.outbound.database.upsert import put
from kentongan_server.outbound.database.values import from_ms, from_ms_or_none, to_ms, to_ms_or_none

_SESSION = select(sessions).where(
    sessions.c.token_hash == bindparam("token_hash"), sessions.c.expires_at > bindparam("at")
)


class AccessRows:
    """The AccessBook on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def login(self, person_id: str) -> Login | None:
        row = self._connection.execute(select(logins).where(logins.c.person == person_id)).one_or_none()
        return None if row is None else Login(*row)

    def login_by_name(self, name: str) -> Login | None:
        query = select(logins).where(or_(logins.c.phone == name, logins.c.email == name))
        row = self._connection.execute(query).one_or_none()
        return None if row is None else Login(*row)

    def put_login(self, login: Login) -> None:
        self._connection.execute(delete(logins).where(logins.c.person == login.person))
        values = {
            "person": login.person,
            "phone": login.phone,
            "email": login.email,
            "password_hash": login.password_hash,
            "one_time": login.one_time,
        }
        self._connection.execute(insert(logins), values)

    def tries(self, key: str) -> Tries | None:
        row = self._connection.execute(select(tries).where(tries.c.key == key)).one_or_none()
        return None if row is None else Tries(row.key, row.counted, from_ms(row.at))

    def put_tries(self, tried: Tries) -> None:
        over = tries.c.at <= to_ms(tried.at - RESTS_FOR)
        self._connection.execute(delete(tries).where(or_(tries.c.key == tried.key, over)))
        self._connection.execute(insert(tries), {"key": tried.key, "counted": tried.count, "at": to_ms(tried.at)})

    def forget_tries(self, key: str) -> None:
        self._connection.execute(delete(tries).where(tries.c.key == key))

    def second_factor(self, person_id: str) -> SecondFactor | None:
        query = select(second_factors).where(second_factors.c.person == person_id)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            return None
        return SecondFactor(
            row.person, row.sealed_secret, row.confirmed, row.last_step, tuple(json.loads(row.recovery))
        )

    def put_second_factor(self, factor: SecondFactor) -> None:
        self.drop_second_factor(factor.person)
        values = {
            "person": factor.person,
            "sealed_secret": factor.sealed_secret,
            "confirmed": factor.confirmed,
            "last_step": factor.last_step,
            "recovery": json.dumps(factor.recovery_hashes),
        }
        self._connection.execute(insert(second_factors), values)

    def drop_second_factor(self, person_id: str) -> None:
        self._connection.execute(delete(second_factors).where(second_factors.c.person == person_id))

    def session(self, token_hash: str, at: datetime) -> Session | None:
        row = self._connection.execute(_SESSION, {"token_hash": token_hash, "at": to_ms(at)}).one_or_none()
        return None if row is None else _session(row)

    def sessions_of(self, person_id: str, at: datetime) -> list[Session]:
        query = select(sessions).where(sessions.c.person == person_id, sessions.c.expires_at > to_ms(at))
        return [_session(row) for row in self._connection.execute(query.order_by(sessions.c.opened_at.desc()))]

    def put_session(self, session: Session) -> None:
        mine = sessions.c.person == session.person
        over = sessions.c.expires_at <= to_ms(session.opened_at)
        self._connection.execute(delete(sessions).where(mine, or_(sessions.c.id == session.id, over)))
        values = {
            "id": session.id,
            "person": session.person,
            "token_hash": session.token_hash,
            "opened_at": to_ms(session.opened_at),
            "expires_at": to_ms(session.expires_at),
            "proven": session.proven,
            "device": session.device,
        }
        self._connection.execute(insert(sessions), values)

    def end_sessions(self, person_id: str, *, only: str | None = None, keep: str | None = None) -> int:
        ending = delete(sessions).where(sessions.c.person == person_id)
        if only is not None:
            ending = ending.where(sessions.c.id == only)
        if keep is not None:
            ending = ending.where(sessions.c.id != keep)
        return self._connection.execute(ending).rowcount

    def token(self, token_hash: str) -> AccessToken | None:
        query = select(access_tokens).where(access_tokens.c.token_hash == token_hash)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _token(row)

    def tokens_of(self, person_id: str) -> list[AccessToken]:
        query = select(access_tokens).where(access_tokens.c.person == person_id)
        newest = query.order_by(access_tokens.c.created_at.desc(), access_tokens.c.id.desc())
        return [_token(row) for row in self._connection.execute(newest)]

    def put_token(self, token: AccessToken) -> None:
        values = {
            "person": token.person,
            "name": token.name,
            "token_hash": token.token_hash,
            "scopes": json.dumps(sorted(token.scopes)),
            "created_at": to_ms(token.created_at),
            "expires_at": to_ms(token.expires_at),
            "proven": token.proven,
            "revoked_at": to_ms_or_none(token.revoked_at),
        }
        changed = self._connection.execute(update(access_tokens).where(access_tokens.c.id == token.id).values(values))
        if changed.rowcount == 0:
            self._connection.execute(insert(access_tokens), {"id": token.id, **values})

    def put_reset(self, reset: Reset) -> None:
        times = {"at": to_ms(reset.at), "seen_at": to_ms_or_none(reset.seen_at)}
        put(self._connection, access_resets, [asdict(reset) | times])

    def unseen_resets(self, person_id: str) -> list[Reset]:
        query = select(access_resets).where(access_resets.c.person == person_id, access_resets.c.seen_at.is_(None))
        rows = self._connection.execute(query.order_by(access_resets.c.at, access_resets.c.id))
        return [Reset(row.id, row.person, ResetOf(row.what), row.by, from_ms(row.at)) for row in rows]


def _session(row: Any) -> Session:
    return Session(
        id=row.id,
        person=row.person,
        token_hash=row.token_hash,
        opened_at=from_ms(row.opened_at),
        expires_at=from_ms(row.expires_at),
        proven=row.proven,
        device=row.device,
    )


def _token(row: Any) -> AccessToken:
    return AccessToken(
        id=row.id,
        person=row.person,
        name=row.name,
        token_hash=row.token_hash,
        scopes=frozenset(json.loads(row.scopes)),
        created_at=from_ms(row.created_at),
        expires_at=from_ms(row.expires_at),
        proven=row.proven,
        revoked_at=from_ms_or_none(row.revoked_at),
    )
