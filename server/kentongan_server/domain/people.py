"""Who may do what where: membership of a person in a region with a role; granted, never self-chosen.

A police role never sees community news, however it asks. A police officer who lives in an RT sees its news as a resident.
"""

from dataclasses import dataclass
from enum import StrEnum

from kentongan_server.domain.incident_kind import IncidentClass


class Role(StrEnum):
    """Roles of design and law; `operator` is the police's."""

    RESIDENT = "resident"
    RT_HEAD = "rt_head"
    RONDA = "ronda"
    POLISI_RW = "polisi_rw"
    OPERATOR = "operator"
    TECHNICIAN = "technician"
    CITY_ADMIN = "city_admin"


_CITY_WIDE = frozenset({Role.OPERATOR, Role.CITY_ADMIN})
_POLICE = frozenset({Role.OPERATOR, Role.POLISI_RW})


@dataclass(frozen=True, slots=True)
class Membership:
    """One role in one region; `region` is None for a role over the whole city."""

    role: Role
    region: str | None
    vouched: bool

    def sees(self, region: str, incident_class: IncidentClass | None) -> bool:
        """True when this membership alone lets one see incidents of the class in `region`; None: the place itself."""
        if incident_class is IncidentClass.COMMUNITY and self.role in _POLICE:
            return False
        return self.role in _CITY_WIDE or self.region == region


@dataclass(frozen=True, slots=True)
class Person:
    """A person and every membership; what they see and may do follows from these alone."""

    id: str
    name: str
    memberships: tuple[Membership, ...]

    @property
    def sees_city(self) -> bool:
        """True for those whose work is the whole city."""
        return any(m.role in _CITY_WIDE for m in self.memberships)

    @property
    def regions(self) -> frozenset[str]:
        """The regions this person belongs to."""
        return frozenset(m.region for m in self.memberships if m.region is not None)

    @property
    def community_regions(self) -> frozenset[str] | None:
        """The regions whose community news this person sees, None for the whole city's."""
        civil = [m for m in self.memberships if m.role not in _POLICE]
        if any(m.role in _CITY_WIDE for m in civil):
            return None
        return frozenset(m.region for m in civil if m.region is not None)

    def sees(self, region: str, incident_class: IncidentClass | None = None) -> bool:
        """True when incidents of this class in `region` are this person's to know; without a class, the place itself."""
        return any(m.sees(region, incident_class) for m in self.memberships)

    def has(self, role: Role, region: str | None = None) -> bool:
        """True for a membership with this role, in this region where one is named."""
        return any(m.role is role and (region is None or m.region in (None, region)) for m in self.memberships)

    def is_vouched_in(self, region: str) -> bool:
        """True when somebody who may has vouched for this person in `region`."""
        return any(m.vouched and m.region == region for m in self.memberships)

    def may_gather(self, region: str) -> bool:
        """True for those who may call the RT together with the kentongan."""
        return self.has(Role.RT_HEAD, region) and any(m.region == region for m in self.memberships)
