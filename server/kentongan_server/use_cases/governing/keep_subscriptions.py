"""A third party's system is told by webhook: subscribed by the city's admin in their region, or by an RT head for the own RT."""

from collections.abc import Sequence
from dataclasses import replace

from kentongan_server.domain.errors import ConflictError, RefusedError, UnknownError
from kentongan_server.domain.events import Noted
from kentongan_server.domain.people import Person, Role
from kentongan_server.domain.subscription import MOST, Delivery, Owner, Subscription, assert_may_hear
from kentongan_server.ports.unit_of_work import UnitOfWork

SHOWN = 100


def subscribe(uow: UnitOfWork, person: Person, wanted: Subscription) -> Subscription:
    """Keep a new subscription. RefusedError beyond the person's region, and for what its owner may never hear."""
    _assert_may(person, wanted.region, wanted.owner)
    found = uow.places.region(wanted.region)
    if found is None or found.has_ended:
        raise UnknownError("There is no such region today; ask GET /api/v1/region-tree for its code.")
    assert_may_hear(wanted.owner, wanted.region, wanted.hears)
    if len([one for one in uow.subscriptions.everything() if one.region == wanted.region]) >= MOST:
        raise ConflictError(f"This region has {MOST} subscriptions already; remove one that is no longer used.")
    uow.subscriptions.put(wanted)
    facts = {"subscription": wanted.id, "region": wanted.region, "owner": wanted.owner, "hears": sorted(wanted.hears)}
    uow.happened(Noted(actor=person.id, what="subscription_made", data=facts))
    return wanted


def subscriptions_of(uow: UnitOfWork, person: Person) -> list[Subscription]:
    """Those that the person may change."""
    return [one for one in uow.subscriptions.everything() if _may(person, one.region, one.owner)]


def found_subscription(uow: UnitOfWork, person: Person, subscription_id: str) -> Subscription:
    """The subscription; UnknownError when there is none that the person may change."""
    found = uow.subscriptions.subscription(subscription_id)
    if found is None or not _may(person, found.region, found.owner):
        raise UnknownError("There is no such subscription, or it is not yours; look at GET /api/v1/subscriptions.")
    return found


def unsubscribe(uow: UnitOfWork, person: Person, subscription_id: str) -> None:
    """Nothing is sent there any more, also nothing of what waits."""
    found = found_subscription(uow, person, subscription_id)
    uow.subscriptions.remove(found.id)
    uow.happened(Noted(actor=person.id, what="subscription_removed", data={"subscription": found.id}))


def resume(uow: UnitOfWork, person: Person, subscription_id: str) -> Subscription:
    """Send there again what happens from now on; one that was not stopped stays as it is."""
    found = found_subscription(uow, person, subscription_id)
    if found.stopped is None:
        return found
    resumed = replace(found, stopped=None)
    uow.subscriptions.put(resumed)
    facts = {"subscription": found.id, "was_stopped": found.stopped}
    uow.happened(Noted(actor=person.id, what="subscription_resumed", data=facts))
    return resumed


def deliveries_of(uow: UnitOfWork, person: Person, subscription_id: str) -> Sequence[Delivery]:
    """The newest deliveries, newest first."""
    return uow.subscriptions.deliveries_of(found_subscription(uow, person, subscription_id).id, SHOWN)


def _may(person: Person, region: str, owner: Owner) -> bool:
    own = owner is Owner.NEIGHBOURHOOD and person.has(Role.RT_HEAD, region)
    return own or person.has(Role.CITY_ADMIN, region)


def _assert_may(person: Person, region: str, owner: Owner) -> None:
    if not _may(person, region, owner):
        raise RefusedError(
            "Only the city's admin of that region may subscribe a third party, and an RT head for the own "
            "neighbourhood; ask one of them."
        )
