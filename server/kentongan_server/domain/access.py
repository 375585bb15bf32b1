"""How a person is let in: a Login, a Session of one device, an AccessToken of one program, and the second factor.

The roles that command others' alarms or see the whole city hold only with a second factor: without it the session is the
same person without them. A panic report needs no such thing, and no rule here ever stands in its way.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from kentongan_server.domain.people import Person, Role

NEED_SECOND_FACTOR = frozenset({Role.OPERATOR, Role.CITY_ADMIN})
SHORTEST_PASSWORD = 10
SESSION_LASTS = timedelta(days=180)
PRIVILEGED_SESSION_LASTS = timedelta(hours=12)
LONGEST_TOKEN = timedelta(days=366)
RECOVERY_CODES = 10
MOST_TRIES = 10
RESTS_FOR = timedelta(minutes=15)

READ, WRITE = "read", "write"
_NEIGHBOUR = frozenset(
    {
        "reporting",
        "incidents",
        "answers",
        "codebook",
        "spreading",
        "planned",
        "places",
        "statistics",
        "live",
        "people",
        "ronda",
    }
)
AREAS_OF: dict[Role, frozenset[str]] = {
    Role.RESIDENT: _NEIGHBOUR,
    Role.RT_HEAD: _NEIGHBOUR | {"subscriptions"},
    Role.RONDA: _NEIGHBOUR,
    Role.POLISI_RW: _NEIGHBOUR,
    Role.OPERATOR: _NEIGHBOUR,
    Role.TECHNICIAN: frozenset({"places", "live", "releases"}),
    Role.CITY_ADMIN: _NEIGHBOUR | {"releases", "subscriptions"},
}


def scopes_of(person: Person) -> frozenset[str]:
    """Every scope a token of this person may have, each `area:read` or `area:write`; the areas are the API's tags."""
    areas = {area for membership in person.memberships for area in AREAS_OF[membership.role]} | {"reporting", "telling"}
    return frozenset(f"{area}:{access}" for area in areas for access in (READ, WRITE))


@dataclass(frozen=True, slots=True)
class Login:
    """How one person signs in: by phone or e-mail, with a password. One that somebody else has seen is good `one_time`."""

    person: str
    phone: str | None
    email: str | None
    password_hash: str
    one_time: bool = False


class ResetOf(StrEnum):
    """What was reset, so that the person gets in by something new."""

    PASSWORD = "password"  # noqa: S105  # a word of ours, which opens nothing
    SECOND_FACTOR = "second_factor"


@dataclass(frozen=True, slots=True)
class Reset:
    """Somebody else reset how this person gets in; `by` is None for whoever owns the machine. Told until it was `seen_at`."""

    id: str
    person: str
    what: ResetOf
    by: str | None
    at: datetime
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Tries:
    """Tries at one key since one fitted. Known and unknown names are counted alike, so that the count tells nothing."""

    key: str
    count: int
    at: datetime

    def is_resting(self, now: datetime) -> bool:
        """True while no try is taken."""
        return self.count >= MOST_TRIES and now < self.at + RESTS_FOR

    def next(self, now: datetime) -> "Tries":
        """One try more; a rest that is over begins a new count."""
        return Tries(self.key, 1 if self.at + RESTS_FOR <= now else self.count + 1, now)


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """A person's TOTP. The secret is sealed; a code counts once; each recovery code opens once."""

    person: str
    sealed_secret: str
    confirmed: bool = False
    last_step: int = -1
    recovery_hashes: tuple[str, ...] = ()

    def used(self, step: int) -> "SecondFactor":
        """The factor after a code of this step."""
        return replace(self, confirmed=True, last_step=step)

    def without(self, recovery_hash: str) -> "SecondFactor":
        """The factor after one of its recovery codes."""
        return replace(self, recovery_hashes=tuple(h for h in self.recovery_hashes if h != recovery_hash))


@dataclass(frozen=True, slots=True)
class Session:
    """One device of one person; of its token only the SHA-256 is kept."""

    id: str
    person: str
    token_hash: str
    opened_at: datetime
    expires_at: datetime
    proven: bool  # by a second factor
    device: str


@dataclass(frozen=True, slots=True)
class AccessToken:
    """One program that speaks for a person, within its scopes and until it expires."""

    id: str
    person: str
    name: str
    token_hash: str
    scopes: frozenset[str]
    created_at: datetime
    expires_at: datetime
    proven: bool
    revoked_at: datetime | None = None

    def opens(self, now: datetime) -> bool:
        """True until it is revoked or expires."""
        return self.revoked_at is None and now < self.expires_at


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, and by what: a session, a token with scopes, or (neither) the token installed with the city."""

    person: Person
    session: str | None = None
    scopes: frozenset[str] | None = None
    proven: bool = True


def as_proven(person: Person, *, proven: bool) -> Person:
    """The person as the session holds them: without a second factor, without the roles that need one."""
    if proven:
        return person
    return replace(person, memberships=tuple(m for m in person.memberships if m.role not in NEED_SECOND_FACTOR))
