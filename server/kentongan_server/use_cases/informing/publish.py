"""Tell third parties' systems of an incident: what, where and how far, no name, no words, no position.

They are shown what the neighbourhood is shown: after a cancellation, be it true or not, they hear no more. Each delivery
is written in the transaction that decided it, its bytes too, so that every attempt says the same.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from kentongan_server.domain.errors import ConflictError
from kentongan_server.domain.events import IncidentCancelled, IncidentMoved, IncidentReclassified, ReportTaken
from kentongan_server.domain.incident import Incident
from kentongan_server.domain.lifecycle import NOTIFICATION, IncidentStatus, NotificationState, advance
from kentongan_server.domain.region_code import ancestors, is_code
from kentongan_server.domain.subscription import Delivery, Subscription, next_try
from kentongan_server.ports.unit_of_work import UnitOfWork

ATTEMPT = timedelta(seconds=30)
OPENED, UPDATED, CANCELLED, TEST = "incident.opened", "incident.updated", "incident.cancelled", "test"


@dataclass(frozen=True, slots=True)
class Parcel:
    """One attempt, ready to be handed over."""

    subscription: Subscription
    delivery: Delivery


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the receiver said; `error` is None when it took it, `gone` when it wants no more."""

    delivery: str
    error: str | None = None
    gone: bool = False


def on_report(uow: UnitOfWork, event: ReportTaken) -> None:
    """A new incident; a witness's report changes nothing that is told here."""
    if event.opened:
        _publish(uow, event.of, OPENED)


def on_changed(uow: UnitOfWork, event: IncidentMoved | IncidentReclassified) -> None:
    """Another status or another kind, unless the neighbourhood was shown a cancellation."""
    if event.of.cancelled_at is None:
        _publish(uow, event.of, UPDATED)


def on_cancelled(uow: UnitOfWork, event: IncidentCancelled) -> None:
    """It was taken back, or looks as if it were."""
    _publish(uow, event.of, CANCELLED)


def publish_test(uow: UnitOfWork, subscription: Subscription) -> Delivery:
    """A delivery that says it is a test, to this subscription alone; one at a time is enough."""
    latest = uow.subscriptions.deliveries_of(subscription.id, 1)
    if latest and latest[0].event == TEST and latest[0].due_at is not None:
        raise ConflictError("The last test is still on its way; wait for its end.")
    made = _delivery(uow, subscription, None, TEST)
    uow.subscriptions.add([made])
    return made


def begin(uow: UnitOfWork, limit: int, busy: Sequence[str]) -> list[Parcel]:
    """Write that attempts begin, at most one for each subscription that is not `busy`, and give them."""
    now, found = uow.now(), []
    for one in uow.subscriptions.due(now, limit, busy):
        subscription = uow.subscriptions.subscription(one.subscription)
        if subscription is None or subscription.stopped is not None:
            _set(uow, one, "fail", error="The subscription was stopped.")
            continue
        _set(uow, one, "begin", wait=ATTEMPT, attempts=one.attempts + 1)
        found.append(Parcel(subscription, one))
    return found


def conclude(uow: UnitOfWork, outcome: Outcome) -> None:
    """Write what came of an attempt: taken, again after the ladder's next step, or given up. 410 stops the subscription."""
    one = uow.subscriptions.delivery(outcome.delivery)
    if one is None or one.state is not NotificationState.SENDING:
        return
    wait = next_try(one.attempts)
    if outcome.error is None:
        _set(uow, one, "send")
    elif outcome.gone:
        _set(uow, one, "fail", error=outcome.error)
        _stop(uow, one.subscription)
    elif wait is None:
        _set(uow, one, "fail", error=f"Given up after {one.attempts} attempts. {outcome.error}")
    else:
        _set(uow, one, "retry", wait=wait, error=outcome.error)


def _publish(uow: UnitOfWork, incident: Incident, event: str) -> None:
    regions = (*ancestors(incident.region), incident.region) if is_code(incident.region) else (incident.region,)
    wanting = [
        one for one in uow.subscriptions.of_regions(regions) if one.wants(incident.region, incident.incident_class)
    ]
    uow.subscriptions.add([_delivery(uow, one, incident, event) for one in wanting])


def _delivery(uow: UnitOfWork, subscription: Subscription, incident: Incident | None, event: str) -> Delivery:
    now, id = uow.now(), uow.new_id()
    told: dict[str, object] = {"version": 1, "delivery": id, "event": event, "at": now.isoformat()}
    if incident is not None:
        told["incident"] = {
            "id": incident.id,
            "kind": incident.kind,
            "class": incident.incident_class,
            "purpose": incident.purpose,
            "region": incident.region,
            "status": IncidentStatus.CANCELLED if event == CANCELLED else incident.status,
            "opened_at": incident.opened_at.isoformat(),
        }
    return Delivery(
        id=id,
        subscription=subscription.id,
        incident=incident.id if incident else None,
        incident_class=incident.incident_class if incident else None,
        owner=subscription.owner,
        event=event,
        body=json.dumps(told, ensure_ascii=False, separators=(",", ":")),
        state=NotificationState.PENDING,
        attempts=0,
        error=None,
        queued_at=now,
        due_at=now,
        changed_at=now,
    )


def _stop(uow: UnitOfWork, subscription_id: str) -> None:
    subscription = uow.subscriptions.subscription(subscription_id)
    if subscription is not None:
        uow.subscriptions.put(replace(subscription, stopped="The receiver answered 410: it wants no more."))


def _set(
    uow: UnitOfWork,
    one: Delivery,
    event: str,
    *,
    wait: timedelta | None = None,
    attempts: int | None = None,
    error: str | None = None,
) -> None:
    due_at = None if wait is None else uow.now() + wait
    state = advance(NOTIFICATION, one.state, event)
    uow.subscriptions.set_state(one.id, state, uow.now(), due_at=due_at, attempts=attempts, error=error)
