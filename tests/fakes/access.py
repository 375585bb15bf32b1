"""The AccessBook in memory."""

from datetime import datetime

from kentongan_server.domain.access import RESTS_FOR, AccessToken, Login, Reset, SecondFactor, Session, Tries


class FakeAccess:
    """`logins` and `factors` by person, `counts` by key, `open_sessions`, `issued` and `resets` by id."""

    def __init__(self) -> None:
        self.logins: dict[str, Login] = {}
        self.counts: dict[str, Tries] = {}
        self.factors: dict[str, SecondFactor] = {}
        self.open_sessions: dict[str, Session] = {}
        self.issued: dict[str, AccessToken] = {}
        self.resets: dict[str, Reset] = {}

    def login(self, person_id: str) -> Login | None:
        """See the port, as with everything below."""
        return self.logins.get(person_id)

    def login_by_name(self, name: str) -> Login | None:
        return next((login for login in self.logins.values() if name in (login.phone, login.email)), None)

    def put_login(self, login: Login) -> None:
        others = [one for one in self.logins.values() if one.person != login.person]
        for mine, theirs in (("phone", login.phone), ("email", login.email)):
            if theirs is not None and any(getattr(one, mine) == theirs for one in others):
                raise ValueError("UNIQUE: a phone or e-mail is one person's.")
        self.logins[login.person] = login

    def tries(self, key: str) -> Tries | None:
        return self.counts.get(key)

    def put_tries(self, tries: Tries) -> None:
        over = tries.at - RESTS_FOR
        self.counts = {key: one for key, one in self.counts.items() if one.at > over}
        self.counts[tries.key] = tries

    def forget_tries(self, key: str) -> None:
        self.counts.pop(key, None)

    def second_factor(self, person_id: str) -> SecondFactor | None:
        return self.factors.get(person_id)

    def put_second_factor(self, factor: SecondFactor) -> None:
        self.factors[factor.person] = factor

    def drop_second_factor(self, person_id: str) -> None:
        self.factors.pop(person_id, None)

    def session(self, token_hash: str, at: datetime) -> Session | None:
        found = [s for s in self.open_sessions.values() if s.token_hash == token_hash and s.expires_at > at]
        return found[0] if found else None

    def sessions_of(self, person_id: str, at: datetime) -> list[Session]:
        mine = [s for s in self.open_sessions.values() if s.person == person_id and s.expires_at > at]
        return sorted(mine, key=lambda session: session.opened_at, reverse=True)

    def put_session(self, session: Session) -> None:
        self.open_sessions = {
            id: one
            for id, one in self.open_sessions.items()
            if one.person != session.person or one.expires_at > session.opened_at
        }
        self.open_sessions[session.id] = session

    def end_sessions(self, person_id: str, *, only: str | None = None, keep: str | None = None) -> int:
        ending = [
            id
            for id, one in self.open_sessions.items()
            if one.person == person_id and only in (None, id) and id != keep
        ]
        for id in ending:
            del self.open_sessions[id]
        return len(ending)

    def token(self, token_hash: str) -> AccessToken | None:
        return next((token for token in self.issued.values() if token.token_hash == token_hash), None)

    def tokens_of(self, person_id: str) -> list[AccessToken]:
        mine = [token for token in self.issued.values() if token.person == person_id]
        return sorted(mine, key=lambda token: (token.created_at, token.id), reverse=True)

    def put_token(self, token: AccessToken) -> None:
        self.issued[token.id] = token

    def put_reset(self, reset: Reset) -> None:
        self.resets[reset.id] = reset

    def unseen_resets(self, person_id: str) -> list[Reset]:
        mine = [one for one in self.resets.values() if one.person == person_id and one.seen_at is None]
        return sorted(mine, key=lambda one: (one.at, one.id))
