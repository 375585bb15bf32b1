"""Who outside hears of incidents by webhook: a Subscription is a region, the classes it hears, an address and its owner.

The category firewall holds here too: the police's own may hear of crimes alone, 112's of emergencies alone, and community
news goes only to a neighbourhood's own subscription for that very RT. The same sentence stands as a constraint of the
deliveries' table and once more in the adapter.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from kentongan_server.domain.errors import RefusedError
from kentongan_server.domain.incident_kind import IncidentClass
from kentongan_server.domain.lifecycle import NotificationState
from kentongan_server.domain.region_code import Level, is_code, is_within, level_of

# The first attempt is at once; after the last one it is given up.
LADDER = tuple(timedelta(seconds=seconds) for seconds in (0, 30, 2 * 60, 10 * 60, 60 * 60, 6 * 60 * 60, 24 * 60 * 60))
MOST = 20


class Owner(StrEnum):
    """Whose system listens."""

    NEIGHBOURHOOD = "neighbourhood"
    GOVERNMENT = "government"
    POLICE = "police"
    EMERGENCY = "emergency"


_MAY_HEAR = {
    Owner.NEIGHBOURHOOD: frozenset(IncidentClass),
    Owner.GOVERNMENT: frozenset({IncidentClass.CRIME, IncidentClass.EMERGENCY}),
    Owner.POLICE: frozenset({IncidentClass.CRIME}),
    Owner.EMERGENCY: frozenset({IncidentClass.EMERGENCY}),
}


@dataclass(frozen=True, slots=True)
class Subscription:
    """One receiver. `stopped` says why nothing is sent any more; its secret is derived from its id and never kept."""

    id: str
    name: str
    region: str
    owner: Owner
    hears: frozenset[IncidentClass]
    url: str
    made_by: str
    made_at: datetime
    stopped: str | None = None

    def wants(self, region: str, incident_class: IncidentClass) -> bool:
        """True when it is to hear of incidents of this class in this RT."""
        if self.stopped is not None or incident_class not in self.hears & _MAY_HEAR[self.owner]:
            return False
        if incident_class is IncidentClass.COMMUNITY:
            return region == self.region
        return is_within(region, self.region)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event to one subscription: `sent` means that the receiver took it, `failed` that it was given up."""

    id: str
    subscription: str
    incident: str | None
    incident_class: IncidentClass | None
    owner: Owner
    event: str
    body: str
    state: NotificationState
    attempts: int
    error: str | None
    queued_at: datetime
    due_at: datetime | None
    changed_at: datetime


def assert_may_hear(owner: Owner, region: str, hears: frozenset[IncidentClass]) -> None:
    """RefusedError, with what to do, for a subscription that would hear what it never may."""
    beyond = sorted(hears - _MAY_HEAR[owner])
    if beyond:
        heard = " and ".join(sorted(_MAY_HEAR[owner]))
        raise RefusedError(f"A subscription of the {owner} may hear of {heard} only; leave out {', '.join(beyond)}.")
    if IncidentClass.COMMUNITY in hears and not (is_code(region) and level_of(region) is Level.RT):
        raise RefusedError("Community news stays in its RT; subscribe for one RT, or leave out community.")


def next_try(attempts: int) -> timedelta | None:
    """How long after the `attempts`-th failure to try again; None when it is given up."""
    return LADDER[attempts] if attempts < len(LADDER) else None
