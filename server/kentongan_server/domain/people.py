"""Who may see and do what where: a Membership is a person with a role in a region for a period; granted, never self-chosen.

A membership counts in its region and in everything below it. A police role never sees community news, however it asks;
a police officer who lives in an RT sees its news as a resident. A technician sees places and their kentongan, no incident.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kentongan_server.domain.incident_kind import IncidentClass
from kentongan_server.domain.region_code import Level, is_within, level_of


class Role(StrEnum):
    """Roles of design and law; `operator` is the police's."""

    RESIDENT = "resident"
    RT_HEAD = "rt_head"
    RONDA = "ronda"
    POLISI_RW = "polisi_rw"
    OPERATOR = "operator"
    TECHNICIAN = "technician"
    CITY_ADMIN = "city_admin"


_CITY_WIDE = frozenset({Role.OPERATOR, Role.TECHNICIAN, Role.CITY_ADMIN})
_NEIGHBOURS = frozenset({Role.RESIDENT, Role.RT_HEAD, Role.RONDA})
_KNOWN_LOCALLY = _NEIGHBOURS | {Role.POLISI_RW}
_SEE_INCIDENTS = frozenset(Role) - {Role.TECHNICIAN}
_SEE_COMMUNITY_NEWS = _NEIGHBOURS | {Role.CITY_ADMIN}


def roles_that_see(incident_class: IncidentClass | None) -> frozenset[Role]:
    """The roles whose work includes incidents of this class; without a class, the place itself."""
    if incident_class is None:
        return frozenset(Role)
    return _SEE_COMMUNITY_NEWS if incident_class is IncidentClass.COMMUNITY else _SEE_INCIDENTS


@dataclass(frozen=True, slots=True)
class Membership:
    """One role in one region, from `valid_from` until before `valid_until`; `region` is None for the whole city."""

    role: Role
    region: str | None
    vouched: bool
    valid_from: datetime | None = None
    valid_until: datetime | None = None

    def is_held(self, at: datetime) -> bool:
        """True within its period."""
        begun = self.valid_from is None or self.valid_from <= at
        return begun and (self.valid_until is None or at < self.valid_until)

    def covers(self, region: str | None) -> bool:
        """True when `region` (None: the whole city) is this membership's or lies below it."""
        if self.region is None:
            return self.role in _CITY_WIDE
        return region is not None and is_within(region, self.region)

    def sees(self, region: str, incident_class: IncidentClass | None) -> bool:
        """True when this membership alone lets one see incidents of the class in `region`; None: the place itself."""
        return self.role in roles_that_see(incident_class) and self.covers(region)


@dataclass(frozen=True, slots=True)
class Person:
    """A person and the memberships held now; what they see and may do follows from these alone."""

    id: str
    name: str
    memberships: tuple[Membership, ...]

    @property
    def sees_city(self) -> bool:
        """True for those whose work is the whole city."""
        return self.scope() is None

    @property
    def governs_city(self) -> bool:
        """True for an admin of the whole city; one of a part of it governs that part alone."""
        return any(
            m.role is Role.CITY_ADMIN and (m.region is None or level_of(m.region) is Level.KOTA)
            for m in self.memberships
        )

    @property
    def regions(self) -> frozenset[str]:
        """The regions that this person's memberships name."""
        return frozenset(m.region for m in self.memberships if m.region is not None)

    @property
    def community_regions(self) -> frozenset[str] | None:
        """The regions within which this person sees community news, None for the whole city."""
        return self.scope(IncidentClass.COMMUNITY)

    def scope(self, incident_class: IncidentClass | None = None) -> frozenset[str] | None:
        """The regions within which this person sees incidents of the class (None: places); None for the whole city."""
        mine = [m for m in self.memberships if m.role in roles_that_see(incident_class)]
        if any(m.covers(None) for m in mine):
            return None
        return frozenset(m.region for m in mine if m.region is not None)

    def sees(self, region: str, incident_class: IncidentClass | None = None) -> bool:
        """True when incidents of this class in `region` are this person's to know; without a class, the place itself."""
        return any(m.sees(region, incident_class) for m in self.memberships)

    def has_part_in(self, region: str) -> bool:
        """True when what sounds in all of `region` concerns this person: they see it, or live or work within it."""
        return self.sees(region) or any(is_within(mine, region) for mine in self.regions)

    def has(self, role: Role, region: str | None = None) -> bool:
        """True for a membership with this role, in this region where one is named."""
        return any(m.role is role and (region is None or m.covers(region)) for m in self.memberships)

    def belongs_to(self, region: str) -> bool:
        """True for a neighbour: resident, RT head or ronda there."""
        return any(m.role in _NEIGHBOURS and m.covers(region) for m in self.memberships)

    def is_vouched_in(self, region: str) -> bool:
        """True when somebody who may has vouched for this person in `region`."""
        return any(m.vouched and m.role in _KNOWN_LOCALLY and m.covers(region) for m in self.memberships)

    def may_gather(self, region: str) -> bool:
        """True for those who may call the RT together with the kentongan."""
        return self.has(Role.RT_HEAD, region)
