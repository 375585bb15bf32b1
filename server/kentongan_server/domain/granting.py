"""Who may give which role where. Roles are given downwards only, never to oneself, never beyond one's own region.

The table is the law: a role in the left column gives those in its row, within its own region. `below`: only for a region
strictly below, so that nobody makes a peer. `outlasts`: the given role may hold longer than the giver's own.
"""

from dataclasses import dataclass
from datetime import datetime

from kentongan_server.domain.access import NEED_SECOND_FACTOR
from kentongan_server.domain.errors import InvalidError, RefusedError
from kentongan_server.domain.people import Membership, Person, Role
from kentongan_server.domain.region_code import Level, level_of


@dataclass(frozen=True, slots=True)
class Grant:
    """One membership as it was given: by whom and when (None: installed with the city), until it was taken back."""

    id: str
    person: str
    membership: Membership
    granted_by: str | None
    granted_at: datetime | None
    revoked_by: str | None = None
    revoked_at: datetime | None = None

    def is_held(self, at: datetime) -> bool:
        """True when it was not taken back and its period holds `at`."""
        return self.revoked_at is None and self.membership.is_held(at)


@dataclass(frozen=True, slots=True)
class GrantRule:
    """How one role gives another."""

    below: bool = False
    outlasts: bool = False


MAY_GRANT: dict[Role, dict[Role, GrantRule]] = {
    Role.CITY_ADMIN: {
        Role.CITY_ADMIN: GrantRule(below=True),
        Role.OPERATOR: GrantRule(),
        Role.TECHNICIAN: GrantRule(),
        Role.POLISI_RW: GrantRule(outlasts=True),
        Role.RT_HEAD: GrantRule(outlasts=True),
    },
    Role.OPERATOR: {
        Role.OPERATOR: GrantRule(below=True),
        Role.POLISI_RW: GrantRule(outlasts=True),
    },
    Role.RT_HEAD: {
        Role.RESIDENT: GrantRule(outlasts=True),
        Role.RONDA: GrantRule(outlasts=True),
    },
}

# The levels at which each role makes sense; None is the whole city.
LEVELS: dict[Role, frozenset[Level | None]] = {
    Role.RESIDENT: frozenset({Level.RT}),
    Role.RT_HEAD: frozenset({Level.RT}),
    Role.RONDA: frozenset({Level.RT}),
    Role.POLISI_RW: frozenset({Level.RW, Level.KELURAHAN}),
    Role.OPERATOR: frozenset({None, Level.KOTA, Level.KECAMATAN}),
    Role.TECHNICIAN: frozenset({None, *Level}),
    Role.CITY_ADMIN: frozenset({None, Level.KOTA, Level.KECAMATAN, Level.KELURAHAN}),
}


def assert_fits_level(role: Role, region: str | None) -> None:
    """InvalidError for a role in a region of the wrong level."""
    level = None if region is None else level_of(region)
    if level not in LEVELS[role]:
        names = ", ".join("the whole city" if found is None else found for found in sorted(LEVELS[role], key=_height))
        raise InvalidError(f"The role {role} is given for: {names}. Name a region of that level.")


def assert_may_grant(grantor: Person, to: str, membership: Membership) -> None:
    """RefusedError unless `grantor` may give this membership to the person `to`; their own memberships are held now."""
    if grantor.id == to:
        raise RefusedError("Nobody gives a role to themselves; ask somebody above you.")
    rules = [
        (held, rule)
        for held in grantor.memberships
        if (rule := MAY_GRANT.get(held.role, {}).get(membership.role)) is not None
    ]
    if not rules:
        raise RefusedError(f"Your roles do not give the role {membership.role}.")
    near = [(held, rule) for held, rule in rules if _reaches(held, rule, membership.region)]
    if not near:
        raise RefusedError("That region is not below yours; a role is given only within one's own region.")
    if not any(rule.outlasts or _ends_no_later(membership, held) for held, rule in near):
        raise RefusedError("Your own role ends earlier; name an end that is not after it.")


def may_revoke(revoker: Person, grant: Grant) -> bool:
    """True for whoever may give such a role there, and for the holder, who may always lay it down."""
    if revoker.id == grant.person:
        return True
    return any(
        (rule := MAY_GRANT.get(held.role, {}).get(grant.membership.role)) is not None
        and _reaches(held, rule, grant.membership.region)
        for held in revoker.memberships
    )


def may_answer_for(one: Person, other: Person) -> bool:
    """True for whoever may give `other` every role that needs a second factor, or, where none does, every role they hold."""
    weighty = [held for held in other.memberships if held.role in NEED_SECOND_FACTOR] or list(other.memberships)
    return (
        one.id != other.id
        and bool(weighty)
        and all(
            any(
                (rule := MAY_GRANT.get(held.role, {}).get(wanted.role)) is not None
                and _reaches(held, rule, wanted.region)
                for held in one.memberships
            )
            for wanted in weighty
        )
    )


def _reaches(held: Membership, rule: GrantRule, region: str | None) -> bool:
    return held.covers(region) and not (rule.below and held.region == region)


def _ends_no_later(given: Membership, held: Membership) -> bool:
    if held.valid_until is None:
        return True
    return given.valid_until is not None and given.valid_until <= held.valid_until


def _height(level: Level | None) -> int:
    return -1 if level is None else list(Level).index(level)
