"""Where logins, sessions, access tokens and second factors are kept; of what opens anything only hashes, or sealed."""

from datetime import datetime
from typing import Protocol

from kentongan_server.domain.access import AccessToken, Login, Reset, SecondFactor, Session, Tries


class AccessBook(Protocol):
    """Access within one transaction."""

    def login(self, person_id: str) -> Login | None:
        """How this person signs in."""
        ...

    def login_by_name(self, name: str) -> Login | None:
        """The login with this phone number or e-mail address."""
        ...

    def put_login(self, login: Login) -> None:
        """Keep a person's login, new or changed; no two have the same phone or e-mail."""
        ...

    def tries(self, key: str) -> Tries | None:
        """The tries at this key."""
        ...

    def put_tries(self, tries: Tries) -> None:
        """Keep the count; those whose rest is long over are let go."""
        ...

    def forget_tries(self, key: str) -> None:
        """One fitted."""
        ...

    def second_factor(self, person_id: str) -> SecondFactor | None:
        """The person's second factor, confirmed or not."""
        ...

    def put_second_factor(self, factor: SecondFactor) -> None:
        """Keep it, new or changed."""
        ...

    def drop_second_factor(self, person_id: str) -> None:
        """Let the person enrol anew."""
        ...

    def session(self, token_hash: str, at: datetime) -> Session | None:
        """The session with this token, if it is open at that time."""
        ...

    def sessions_of(self, person_id: str, at: datetime) -> list[Session]:
        """The person's open sessions, newest first."""
        ...

    def put_session(self, session: Session) -> None:
        """Keep a session, new or under a new token; those that expired are let go."""
        ...

    def end_sessions(self, person_id: str, *, only: str | None = None, keep: str | None = None) -> int:
        """End this session, or all but one, or all; how many."""
        ...

    def token(self, token_hash: str) -> AccessToken | None:
        """The access token with this SHA-256 (hex), open or not."""
        ...

    def tokens_of(self, person_id: str) -> list[AccessToken]:
        """The person's access tokens, newest first, revoked ones too."""
        ...

    def put_token(self, token: AccessToken) -> None:
        """Keep an access token, new or revoked."""
        ...

    def put_reset(self, reset: Reset) -> None:
        """Keep that somebody else reset how a person gets in, or that they have seen it."""
        ...

    def unseen_resets(self, person_id: str) -> list[Reset]:
        """What the person has not seen yet, the oldest first."""
        ...
