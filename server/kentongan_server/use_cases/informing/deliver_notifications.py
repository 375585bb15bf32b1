"""One attempt at notifications of one channel: what may still be sent, what came of it, when to try again.

Everything is looked at again when it is sent: who moved away, answered or took the destination back is told nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from kentongan_server.domain.back_off import back_off
from kentongan_server.domain.events import Noted
from kentongan_server.domain.incident import Incident
from kentongan_server.domain.incident_kind import Purpose
from kentongan_server.domain.lifecycle import NOTIFICATION, OPEN_INCIDENT_STATES, NotificationState, advance
from kentongan_server.domain.notification import Destination, Message, Notification, NotifyChannel, Urgency, Wave
from kentongan_server.domain.preferences import Preferences
from kentongan_server.domain.throttle import LONGEST_WINDOW, allowed_at
from kentongan_server.ports.unit_of_work import UnitOfWork
from kentongan_server.use_cases.informing.tell_people import answered

ATTEMPT = timedelta(seconds=30)
GIVE_UP_AFTER = {
    Urgency.FIRST: timedelta(hours=1),
    Urgency.CODE: timedelta(minutes=15),
    Urgency.AGAIN: timedelta(hours=1),
}
NEWS_GIVE_UP_AFTER = timedelta(hours=24)
SECURITY_GIVE_UP_AFTER = timedelta(days=3)
_DONE = (NotificationState.SENT, NotificationState.DELIVERED, NotificationState.FAILED, NotificationState.NOT_NEEDED)


@dataclass(frozen=True, slots=True)
class Parcel:
    """One attempt, ready to be handed to its channel."""

    notification: str
    destination: Destination
    message: Message


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the channel said; `error` is None when it took it."""

    notification: str
    error: str | None = None
    gone: bool = False
    refused: bool = False
    retry_after: timedelta | None = None


def begin(uow: UnitOfWork, channel: NotifyChannel, limit: int) -> list[Parcel]:
    """Write that attempts begin, at most `limit`, and give them."""
    now = uow.now()
    due = uow.notifications.due(channel, now, limit)
    told_at = uow.notifications.told_since({one.destination for one in due}, now - LONGEST_WINDOW)
    found = []
    for one in due:
        incident = None if one.incident is None else uow.incidents.incident(one.incident)
        destination = uow.destinations.destination(one.destination)
        if destination is None:
            _set(uow, one, "fail", error="The destination was taken back.")
        elif not _is_needed(uow, one, incident):
            _set(uow, one, "spare")
        elif (allowed := allowed_at(channel, one.urgency, told_at.get(one.destination, ()), now)) > now:
            uow.notifications.set_state(one.id, one.state, one.changed_at, due_at=allowed)
        else:
            told_at.setdefault(one.destination, []).append(now)
            _set(uow, one, "begin", due_at=now + ATTEMPT, attempts=one.attempts + 1)
            found.append(Parcel(one.id, destination, _message(uow, one, incident)))
    return found


def conclude(uow: UnitOfWork, outcomes: Sequence[Outcome]) -> None:
    """Write what came of these attempts; a channel that had said so earlier is not heard twice."""
    sent: dict[tuple[str, NotifyChannel], int] = {}
    for outcome in outcomes:
        one = uow.notifications.notification(outcome.notification)
        if one is None or one.state in _DONE:
            continue
        if outcome.error is None:
            _set(uow, one, "send")
            if one.incident is not None:
                sent[one.incident, one.channel] = sent.get((one.incident, one.channel), 0) + 1
        elif outcome.refused or uow.now() >= _last_try(one):
            _set(uow, one, "fail", error=outcome.error)
            if outcome.gone:
                uow.destinations.remove(one.destination)
            _note_failure(uow, one, outcome.error)
        else:
            wait = max(back_off(one.id, one.attempts), outcome.retry_after or timedelta(0))
            _set(uow, one, "retry", due_at=uow.now() + wait, error=outcome.error)
    for (incident, channel), count in sent.items():
        _note(uow, incident, "notifications_sent", {"channel": channel, "count": count})


def arrived(uow: UnitOfWork, notification_id: str) -> bool:
    """The other end says that it is there; False when nothing of that name was ever sent. Repeating changes nothing."""
    one = uow.notifications.notification(notification_id)
    if one is None:
        return False
    if one.state is not NotificationState.DELIVERED:
        _set(uow, one, "deliver")
        if one.incident is not None:
            _note(uow, one.incident, "notification_delivered", {"channel": one.channel, "wave": one.wave}, one.person)
    return True


def _is_needed(uow: UnitOfWork, one: Notification, incident: Incident | None) -> bool:
    if one.wave.is_own:
        return True
    if incident is None or incident.status not in OPEN_INCIDENT_STATES:
        return False
    person = uow.people.person(one.person, uow.now())
    if person is None or not person.sees(incident.region, incident.incident_class):
        return False
    return one.urgency is Urgency.NEWS or one.person not in answered(uow, incident.id)


def _message(uow: UnitOfWork, one: Notification, incident: Incident | None) -> Message:
    preferences = uow.destinations.preferences([one.person]).get(one.person, Preferences())
    expected = uow.destinations.code(one.destination) if one.wave is Wave.CONFIRM else None
    return Message(
        notification=one.id,
        incident=one.incident,
        incident_class=incident.incident_class if incident else None,
        purpose=incident.purpose if incident else Purpose.ACTUAL,
        wave=one.wave,
        language=preferences.language,
        code=expected[0] if expected else None,
    )


def _last_try(one: Notification) -> datetime:
    if one.wave is Wave.SECURITY:
        return one.queued_at + SECURITY_GIVE_UP_AFTER
    return one.queued_at + GIVE_UP_AFTER.get(one.urgency, NEWS_GIVE_UP_AFTER)


def _set(
    uow: UnitOfWork,
    one: Notification,
    event: str,
    *,
    due_at: datetime | None = None,
    attempts: int | None = None,
    error: str | None = None,
) -> None:
    state = advance(NOTIFICATION, one.state, event)
    uow.notifications.set_state(one.id, state, uow.now(), due_at=due_at, attempts=attempts, error=error)


def _note_failure(uow: UnitOfWork, one: Notification, error: str) -> None:
    if one.incident is not None:
        facts = {"channel": one.channel, "wave": one.wave, "attempts": one.attempts, "error": error}
        _note(uow, one.incident, "notification_failed", facts, one.person)


def _note(uow: UnitOfWork, incident_id: str, what: str, facts: dict[str, object], person: str | None = None) -> None:
    incident = uow.incidents.incident(incident_id)
    region = incident.region if incident else None
    uow.happened(Noted(incident_id, region, person, what=what, data=facts))
